"""The rules that changes fall under: what each is called, how grave it is, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.contracts.changes.facets import FACETS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.changes.change import Level


class Rule(NamedTuple):
    """A kind of change, named and weighed as oasdiff 1.15 does where it knows the kind."""

    id: str
    level: Level
    title: str


_PLAIN = """
endpoint-added I an operation was added
endpoint-deprecated I an operation should not be used any more
endpoint-reactivated I an operation may be used again
api-path-removed-without-deprecation E a path was removed that was not deprecated
api-path-removed-with-deprecation I a path was removed that was deprecated
api-path-removed-before-sunset E a path was removed before the day that was announced
api-path-sunset-parse E a path was removed whose announced day cannot be read
api-removed-without-deprecation E an operation was removed that was not deprecated
api-removed-with-deprecation I an operation was removed that was deprecated
api-removed-before-sunset E an operation was removed before the day that was announced
api-deprecated-sunset-parse E the day announced for the end of an operation cannot be read
api-sunset-date-too-small E the day announced for the end of an operation has passed
api-sunset-date-changed-too-small E an operation ends earlier than was announced
sunset-deleted E the day announced for the end of a deprecated operation was deleted
api-stability-decreased E an operation became less stable
api-stability-increased I an operation became more stable
api-invalid-stability-level E the stability of an operation cannot be read
api-operation-id-added I an operation got an id
api-operation-id-removed I an operation lost its id, or got another
api-tag-added I an operation got a tag
api-tag-removed I an operation lost a tag
api-schema-removed I a schema was removed from the components
webhook-added I a webhook was added
webhook-removed E a webhook was removed
api-security-added I an operation got an alternative of credentials
api-security-removed I an operation lost an alternative of credentials
api-security-scope-added I an alternative of credentials of an operation needs one more scope
api-security-scope-removed I an alternative of credentials of an operation needs a scope less
api-global-security-added I the document got an alternative of credentials
api-global-security-removed I the document lost an alternative of credentials
api-global-security-scope-added I an alternative of credentials of the document needs one more scope
api-global-security-scope-removed I an alternative of credentials of the document needs a scope less
api-security-tightened W who could call an operation with some credentials, or none, cannot any more
api-security-component-added I a security scheme was added
api-security-component-removed I a security scheme was removed
api-security-component-type-changed I a security scheme is of another type
api-security-component-oauth-url-changed I an OAuth flow has another authorization URL
api-security-component-oauth-token-url-changed I an OAuth flow has another token URL
api-security-component-oauth-scope-added I an OAuth flow got a scope
api-security-component-oauth-scope-removed I an OAuth flow lost a scope
api-security-component-oauth-scope-changed I a scope of an OAuth flow has another description
new-required-request-parameter E a request parameter was added that must be given
new-optional-request-parameter I a request parameter was added that may be given
new-request-path-parameter E a parameter in the path was added
new-required-request-default-parameter-to-existing-path E a path got a parameter that must be given
new-optional-request-default-parameter-to-existing-path I a path got a parameter that may be given
request-parameter-removed W a request parameter was removed
request-parameter-removed-with-deprecation I a request parameter was removed that was deprecated
request-parameter-removed-before-sunset E a request parameter was removed before the announced day
request-parameter-sunset-parse E the day announced for the end of a parameter cannot be read
request-parameter-sunset-deleted E the day announced for the end of a parameter was deleted
request-parameter-sunset-date-too-small E the day announced for the end of a parameter has passed
request-parameter-sunset-date-changed-too-small E a parameter ends earlier than was announced
request-parameter-became-required E a request parameter must be given now
request-parameter-became-optional I a request parameter need not be given any more
request-parameter-style-changed E a request parameter is written in another style
request-parameter-empty-value-forbidden W a request parameter may not be empty any more
request-body-added-required E a request body was added that must be given
request-body-added-optional I a request body was added that may be given
request-body-removed E a request body was removed
request-body-became-required E a request body must be given now
request-body-became-optional I a request body need not be given any more
request-body-media-type-added I a request body may be of one more media type
request-body-media-type-removed E a request body may not be of a media type any more
request-property-removed W a property was removed from requests
new-required-request-property E a property was added that requests must have
new-required-request-property-with-default I a property with a default was added to requests
new-optional-request-property I a property was added that requests may have
request-property-became-required E a property that requests may have must be there now
request-property-became-required-with-default I a property of requests with a default must be there
request-property-became-optional I a property that requests had to have may be missing
request-read-only-property-enum-value-removed I a read-only property lost a value in requests
request-read-only-property-max-decreased I a read-only property got a lower maximum
request-read-only-property-max-length-decreased I a read-only property got a lower maxLength
request-read-only-property-min-increased I a read-only property got a higher minimum
request-parameter-property-removed W a property was removed from a request parameter
new-required-request-parameter-property E a property was added that a request parameter must have
new-optional-request-parameter-property I a property was added that a request parameter may have
request-parameter-property-became-required E a property of a request parameter must be there now
request-parameter-property-became-optional I a property of a request parameter may be missing
request-parameter-property-type-specialized E a property of a request parameter got a narrower type
new-required-request-header-property E a property was added that a request header must have
request-header-property-became-required E a property of a request header must be there now
request-header-property-became-enum E a property of a request header takes listed values
response-success-status-added I an answer of success was added
response-success-status-removed E an answer of success was removed
response-non-success-status-added I an answer of failure was added
response-non-success-status-removed I an answer of failure was removed
response-media-type-added I an answer may be of one more media type
response-media-type-removed E an answer is not of a media type any more
response-media-type-name-generalized E the media type of an answer became wider
response-media-type-name-specialized I the media type of an answer became narrower
required-response-header-removed E a header that answers always had was removed
optional-response-header-removed W a header that answers may have was removed
required-response-header-added I a header that answers always have was added
optional-response-header-added I a header that answers may have was added
response-header-became-optional E a header that answers always had may be missing
response-header-became-required I a header that answers may have is always there now
response-required-property-removed E a property was removed that answers always had
response-required-write-only-property-removed I a write-only property was removed that was required
response-optional-property-removed W a property was removed that answers may have
response-optional-write-only-property-removed I an optional write-only property was removed
response-required-property-added I a property was added that answers always have
response-required-write-only-property-added I a required write-only property was added
response-optional-property-added I a property was added that answers may have
response-optional-write-only-property-added I an optional write-only property was added
response-property-became-optional E a property that answers always had may be missing
response-property-became-required I a property that answers may have is always there now
response-write-only-property-became-optional I a required write-only property became optional
response-write-only-property-became-required I an optional write-only property became required
response-write-only-property-enum-value-added I a write-only property may have one more value
"""

SUBJECTS = {
    "request-body": "a request body",
    "request-property": "a property of a request",
    "request-parameter": "a request parameter",
    "request-parameter-property": "a property of a request parameter",
    "response-body": "the body of an answer",
    "response-property": "a property of an answer",
    "response-header": "a header of an answer",
}
"""What has a schema, by the name that rules give it."""

OTHER_NAMES = {"response-body-enum-value-removed": "response-mediatype-enum-value-removed"}
"""Rules that are not called after their subject."""

OTHER_LEVELS: dict[str, Level] = {
    "request-parameter-default-value-added": "error",
    "request-parameter-default-value-changed": "error",
    "request-parameter-default-value-removed": "error",
    "request-parameter-property-type-changed": "warning",
}
"""Rules that are graver, or less grave, than the same change of another subject."""


def _plain() -> Iterator[Rule]:
    for line in _PLAIN.strip().splitlines():
        name, level, title = line.split(maxsplit=2)
        yield Rule(name, LEVELS[level], title)


def _of_schemas() -> Iterator[Rule]:
    for subject, words in SUBJECTS.items():
        for facet in FACETS:
            name = OTHER_NAMES.get(f"{subject}-{facet.name}", f"{subject}-{facet.name}")
            level = facet.received if subject.startswith("response") else facet.sent
            if level is not None:
                yield Rule(name, OTHER_LEVELS.get(name, level), f"{words} {facet.title}")


def _of_access() -> Iterator[Rule]:
    """Whether a property is for requests only, or for answers only."""
    for way, words in (("request", "of requests"), ("response", "of answers")):
        for need in ("required", "optional"):
            for mode in ("read-only", "write-only"):
                stem = f"{way}-{need}-property-became-"
                title = f"a property {words} that is {need} became"
                exposed = way == "response" and need == "required" and mode == "write-only"
                undone: Level = "warning" if exposed else "info"
                yield Rule(f"{stem}{mode}", "info", f"{title} {mode}")
                yield Rule(f"{stem}not-{mode}", undone, f"{title} no longer {mode}")


RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*_plain(), *_of_schemas(), *_of_access())}
"""All rules, by their name."""
