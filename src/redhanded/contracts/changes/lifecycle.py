"""The life of an operation or a parameter: how stable it is, and when it is to end."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.changes.change import Change, Scene
    from redhanded.contracts.openapi.nodes import Node

_STABILITY = ("draft", "alpha", "beta", "stable")
_DRAFTS = ("draft", "alpha")


def is_draft(operation: Mapping[str, Any]) -> bool:
    """Whether its stability promises nothing yet."""
    return operation.get("x-stability-level") in _DRAFTS


def sunset(thing: Mapping[str, Any]) -> date | None:
    """The day announced for its end; None where none is. Raises ValueError where it is no day."""
    told = thing.get("x-sunset")
    if told is None or isinstance(told, date):
        return told
    told = str(told)
    try:
        return date.fromisoformat(told)
    except ValueError:
        return datetime.fromisoformat(told).date()


def lifecycle(scene: Scene, old: Node, new: Node, today: date) -> Iterator[Change]:
    """What changed about an operation's deprecation, announced end and stability."""
    yield from _stability(scene, old, new)
    was, is_now = (node.value.get("deprecated") is True for node in (old, new))
    if was and not is_now:
        yield scene.tell("endpoint-reactivated", "may be used again", new)
    if is_now and not was:
        yield scene.tell("endpoint-deprecated", "should not be used any more", new)
        yield from _announced(scene, new, today)
    if was and is_now:
        yield from _moved(scene, old, new)


def _announced(scene: Scene, new: Node, today: date) -> Iterator[Change]:
    try:
        day = sunset(new.value)
    except ValueError as error:
        text = f"the day of its end cannot be read: {error}"
        yield scene.tell("api-deprecated-sunset-parse", text, new)
        return
    if day is not None and day < today:
        yield scene.tell("api-sunset-date-too-small", f"the day of its end, {day}, has passed", new)


def _moved(scene: Scene, old: Node, new: Node) -> Iterator[Change]:
    if "x-sunset" in old.value and "x-sunset" not in new.value:
        yield scene.tell("sunset-deleted", "the day of its end was deleted", old, "old")
        return
    try:
        before, after = sunset(old.value), sunset(new.value)
    except ValueError as error:
        text = f"the day of its end cannot be read: {error}"
        yield scene.tell("api-deprecated-sunset-parse", text, new)
        return
    if before and after and after < before:
        text = f"ends on {after}, earlier than on {before}"
        yield scene.tell("api-sunset-date-changed-too-small", text, new)


def _stability(scene: Scene, old: Node, new: Node) -> Iterator[Change]:
    before, after = (node.value.get("x-stability-level") for node in (old, new))
    if before == after:
        return
    for level in (before, after):
        if level is not None and level not in _STABILITY:
            text = f"{level!r} is no level of stability: write one of {', '.join(_STABILITY)}"
            yield scene.tell("api-invalid-stability-level", text, new)
            return
    if before is None:
        return
    rank = _STABILITY.index(after) if after is not None else len(_STABILITY)
    if rank < _STABILITY.index(before):
        yield scene.tell("api-stability-decreased", f"went from {before} to {after}", new)
    else:
        yield scene.tell("api-stability-increased", f"went from {before} to {after}", new)


def removal(scene: Scene, old: Node, today: date, *, stem: str) -> Change:
    """How the removal of something is to be told: announced, too early, or without a word.

    `stem` is what its rules are called after: `api-path` where nothing is left of its path.
    """
    if is_draft(old.value):
        return scene.tell(f"{stem}-removed-with-deprecation", "was removed as a draft", old, "old")
    if old.value.get("deprecated") is not True:
        text = "was removed without having been deprecated"
        return scene.tell(f"{stem}-removed-without-deprecation", text, old, "old")
    try:
        day = sunset(old.value)
    except ValueError as error:
        text = f"was removed, and the day of its end cannot be read: {error}"
        return scene.tell("api-path-sunset-parse", text, old, "old")
    if day is not None and day > today:
        text = f"was removed before {day}, the day that was announced"
        return scene.tell(f"{stem}-removed-before-sunset", text, old, "old")
    return scene.tell(f"{stem}-removed-with-deprecation", "was removed as announced", old, "old")
