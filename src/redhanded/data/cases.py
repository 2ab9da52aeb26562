"""Cases: bodies of which one place is at its limit, or breaks one rule, ready to parametrize."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeAlias

import pytest
from pydantic import BaseModel

from redhanded.core.errors import UsageError
from redhanded.core.model_json import json_of
from redhanded.data.editing import Raw, encoded, moved, put, value_at
from redhanded.data.schema_view import tokens

Made: TypeAlias = BaseModel | Mapping[str, Any] | Sequence[Any]
Names: TypeAlias = str | Iterable[str]
Draw: TypeAlias = Callable[[Any], object]

_JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One boundary or negative value, labelled with its rule, for a body that is made anew.

    `pointer` (RFC 6901) is the place; `value` is an example of what stands there.
    """

    rule: str
    pointer: str
    value: object
    id: str = ""
    # The value that belongs to what stands there now: longer, cut, doubled.
    draw: Draw | None = field(default=None, repr=False)
    # A change of the body as it is sent, for what no place of it can show.
    whole: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    # Whether the body is what the schema and its validators allow, where that is the point.
    accepts: Callable[[object], bool] | None = field(default=None, repr=False)
    like: Any = field(default=None, repr=False)

    def of(self, made: Made) -> Any:  # noqa: ANN401  any JSON value
        """The JSON body of this object, changed at this one place: for `json=`.

        Raises UsageError where no JSON can say it; `request` can.
        """
        __tracebackhide__ = True
        if self.whole is not None or isinstance(self.value, Raw):
            raise UsageError(
                f"JSON cannot say {self.rule!r}: write api.post(path, **case.request(...))."
            )
        return self._changed(_plain(made))

    def request(self, made: Made) -> dict[str, Any]:
        """What any verb of a client takes: `json`, or `content` with its `headers`."""
        __tracebackhide__ = True
        if self.whole is None and not isinstance(self.value, Raw):
            return {"json": self.of(made)}
        content = encoded(self._changed(_plain(made)) if self.whole is None else _plain(made))
        return {"content": self.whole(content) if self.whole else content, "headers": _JSON}

    def fits(self, body: object) -> bool:
        """Whether the place can be changed in this body so that all of it holds."""
        return self.accepts is None or any(map(self.accepts, self._changes(body)))

    def _changed(self, body: object) -> object:
        __tracebackhide__ = True
        for changed in self._changes(body):
            if self.accepts is None or self.accepts(changed):
                return changed
        raise UsageError(
            f"{self.id}: a validator of the model refuses this value beside the others; make the "
            f'object with values that go with it, or leave it out: without="{self.id}".'
        )

    def _changes(self, body: object) -> Iterator[object]:
        """The body changed here alone, then with values beside it that go with the change."""
        names = tokens(self.pointer)
        value = self._value(value_at(body, names))
        yield put(body, names, value, like=self.like)
        if not names or self.accepts is None:
            return
        yield moved(body, names, value)
        proven = value_at(moved(self.like, names, self.value), names[:-1])
        for name in proven if isinstance(proven, dict) else ():
            other = put(body, [*names[:-1], name], proven[name], like=self.like)
            yield put(other, names, value, like=self.like)
        yield put(body, names[:-1], proven, like=self.like)

    def _value(self, current: object) -> object:
        if self.draw is None or type(current) is not type(self.value):
            return self.value
        return self.draw(current)


def parameters(cases: Iterable[Case], *, only: Names, without: Names) -> list[pytest.ParameterSet]:
    """The chosen cases as pytest takes them, each under an id that no other one has."""
    named = list(_identified(cases))
    chosen = _chosen(named, only, without)
    return [pytest.param(case, id=case.id) for case in chosen]


def field_of(pointer: str) -> str:
    """A place as people write it: `bookingdates.checkin`, `body` for all of it."""
    return ".".join(tokens(pointer)) or "body"


def _chosen(cases: list[Case], only: Names, without: Names) -> list[Case]:
    wanted, unwanted = _known(only, cases, "only"), _known(without, cases, "without")
    kept = [case for case in cases if not wanted or _answers(case, wanted)]
    return [case for case in kept if not _answers(case, unwanted)]


def _known(names: Names, cases: Sequence[Case], option: str) -> set[str]:
    asked = [names] if isinstance(names, str) else list(names)
    known = {name for case in cases for name in _names(case)}
    for name in asked:
        if name and name not in known:
            close = get_close_matches(name, sorted(known), n=1, cutoff=0.4)
            meant = f"did you mean {close[0]!r}?" if close else "name a rule, a field or an id."
            raise UsageError(f"{option}={name!r} is no rule and no field of these cases: {meant}")
    return {name for name in asked if name}


def _answers(case: Case, names: set[str]) -> bool:
    return not names.isdisjoint(_names(case))


def _names(case: Case) -> Iterator[str]:
    """All that a case goes by: its id, its rule and the rule's kind, its field and those above."""
    yield case.id
    yield case.rule
    yield case.rule.partition(":")[0]
    yield case.pointer or "body"
    names = tokens(case.pointer) or ["body"]
    yield from (".".join(names[: count + 1]) for count in range(len(names)))


def _identified(cases: Iterable[Case]) -> Iterator[Case]:
    seen: Counter[str] = Counter()
    for case in cases:
        name = _id(case)
        seen[name] += 1
        yield replace(case, id=name if seen[name] == 1 else f"{name}-{seen[name]}")


def _id(case: Case) -> str:
    rule = re.sub(r" ([+-]) ", r"\1", case.rule.removeprefix("wrong type: "))
    return re.sub(r"[^A-Za-z0-9_.+-]+", "-", f"{field_of(case.pointer)}-{rule}")


def _plain(made: Made) -> Any:  # noqa: ANN401  any JSON value
    return json_of(made) if isinstance(made, BaseModel) else made
