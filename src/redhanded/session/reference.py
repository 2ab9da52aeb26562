"""The settings described for people and for editors, out of the model itself.

`python -m redhanded.session.reference schema` prints the JSON Schema of `[tool.redhanded]`, and
`... markdown` the tables of the reference.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema: TypeAlias = dict[str, Any]

_CREDENTIALS = ("auth", "identities")
_TYPES = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "password": "secret",
    "path": "path",
    "string": "text",
}


def schema() -> Schema:
    """The JSON Schema (2020-12) of `[tool.redhanded]`, its profiles included."""
    found: Schema = _untitled(Settings.model_json_schema())
    profile = {name: value for name, value in found["properties"].items() if name != "env"}
    definitions = found.pop("$defs")
    definitions["Profile"] = {
        "additionalProperties": False,
        "description": "Settings of one environment, stronger than those of the table.",
        "properties": profile,
        "type": "object",
    }
    found["properties"]["env"] = {
        "anyOf": [
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Profile"}},
            {"type": "string", "minLength": 1},
        ],
        "description": "In pyproject.toml the profiles by name, elsewhere the one in use.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of redhanded",
        **found,
        "$defs": definitions,
    }


def markdown() -> str:
    """The reference: one table of name, type, default and meaning for each table of settings."""
    return "\n".join(_sections(schema())) + "\n"


def _untitled(node: Any) -> Any:  # noqa: ANN401  whatever a schema holds
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {name: _untitled(value) for name, value in node.items() if name != "title"}


def _sections(whole: Schema) -> Iterator[str]:
    tables = {name: _table(whole, name) for name in whole["properties"]}
    plain = [name for name, table in tables.items() if table is None]
    yield from _section("Top level", {name: whole["properties"][name] for name in plain})
    for name, table in tables.items():
        if table is not None:
            yield from _section(f"`{name}`", table["properties"])
    yield from _section("`resources.<name>`", whole["$defs"]["Resource"]["properties"])
    yield from _section("`lookups.<route>`", whole["$defs"]["Lookup"]["properties"])
    yield from _section("`objectives.<route>`", whole["$defs"]["Objective"]["properties"])
    for kind, reference in whole["properties"]["auth"]["discriminator"]["mapping"].items():
        table = whole["$defs"][reference.rpartition("/")[2]]
        yield from _section(f'`auth` and `identities.<name>` of kind "{kind}"', table["properties"])


def _table(whole: Schema, name: str) -> Schema | None:
    reference = whole["properties"][name].get("$ref")
    return whole["$defs"][reference.rpartition("/")[2]] if reference else None


def _section(title: str, properties: Mapping[str, Schema]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| name | type | default | meaning |"
    yield "|---|---|---|---|"
    for name, node in properties.items():
        cells = (f"`{name}`", _type(node), _default(name, node), node.get("description", ""))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(node: Schema) -> str:
    values = node.get("enum") or [node[name] for name in ("const",) if name in node]
    if values:
        return " or ".join(f'`"{value}"`' for value in values)
    if "anyOf" in node:
        known = [_type(choice) for choice in node["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(known))
    if node.get("type") == "array":
        return f"list of {_type(node['items'])}"
    return _TYPES.get(node.get("format", ""), "") or _TYPES.get(node.get("type", ""), "table")


def _default(name: str, node: Schema) -> str:
    if name in _CREDENTIALS or "default" not in node or node["default"] is None:
        return ""
    return f"`{json.dumps(node['default'])}`"


if __name__ == "__main__":
    text: str = markdown() if "markdown" in sys.argv else json.dumps(schema(), indent=2) + "\n"
    sys.stdout.write(text)
