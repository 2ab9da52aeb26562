"""Sealing: a schema that names its properties refuses those which it does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.schemas.declared import UNIONS

if TYPE_CHECKING:
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue

_PARTS: Final = frozenset(
    {"$dynamicRef", "$ref", "allOf", "anyOf", "dependentSchemas", "if", "oneOf"}
)
_NAMING: Final = (_PARTS - {"oneOf"}) | {
    "additionalProperties",
    "patternProperties",
    "properties",
    "unevaluatedProperties",
}


def merely_chooses(node: Node) -> bool:
    """Whether exactly one of several schemas describes the value, and nothing else names parts.

    Each of them can be sealed by itself then, which costs a third of what it costs for them all.
    """
    return "oneOf" in node.value and not _NAMING & node.value.keys()


def seal(catalogue: Catalogue, node: Node, result: dict[str, Any]) -> bool:
    """Closes the converted schema of a whole value, where the document leaves that open, or not.

    What it says itself of other properties stands, and what names none is free.
    """
    declared = catalogue.declared
    if declared.decides(node) or not declared.names(node):
        return False
    if "patternProperties" in node.value and "patternProperties" not in result:
        return (
            False  # OpenAPI 3.0 knows no such keyword; whoever writes it means to name properties
        )
    if not declared.names(node, unions=False):
        _free_branches(catalogue, node, result)
    rules = catalogue.descent.rules(node)
    if rules:
        result["allOf"] = [*_listed(result, "allOf"), *rules]
    _know_required(result)
    keyword = "unevaluatedProperties" if _PARTS & result.keys() else "additionalProperties"
    result[keyword] = False
    return True


def _free_branches(catalogue: Catalogue, node: Node, result: dict[str, Any]) -> None:
    """Leaves a value free that meets a branch which names nothing."""
    besides = [extra for extra in _listed(result, "allOf") if isinstance(extra, dict)]
    repeated = [_listed(extra, "anyOf") for extra in besides if extra.keys() == {"anyOf"}]
    for keyword in UNIONS:
        branches = node.find(keyword)
        for index, branch in enumerate(branches.entries() if branches else ()):
            if catalogue.declared.names(branch) or not isinstance(branch.value, dict):
                continue
            copies = [_listed(result, keyword)] + (repeated[-1:] if keyword == "oneOf" else [])
            for copy in copies:
                if index < len(copy) and isinstance(copy[index], dict):
                    copy[index].setdefault("additionalProperties", True)


def _know_required(result: dict[str, Any]) -> None:
    """Lets a member pass that is required and declared nowhere: without it, nothing would."""
    named = result.get("properties", {})
    if isinstance(named, dict):
        required = (name for name in _listed(result, "required") if isinstance(name, str))
        undeclared = {name: True for name in required if name not in named}
        result |= {"properties": {**named, **undeclared}} if undeclared else {}


def _listed(schema: dict[str, Any], keyword: str) -> list[Any]:
    found = schema.get(keyword)
    return found if isinstance(found, list) else []
