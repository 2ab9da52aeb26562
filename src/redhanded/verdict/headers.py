"""What a test expects of an answer's headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.contracts.shape import is_matcher
from redhanded.core.errors import UsageError
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def breaches(
    wanted: Mapping[str, object], actual: Mapping[str, str], see: Callable[[object], str]
) -> Iterator[Violation]:
    """Each header that is not as wanted: a value, a pattern found in it, `...` there, None not."""
    for name, value in wanted.items():
        _check_meant(name, value)
        found = actual.get(name)
        where = f"headers.{name.lower()}"
        if value is None:
            if found is not None:
                yield Violation("header.unexpected", where, see(found), "absent")
        elif found is None:
            yield Violation("header.missing", where, "missing", "required")
        elif not _holds(name, found, value):
            yield Violation("header.value", where, see(found), _words(value, see))


def _check_meant(name: str, value: object) -> None:
    if value is None or value is ... or isinstance(value, (str, int, re.Pattern)):
        return
    if is_matcher(value):
        return
    raise UsageError(
        f"headers[{name!r}] cannot be {value!r}: give a text, a compiled pattern, a dirty-equals "
        "value, ... for any value, or None for none."
    )


def _holds(name: str, actual: str, wanted: object) -> bool:
    if isinstance(wanted, re.Pattern):
        return wanted.search(actual) is not None
    if isinstance(wanted, str) and name.lower() == "content-type" and ";" not in wanted:
        actual = actual.partition(";")[0].strip()  # parameters only where they are asked for
    return wanted is ... or bool((str(wanted) if isinstance(wanted, int) else wanted) == actual)


def _words(wanted: object, see: Callable[[object], str]) -> str:
    if isinstance(wanted, re.Pattern):
        return f"text in which {wanted.pattern} is found"
    return repr(wanted) if is_matcher(wanted) else see(wanted)
