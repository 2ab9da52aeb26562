"""The conditions of `where=`: functions of the value, and places in the document with values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.contracts.difference import Comparison
from redhanded.core import jsonpath
from redhanded.core.errors import UsageError
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from redhanded.contracts.document import Document

Condition: TypeAlias = Callable[[Any], object] | Mapping[str, object]
Where: TypeAlias = Condition | Iterable[Condition]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions on one answer; `see` shortens what is shown of its values."""

    where: Where
    see: Callable[[object], str]

    def breaches(
        self, value: object, read: Callable[[], Document | Violation]
    ) -> Iterator[Violation]:
        """Each condition that does not hold; `read` gives the document for places in it."""
        for condition in self._each():
            if isinstance(condition, Mapping):
                yield from self._in_document(condition, read())
            else:
                yield from self._of_value(condition, value)

    def _each(self) -> Iterator[Condition]:
        where = self.where
        single = callable(where) or isinstance(where, Mapping)
        conditions = [where] if single or not isinstance(where, Iterable) else where
        for condition in conditions:
            if not (callable(condition) or isinstance(condition, Mapping)):
                raise UsageError(
                    f"where={where!r} is no condition: give a function of the value, a mapping of "
                    "paths to values such as {'$.items[0].sku': 'A1'}, or a list of these."
                )
            yield condition

    def _of_value(self, condition: Callable[[Any], object], value: object) -> Iterator[Violation]:
        held = condition(value)
        if isawaitable(held):
            _close(held)
            raise UsageError(f"{_name(condition)} is asynchronous: give where= a plain function.")
        if not held:
            yield Violation(
                "value", "$", self.see(value), f"{_name(condition)} to hold", rule="where"
            )

    def _in_document(
        self, wanted: Mapping[str, object], found: Document | Violation
    ) -> Iterator[Violation]:
        if isinstance(found, Violation):
            yield found
            return
        for path, value in wanted.items():
            place = jsonpath.read(path)
            try:
                actual = jsonpath.find(found.value, place)
            except jsonpath.Nowhere:
                yield Violation("value", jsonpath.write(place), "missing", "required", rule="where")
                continue
            if value is not ...:
                yield from Comparison(self.see).differences(actual, value, place)


def _close(awaitable: object) -> None:
    """Keep Python from warning of a coroutine that was never awaited."""
    close = getattr(awaitable, "close", None)
    if close is not None:
        close()


def _name(condition: Callable[[Any], object]) -> str:
    """What the author calls the condition; a lambda by its line."""
    name = getattr(condition, "__qualname__", repr(condition)).rpartition("<locals>.")[2]
    code = getattr(condition, "__code__", None)
    if name != "<lambda>" or code is None:
        return name
    file = code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"the condition at {file}:{code.co_firstlineno}"
