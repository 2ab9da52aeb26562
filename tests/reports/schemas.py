"""The schemas of formats, as others publish them and as this project does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

import redhanded.reports

_CORPUS = Path(__file__).parents[1] / "corpus" / "reports"
_OURS = Path(redhanded.reports.__file__).parent


def breaches(name: str, value: Any) -> list[str]:  # noqa: ANN401  any JSON value
    """Where a value breaks the schema of that format, and how; empty where it holds."""
    return [f"{[*error.instance_path]}: {error.message}"[:500] for error in _of(name, value)]


def published(name: str) -> Any:  # noqa: ANN401
    """A schema of ours as it is shipped."""
    return _read(_OURS / f"{name}.schema.json")


def _of(name: str, value: Any) -> Iterator[jsonschema_rs.ValidationError]:  # noqa: ANN401
    return {"ctrf": _ctrf, "har": _har, "allure": _allure}.get(
        name, lambda: _own(name)
    )().iter_errors(value)


@cache
def _ctrf() -> jsonschema_rs.Draft7Validator:
    schema = _read(_CORPUS / "ctrf" / "ctrf-schema-0.0.json")
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


@cache
def _har() -> jsonschema_rs.Draft6Validator:
    schemas = {path.name: _read(path) for path in (_CORPUS / "har").glob("*.json")}
    resources = [(f"json-schema:///{name}", schema) for name, schema in schemas.items()]
    registry = jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft6)
    whole = {"$ref": "json-schema:///har.json"}
    return jsonschema_rs.Draft6Validator(whole, registry=registry, validate_formats=True)


@cache
def _allure() -> jsonschema_rs.Draft202012Validator:
    schema = _read(_CORPUS / "allure" / "result.schema.json")
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@cache
def _own(name: str) -> jsonschema_rs.Draft202012Validator:
    """A schema of ours, under which a key that it does not know is a breach."""
    schema = _closed(published(name))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _read(path: Path) -> Any:  # noqa: ANN401
    return json.loads(path.read_text("utf-8"))


def _closed(schema: Any) -> Any:  # noqa: ANN401
    """The schema with every object closed to keys that it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _closed(value) for key, value in schema.items()}
    return told | {"additionalProperties": False} if "required" in told else told
