"""Changes of operations and of what they share: each is told by its rule, as grave as it is."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.contracts.changes import RULES
from tests.contracts.changes.corpus import expected, found
from tests.contracts.changes.documents import compared, everywhere, of_operation, parsed, told
from tests.contracts.changes.operation_pairs import PAIRS, Pair
from tests.contracts.changes.schema_pairs import PAIRS as SCHEMA_PAIRS

_DONE = {"responses": {"204": {"description": "done"}}}
_OAUTH = {"type": "oauth2"}


def _secured(*alternatives: dict[str, list[str]]) -> dict[str, Any]:
    return {"security": list(alternatives)}


def _scheme(**flow: object) -> dict[str, Any]:
    schemes = {"o": {**_OAUTH, "flows": {"authorizationCode": flow}}}
    return {"components": {"securitySchemes": schemes}}


def _path(**more: object) -> dict[str, Any]:
    return {"paths": {"/a": {"get": {**_DONE, **more}}}}


WHOLE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an operation more": ({}, _path(), "endpoint-added=info"),
    "a path less": (_path(), {}, "api-path-removed-without-deprecation=error"),
    "a path less that was deprecated": (
        _path(deprecated=True),
        {},
        "api-path-removed-with-deprecation=info",
    ),
    "a path less before its day": (
        _path(**{"deprecated": True, "x-sunset": "2031-01-01"}),
        {},
        "api-path-removed-before-sunset=error",
    ),
    "a path less after its day": (
        _path(**{"deprecated": True, "x-sunset": "2029-01-01T00:00:00Z"}),
        {},
        "api-path-removed-with-deprecation=info",
    ),
    "a path less on no day": (
        _path(**{"deprecated": True, "x-sunset": "soon"}),
        {},
        "api-path-sunset-parse=error",
    ),
    "a path less that was a draft": (
        _path(**{"x-stability-level": "draft"}),
        {},
        "api-path-removed-with-deprecation=info",
    ),
    "an operation less": (
        {"paths": {"/a": {"get": _DONE, "put": _DONE}}},
        _path(),
        "api-removed-without-deprecation=error",
    ),
    "an operation less that was deprecated": (
        {"paths": {"/a": {"get": _DONE, "put": {**_DONE, "deprecated": True}}}},
        _path(),
        "api-removed-with-deprecation=info",
    ),
    "an operation less before its day": (
        {
            "paths": {
                "/a": {"get": _DONE, "put": {**_DONE, "deprecated": True, "x-sunset": "2031-01-01"}}
            }
        },
        _path(),
        "api-removed-before-sunset=error",
    ),
    "a parameter of the path that must be given": (
        _path(),
        {
            "paths": {
                "/a": {
                    "parameters": [{"name": "q", "in": "query", "required": True}],
                    "get": _DONE,
                }
            }
        },
        "new-required-request-default-parameter-to-existing-path=error",
    ),
    "a parameter of the path that may be given": (
        _path(),
        {"paths": {"/a": {"parameters": [{"name": "q", "in": "query"}], "get": _DONE}}},
        "new-optional-request-default-parameter-to-existing-path=info",
    ),
    "a webhook more": ({}, {"webhooks": {"w": {"post": _DONE}}}, "webhook-added=info"),
    "a webhook less": ({"webhooks": {"w": {"post": _DONE}}}, {}, "webhook-removed=error"),
    "a schema less": (
        {"components": {"schemas": {"A": {}}}},
        {"components": {"schemas": {}}},
        "api-schema-removed=info",
    ),
    "credentials where there were none": (
        _path(),
        _path(**_secured({"key": []})),
        "api-security-added=info api-security-tightened=warning",
    ),
    "no credentials any more": (
        _path(**_secured({"key": []})),
        _path(),
        "api-security-removed=info",
    ),
    "credentials that may be left out": (
        _path(),
        _path(**_secured({"key": []}, {})),
        "api-security-added=info",
    ),
    "an alternative less": (
        _path(**_secured({"key": []}, {"o": ["a"]})),
        _path(**_secured({"key": []})),
        "api-security-removed=info api-security-tightened=warning",
    ),
    "a scope more": (
        _path(**_secured({"o": ["a"]})),
        _path(**_secured({"o": ["a", "b"]})),
        "api-security-scope-added=info api-security-tightened=warning",
    ),
    "a scope less": (
        _path(**_secured({"o": ["a", "b"]})),
        _path(**_secured({"o": ["a"]})),
        "api-security-scope-removed=info",
    ),
    "credentials for all": (
        _path(),
        {**_path(), **_secured({"key": []})},
        "api-global-security-added=info api-security-tightened=warning",
    ),
    "credentials for none": (
        {**_path(), **_secured({"key": []})},
        _path(),
        "api-global-security-removed=info",
    ),
    "a scope more for all": (
        {**_path(), **_secured({"o": []})},
        {**_path(), **_secured({"o": ["a"]})},
        "api-global-security-scope-added=info api-security-tightened=warning",
    ),
    "a scope less for all": (
        {**_path(), **_secured({"o": ["a"]})},
        {**_path(), **_secured({"o": []})},
        "api-global-security-scope-removed=info",
    ),
    "a security scheme more": ({}, _scheme(), "api-security-component-added=info"),
    "a security scheme less": (_scheme(), {}, "api-security-component-removed=info"),
    "another type of a security scheme": (
        _scheme(),
        {"components": {"securitySchemes": {"o": {"type": "http"}}}},
        "api-security-component-type-changed=info",
    ),
    "another address of a flow": (
        _scheme(authorizationUrl="https://a.test", tokenUrl="https://a.test"),
        _scheme(authorizationUrl="https://b.test", tokenUrl="https://b.test"),
        (
            "api-security-component-oauth-url-changed=info"
            " api-security-component-oauth-token-url-changed=info"
        ),
    ),
    "other scopes of a flow": (
        _scheme(scopes={"a": "A", "b": "B"}),
        _scheme(scopes={"b": "b", "c": "C"}),
        (
            "api-security-component-oauth-scope-added=info"
            " api-security-component-oauth-scope-removed=info"
            " api-security-component-oauth-scope-changed=info"
        ),
    ),
}


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in PAIRS.items()])
def test_a_change_of_an_operation_is_told(pair: Pair) -> None:
    """What changed within an operation is told by these rules and by no other."""
    assert told(of_operation(pair.old), of_operation(pair.new)) == pair.rules


@pytest.mark.parametrize(
    "old, new, rules", [pytest.param(*pair, id=name) for name, pair in WHOLE.items()]
)
def test_a_change_of_a_document_is_told(
    old: dict[str, Any], new: dict[str, Any], rules: str
) -> None:
    """What came, went or is shared by operations is told by these rules and by no other."""
    assert told(parsed(old), parsed(new)) == dict(rule.split("=") for rule in rules.split())


def test_every_rule_can_be_told() -> None:
    """INVARIANT: no rule is listed that nothing falls under."""
    seen = {change.id for pair in expected() for change in found(pair)}
    for schemas in SCHEMA_PAIRS.values():
        seen |= {change.id for change in compared(everywhere(schemas.old), everywhere(schemas.new))}
    for pair in PAIRS.values():
        seen |= set(pair.rules)
    for _, _, rules in WHOLE.values():
        seen |= {rule.split("=")[0] for rule in rules.split()}

    assert RULES.keys() == seen
