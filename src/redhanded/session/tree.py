"""Settings laid over each other, each value remembering the layer that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, Union

if TYPE_CHECKING:
    from redhanded.session.keys import Key
    from redhanded.session.layers import Layer


class Located(str):
    """A string that knows its key and layer; the model sees an ordinary string."""

    __slots__ = ("key", "layer")

    key: Key
    layer: Layer


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value and where it was said."""

    value: Any
    layer: Layer


Tree: TypeAlias = dict[str, Union[Leaf, "Tree"]]


def grow(values: Mapping[str, Any], layer: Layer) -> Tree:
    """The values of one layer as a tree."""
    return {
        str(name): grow(value, layer) if _is_table(value) else Leaf(value, layer)
        for name, value in values.items()
    }


def _is_table(value: object) -> bool:
    # An empty table has nothing below it that knows its layer, and so is a leaf itself.
    return isinstance(value, Mapping) and bool(value)


def plant(key: Key, value: object, layer: Layer) -> Tree:
    """A tree with one value, or one table of values, at the key."""
    for part in reversed(key):
        value = {part: value}
    return grow(value, layer) if isinstance(value, Mapping) else {}


def overlay(below: Tree, above: Tree) -> Tree:
    """Both trees in one; a table is merged, anything else replaced.

    A credential of another kind replaces the whole table: the keys of its kind are its own.
    """
    merged = dict(below)
    for name, upper in above.items():
        lower = merged.get(name)
        if isinstance(lower, dict) and isinstance(upper, dict) and not _differ(lower, upper):
            merged[name] = overlay(lower, upper)
        elif not (isinstance(lower, dict) and isinstance(upper, Leaf) and upper.value == {}):
            merged[name] = upper
    return merged


def _differ(lower: Tree, upper: Tree) -> bool:
    kinds = [tree.get("kind") for tree in (lower, upper)]
    known = {str(kind.value) for kind in kinds if isinstance(kind, Leaf)}
    return len(known) == 2


def values(tree: Tree, key: Key = ()) -> dict[str, Any]:
    """What the model is given: plain tables, lists and numbers, and strings that are located."""
    return {
        name: values(node, (*key, name)) if isinstance(node, dict) else _value(node, (*key, name))
        for name, node in tree.items()
    }


def _value(leaf: Leaf, key: Key) -> Any:  # noqa: ANN401  whatever the file holds
    if not isinstance(leaf.value, str):
        return leaf.value
    located = Located(leaf.value)
    located.key, located.layer = key, leaf.layer
    return located


def leaves(tree: Tree, key: Key = ()) -> Iterator[tuple[Key, Leaf]]:
    """Every value with its key, depth first."""
    for name, node in tree.items():
        if isinstance(node, dict):
            yield from leaves(node, (*key, name))
        else:
            yield (*key, name), node
