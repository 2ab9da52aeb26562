"""Patches: what would make a document allow what was seen, as one JSON Patch (RFC 6902)."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.contracts.openapi.loosening import GONE, both
from redhanded.contracts.openapi.nodes import steps as steps_of
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OPERATIONS = ("add", "replace", "remove")


class Change(NamedTuple):
    """One operation of a patch; `value` counts for nothing where it removes."""

    op: str
    path: str
    value: Any = None

    @property
    def steps(self) -> list[str]:
        """The keys on the way to its place."""
        return steps_of(self.path)

    @property
    def is_appended(self) -> bool:
        """Whether it puts something at the end of a list."""
        return self.op == "add" and self.path.endswith("/-")

    def record(self) -> dict[str, Any]:
        """The operation as RFC 6902 writes it."""
        told = {"op": self.op, "path": self.path}
        return told if self.op == "remove" else {**told, "value": self.value}


def merged(suggestions: Iterable[str], *, version: tuple[int, int]) -> list[dict[str, Any]]:
    """One patch of all suggestions, each an operation as JSON text, for a document of that version.

    Of several for one place one is left, which allows what each of them would; what is no operation
    on a document is left out. The order of the suggestions makes no difference.
    """
    given = sorted({text for text in suggestions if text})
    parsed = [change for text in given if (change := _parsed(text)) is not None]
    placed = _placed([one for one in parsed if not one.is_appended], in_lists=version >= (3, 1))
    appended = _appended([one for one in parsed if one.is_appended], placed)
    return [one.record() for one in _ordered([*_folded(placed), *appended])]


def _parsed(text: str) -> Change | None:
    try:
        told: Any = json.loads(text)
        op, path, value = told["op"], told["path"], told.get("value")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    is_place = isinstance(path, str) and path.startswith("/")
    return Change(op, path, value) if is_place and op in _OPERATIONS else None


def _placed(changes: Iterable[Change], *, in_lists: bool) -> dict[str, Change]:
    """One change for each place."""
    found: dict[str, Change] = {}
    for one in changes:
        known = found.get(one.path)
        found[one.path] = one if known is None else _of_both(known, one, in_lists=in_lists)
    return found


def _of_both(one: Change, other: Change, *, in_lists: bool) -> Change:
    """What allows all that either would; whatever is removed binds nobody any more."""
    if "remove" in (one.op, other.op):
        return Change("remove", one.path)
    value = both(one.value, other.value, one.steps, in_lists=in_lists)
    return Change("remove", one.path) if value is GONE else one._replace(value=value)


def _appended(changes: Iterable[Change], placed: dict[str, Change]) -> list[Change]:
    """What is put at the ends of lists, once; a list that is written anew takes it in itself."""
    found: dict[tuple[str, str], Change] = {}
    for one in changes:
        home = one.path.removesuffix("/-")
        whole = placed.get(home)
        if whole is not None and isinstance(whole.value, list):
            if one.value not in whole.value:
                placed[home] = whole._replace(value=[*whole.value, one.value])
        elif whole is None or whole.op != "remove":
            found.setdefault((home, _key(one.value)), one)
    return [*found.values()]


def _key(value: object) -> str:
    """What two entries of a list have in common that are one: a parameter's place and name."""
    if isinstance(value, dict) and {"in", "name"} <= value.keys():
        value = [value["in"], value["name"]]
    return json.dumps(value, sort_keys=True)


def _folded(placed: dict[str, Change]) -> list[Change]:
    """The changes, of which none lies within what another one writes or removes."""
    found: dict[str, Change] = {}
    for path in sorted(placed, key=len):
        one = placed[path]
        above = next((each for each in found.values() if path.startswith(f"{each.path}/")), None)
        if above is None:
            found[path] = one
        elif above.op != "remove":
            within = Change(one.op, path[len(above.path) :], one.value)
            value = _tried(above.value, within)
            found[above.path] = above._replace(value=value)
    return [*found.values()]


def _tried(value: Any, change: Change) -> Any:  # noqa: ANN401  JSON
    try:
        return _applied(value, change)
    except (LookupError, TypeError, ValueError):
        return value


def _ordered(changes: Iterable[Change]) -> list[Change]:
    """What is added and replaced, by place; then removals, those of a list from its end."""

    def order(one: Change) -> tuple[bool, list[tuple[bool, int, str]], str]:
        is_removal = one.op == "remove"
        keys = [
            (step.isdecimal(), -int(step) if step.isdecimal() and is_removal else 0, step)
            for step in one.steps
        ]
        return is_removal, keys, _key(one.value)

    return sorted(changes, key=order)


def patched(root: Any, patch: Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401  JSON
    """The document with a patch applied; the one that is given stays as it is.

    UsageError where the patch is none for it, as of another text of the document.
    """
    found = copy.deepcopy(root)
    for told in patch:
        try:
            found = _applied(found, Change(told["op"], told["path"], told.get("value")))
        except (LookupError, TypeError, ValueError):
            raise UsageError(
                f"The suggested patch does not fit this document, which has no place for"
                f" {told.get('op')} {told.get('path')}: has it changed since the run?"
            ) from None
    return found


def _applied(root: Any, change: Change) -> Any:  # noqa: ANN401  JSON
    """The value with one change made in it, in place where that can be."""
    *way, last = change.steps
    owner = root
    for step in way:
        owner = owner[int(step)] if isinstance(owner, list) else owner[step]
    if isinstance(owner, list):
        _change_list(owner, change, last)
    elif change.op == "remove":
        del owner[last]
    elif change.op == "replace" and last not in owner:
        raise KeyError(last)
    else:
        owner[last] = change.value
    return root


def _change_list(owner: list[Any], change: Change, last: str) -> None:
    if change.is_appended:
        owner.append(change.value)
    elif not 0 <= int(last) <= len(owner) - (change.op != "add"):
        raise IndexError(last)
    elif change.op == "add":
        owner.insert(int(last), change.value)
    elif change.op == "replace":
        owner[int(last)] = change.value
    else:
        del owner[int(last)]
