"""Pairs of operations, with the rules that tell what changed from the first to the second."""

from __future__ import annotations

from typing import Any, NamedTuple


class Pair(NamedTuple):
    """Two operations, and the rules with their levels, such as `endpoint-deprecated=info`."""

    old: dict[str, Any]
    new: dict[str, Any]
    told: str

    @property
    def rules(self) -> dict[str, str]:
        return dict(one.split("=") for one in self.told.split())


_PAST, _SOON, _LATER = "2029-01-01", "2030-06-01", "2031-01-01"
_JSON = "application/json"
_STRING = {"type": "string"}


def _query(name: str = "q", **more: object) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": _STRING, **more}


def _asking(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": list(parameters)}


def _taking(schema: object = None, **more: object) -> dict[str, Any]:
    content = {_JSON: {"schema": _STRING if schema is None else schema}}
    return {"requestBody": {"content": content, **more}}


def _answering(**answers: object) -> dict[str, Any]:
    return {"responses": {status.lstrip("_"): answer for status, answer in answers.items()}}


def _json(schema: object = None, *media: str, headers: object = None) -> dict[str, Any]:
    told = {"schema": _STRING if schema is None else schema}
    content = dict.fromkeys(media or (_JSON,), told)
    return {"description": "d", "content": content, "headers": headers or {}}


def _object(required: tuple[str, ...] = (), **properties: object) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _ended(day: object = None, **more: object) -> dict[str, Any]:
    return {"deprecated": True, **({} if day is None else {"x-sunset": day}), **more}


def _read_only(**more: object) -> dict[str, Any]:
    return {"type": "string", "readOnly": True, **more}


def _write_only(**more: object) -> dict[str, Any]:
    return {"type": "string", "writeOnly": True, **more}


def _given(schema: object) -> dict[str, Any]:
    return _answering(_200=_json(schema))


_LIFE = {
    "deprecated": Pair({}, _ended(), "endpoint-deprecated=info"),
    "deprecated until a day": Pair({}, _ended(_LATER), "endpoint-deprecated=info"),
    "deprecated until a day that has passed": Pair(
        {}, _ended(_PAST), "endpoint-deprecated=info api-sunset-date-too-small=error"
    ),
    "deprecated until nobody knows when": Pair(
        {}, _ended("soon"), "endpoint-deprecated=info api-deprecated-sunset-parse=error"
    ),
    "used again": Pair(_ended(), {}, "endpoint-reactivated=info"),
    "no day any more": Pair(_ended(_LATER), _ended(), "sunset-deleted=error"),
    "an earlier day": Pair(
        _ended(_LATER), _ended(_SOON), "api-sunset-date-changed-too-small=error"
    ),
    "a later day": Pair(_ended(_SOON), _ended(_LATER), ""),
    "a day that is none any more": Pair(
        _ended(_LATER), _ended("soon"), "api-deprecated-sunset-parse=error"
    ),
    "less stable": Pair(
        {"x-stability-level": "stable"},
        {"x-stability-level": "beta"},
        "api-stability-decreased=error",
    ),
    "more stable": Pair({"x-stability-level": "beta"}, {}, "api-stability-increased=info"),
    "no known stability": Pair(
        {}, {"x-stability-level": ["odd"]}, "api-invalid-stability-level=error"
    ),
    "a draft": Pair(
        {"x-stability-level": "draft"},
        {"x-stability-level": "draft", **_asking(_query(required=True))},
        "new-required-request-parameter=info",
    ),
    "an id": Pair({}, {"operationId": "a"}, "api-operation-id-added=info"),
    "another id": Pair({"operationId": "a"}, {"operationId": "b"}, "api-operation-id-removed=info"),
    "another tag": Pair(
        {"tags": ["a"]}, {"tags": ["b"]}, "api-tag-added=info api-tag-removed=info"
    ),
}
_PARAMETERS = {
    "a parameter that must be given": Pair(
        {}, _asking(_query(required=True)), "new-required-request-parameter=error"
    ),
    "a parameter that may be given": Pair(
        {}, _asking(_query()), "new-optional-request-parameter=info"
    ),
    "a parameter in the path": Pair(
        {},
        _asking({"name": "id", "in": "path", "required": True, "schema": _STRING}),
        "new-request-path-parameter=error",
    ),
    "a parameter less": Pair(_asking(_query()), {}, "request-parameter-removed=warning"),
    "a parameter less that was to end": Pair(
        _asking(_query(**_ended(_PAST))), {}, "request-parameter-removed-with-deprecation=info"
    ),
    "a parameter less too early": Pair(
        _asking(_query(**_ended(_LATER))), {}, "request-parameter-removed-before-sunset=error"
    ),
    "a parameter less, nobody knows when": Pair(
        _asking(_query(**_ended("soon"))), {}, "request-parameter-sunset-parse=error"
    ),
    "a parameter that ends when it did": Pair(
        _asking(_query()),
        _asking(_query(**_ended(_PAST))),
        "request-parameter-deprecated=info request-parameter-sunset-date-too-small=error",
    ),
    "a parameter that ends on no day": Pair(
        _asking(_query(**_ended())),
        _asking(_query(**_ended("soon"))),
        "request-parameter-sunset-parse=error",
    ),
    "a parameter that ends earlier": Pair(
        _asking(_query(**_ended(_LATER))),
        _asking(_query(**_ended(_SOON))),
        "request-parameter-sunset-date-changed-too-small=error",
    ),
    "a parameter that ends no more on a day": Pair(
        _asking(_query(**_ended(_LATER))),
        _asking(_query(**_ended())),
        "request-parameter-sunset-deleted=error",
    ),
    "a parameter that is used again": Pair(
        _asking(_query(**_ended())), _asking(_query()), "request-parameter-reactivated=info"
    ),
    "a parameter that must be given now": Pair(
        _asking(_query()),
        _asking(_query(required=True)),
        "request-parameter-became-required=error",
    ),
    "a parameter that may be given now": Pair(
        _asking(_query(required=True)),
        _asking(_query()),
        "request-parameter-became-optional=info",
    ),
    "a parameter in another style": Pair(
        _asking(_query(style="form")),
        _asking(_query(style="pipeDelimited")),
        "request-parameter-style-changed=error",
    ),
    "a parameter as JSON": Pair(
        _asking(_query()),
        _asking({"name": "q", "in": "query", "content": {_JSON: {"schema": _STRING}}}),
        "request-parameter-style-changed=error",
    ),
    "a parameter that may not be empty": Pair(
        _asking(_query(allowEmptyValue=True)),
        _asking(_query()),
        "request-parameter-empty-value-forbidden=warning",
    ),
    "properties of a parameter": Pair(
        _asking(_query(schema=_object(a=_STRING, b=_STRING, c=_STRING))),
        _asking(_query(schema=_object(("b", "d"), b=_STRING, c=_STRING, d=_STRING, e=_STRING))),
        "request-parameter-property-removed=warning"
        " request-parameter-property-became-required=error"
        " new-required-request-parameter-property=error"
        " new-optional-request-parameter-property=info",
    ),
    "a property of a parameter that may be missing": Pair(
        _asking(_query(schema=_object(("b",), b=_STRING))),
        _asking(_query(schema=_object(b=_STRING))),
        "request-parameter-property-became-optional=info",
    ),
    "properties of a header": Pair(
        _asking({"name": "X", "in": "header", "schema": _object(b=_STRING, c=_STRING)}),
        _asking(
            {
                "name": "x",
                "in": "header",
                "schema": _object(("b", "d"), b=_STRING, c={**_STRING, "enum": ["c"]}, d=_STRING),
            }
        ),
        "request-header-property-became-required=error"
        " new-required-request-header-property=error"
        " request-header-property-became-enum=error",
    ),
}
_BODIES = {
    "a body that must be given": Pair(
        {}, _taking(required=True), "request-body-added-required=error"
    ),
    "a body that may be given": Pair({}, _taking(), "request-body-added-optional=info"),
    "no body": Pair(_taking(), {}, "request-body-removed=error"),
    "a body that must be given now": Pair(
        _taking(), _taking(required=True), "request-body-became-required=error"
    ),
    "a body that may be given now": Pair(
        _taking(required=True), _taking(), "request-body-became-optional=info"
    ),
    "another media type of a body": Pair(
        _taking(),
        {"requestBody": {"content": {"application/xml": {"schema": _STRING}}}},
        "request-body-media-type-added=info request-body-media-type-removed=error",
    ),
    "properties of a body": Pair(
        _taking(_object(("c",), a=_STRING, b=_STRING, c=_STRING)),
        _taking(_object(("b", "d"), b=_STRING, c=_STRING, d=_STRING, e=_STRING)),
        "request-property-removed=warning request-property-became-required=error"
        " request-property-became-optional=info new-required-request-property=error"
        " new-optional-request-property=info",
    ),
    "properties of a body with defaults": Pair(
        _taking(_object(b={**_STRING, "default": "b"})),
        _taking(_object(("b", "d"), b={**_STRING, "default": "b"}, d={**_STRING, "default": "d"})),
        "request-property-became-required-with-default=info"
        " new-required-request-property-with-default=info",
    ),
    "a name that must be there and is not declared": Pair(
        _taking(_object()), _taking(_object(("a",))), "request-property-became-required=error"
    ),
    "properties that are never sent": Pair(
        _taking(
            _object(
                a=_read_only(enum=["a", "b"]),
                b=_read_only(maxLength=5),
                c=_read_only(minimum=1, maximum=9),
                d=_read_only(minLength=1),
            )
        ),
        _taking(
            _object(
                ("e",),
                a=_read_only(enum=["a"]),
                b=_read_only(maxLength=4),
                c=_read_only(minimum=2, maximum=8),
                d=_read_only(minLength=2),
                e=_read_only(),
            )
        ),
        "request-read-only-property-enum-value-removed=info"
        " request-read-only-property-max-length-decreased=info"
        " request-read-only-property-min-increased=info"
        " request-read-only-property-max-decreased=info"
        " request-property-min-length-increased=info new-optional-request-property=info",
    ),
}
_ANSWERS = {
    "another status of success": Pair(
        _answering(_200=_json()),
        _answering(_201=_json()),
        "response-success-status-added=info response-success-status-removed=error",
    ),
    "another status of success beside default": Pair(
        _answering(_201=_json(), default=_json()),
        _answering(_200=_json(), default=_json()),
        "response-success-status-added=info response-success-status-removed=error",
    ),
    "another status of failure": Pair(
        _answering(_204={"description": "d"}, _404=_json()),
        _answering(_204={"description": "d"}, _409=_json()),
        "response-non-success-status-added=info response-non-success-status-removed=info",
    ),
    "another media type of an answer": Pair(
        _answering(_200=_json(None, "text/html")),
        _answering(_200=_json(None, "text/csv")),
        "response-media-type-added=info response-media-type-removed=error",
    ),
    "a wider media type of an answer": Pair(
        _answering(_200=_json(None, "text/html")),
        _answering(_200=_json(None, "text/*")),
        "response-media-type-name-generalized=error",
    ),
    "a narrower media type of an answer": Pair(
        _answering(_200=_json(None, "text/*")),
        _answering(_200=_json(None, "text/html")),
        "response-media-type-name-specialized=info",
    ),
    "headers": Pair(
        _answering(
            _200=_json(
                headers={
                    "A": {"required": True},
                    "B": {},
                    "C": {"required": True},
                    "D": {},
                }
            )
        ),
        _answering(
            _200=_json(
                headers={
                    "c": {},
                    "d": {"required": True},
                    "E": {"required": True},
                    "F": {},
                }
            )
        ),
        "required-response-header-removed=error optional-response-header-removed=warning"
        " response-header-became-optional=error response-header-became-required=info"
        " required-response-header-added=info optional-response-header-added=info",
    ),
    "properties of an answer": Pair(
        _given(_object(("a", "c"), a=_STRING, b=_STRING, c=_STRING, d=_STRING)),
        _given(_object(("d", "e"), c=_STRING, d=_STRING, e=_STRING, f=_STRING)),
        "response-required-property-removed=error response-optional-property-removed=warning"
        " response-property-became-optional=error response-property-became-required=info"
        " response-required-property-added=info response-optional-property-added=info",
    ),
    "properties of an answer that are never sent": Pair(
        _given(
            _object(
                ("a", "c"),
                a=_write_only(),
                b=_write_only(),
                c=_write_only(enum=["a"]),
                d=_write_only(),
            )
        ),
        _given(
            _object(
                ("d", "e"),
                c=_write_only(enum=["a", "b"]),
                d=_write_only(),
                e=_write_only(),
                f=_write_only(),
            )
        ),
        "response-required-write-only-property-removed=info"
        " response-optional-write-only-property-removed=info"
        " response-write-only-property-became-optional=info"
        " response-write-only-property-became-required=info"
        " response-required-write-only-property-added=info"
        " response-optional-write-only-property-added=info"
        " response-write-only-property-enum-value-added=info",
    ),
}


def _access() -> dict[str, Pair]:
    """Properties that are for one direction only, or no longer are."""
    found = {}
    for way, holder in (("request", _taking), ("response", _given)):
        for need, required in (("required", ("a",)), ("optional", ())):
            plain = holder(_object(required, a=_STRING))
            for mode, schema in (("read-only", _read_only()), ("write-only", _write_only())):
                marked = holder(_object(required, a=schema))
                stem = f"{way}-{need}-property-became"
                exposed = (way, need, mode) == ("response", "required", "write-only")
                undone = "warning" if exposed else "info"
                words = f"{need} in a {way}"
                found[f"{mode}: {words}"] = Pair(plain, marked, f"{stem}-{mode}=info")
                found[f"not {mode}: {words}"] = Pair(marked, plain, f"{stem}-not-{mode}={undone}")
    return found


PAIRS = _LIFE | _PARAMETERS | _BODIES | _ANSWERS | _access()
