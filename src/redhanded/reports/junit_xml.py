"""JUnit XML as text: testcases with their attempts inside, in a size that CI systems accept.

The elements and their order are those that Jenkins' schema `junit-10.xsd` and Maven Surefire's
report share: `flakyError` tells what a test that held had lost on its way, `rerunError` the same
of a test that did not hold.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from redhanded.reports.dossier.case import Outcome
    from redhanded.reports.rounds import Lost

Fit: TypeAlias = "Callable[[str], str]"

LIMIT = 28_000_000  # bytes: GitLab refuses files of 30 MB
MESSAGE = 500
_NAME = 1_000
_RESERVE = 1_000
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HALF_ESCAPE = re.compile("&[^;]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseElement:
    """One test: how it ended, the whole story of it, what was lost on the way, its attempts."""

    test_id: str
    seconds: float
    outcome: Outcome = "passed"
    kind: str = ""
    message: str = ""
    text: str = ""
    lost: Sequence[Lost] = ()
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole run; `began` is wall time, `whole_at` names the place of what had to be cut."""

    began: float
    seconds: float
    cases: Sequence[CaseElement]
    properties: Mapping[str, str] = field(default_factory=dict)
    whole_at: str = ""


def xml(document: Document, *, limit: int = LIMIT) -> Iterator[str]:
    """The file in pieces, which together stay below the limit: the longest texts are cut for it."""
    sizes: list[int] = []

    def measure(text: str) -> str:
        sizes.append(len(_escaped(text).encode()))
        return ""

    fixed = sum(len(piece.encode()) for piece in _pieces(document, measure))
    most = share(sizes, limit - fixed - _RESERVE)
    cut = sum(size > most for size in sizes)
    told = f"{cut} texts are cut to {most} bytes, to keep this file below {limit} bytes"
    notes = {"redhanded.cut": f"{told}; {document.whole_at}"} if cut else {}
    yield from _pieces(document, lambda text: fitted(text, most, document.whole_at), notes)


def share(sizes: Sequence[int], room: int) -> int:
    """The most that each may have, in bytes, so that all of them fit into the room."""
    for taken, size in enumerate(sorted(sizes)):
        if size * (len(sizes) - taken) > room:
            return max(room, 0) // (len(sizes) - taken)
        room -= size
    return max(sizes, default=0)


def fitted(text: str, most: int, whole_at: str = "") -> str:
    """The text as XML in at most so many bytes; where it is cut, it says so."""
    content = _escaped(text).encode()
    if len(content) <= most:
        return content.decode()
    note = _escaped(f"\n[cut here: {len(content)} bytes in all; {whole_at}]")
    left = most - len(note.encode())
    if left < 0:
        return ""
    return _HALF_ESCAPE.sub("", content[:left].decode(errors="ignore")) + note


def _pieces(document: Document, fit: Fit, notes: Mapping[str, str] | None = None) -> Iterator[str]:
    cases = document.cases
    counts = Counter(case.outcome for case in cases)
    began = datetime.fromtimestamp(document.began, UTC).isoformat(timespec="milliseconds")
    totals = _attributes(tests=f"{len(cases)}", failures=f"{counts['failure']}")
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="redhanded">\n'
    yield (
        f'<testsuite name="redhanded"{totals} errors="{counts["error"]}"'
        f' skipped="{counts["skipped"]}" time="{document.seconds:.3f}" timestamp="{began}">\n'
    )
    yield "<properties>\n"
    for name, value in {**document.properties, **(notes or {})}.items():
        yield f"<property{_attributes(name=name, value=value)}/>\n"
    yield "</properties>\n"
    for case, address in zip(cases, _addresses(cases), strict=True):
        yield from _case(case, address, fit)
    yield "</testsuite>\n</testsuites>\n"


def _case(case: CaseElement, address: tuple[str, str], fit: Fit) -> Iterator[str]:
    named = _attributes(classname=address[0], name=address[1], time=f"{case.seconds:.3f}")
    inside = [*_inside(case, fit)]
    yield f"<testcase{named}>\n" if inside else f"<testcase{named}/>\n"
    yield from inside
    if inside:
        yield "</testcase>\n"


def _inside(case: CaseElement, fit: Fit) -> Iterator[str]:
    if case.outcome != "passed":
        told = _attributes(type=case.kind, message=_clipped(case.message, MESSAGE))
        yield f"<{case.outcome}{told}>{fit(case.text)}</{case.outcome}>\n"
    word = "flakyError" if case.outcome == "passed" else "rerunError"
    for lost in case.lost:
        told = _attributes(type=lost.cause, message=_clipped(lost.message, MESSAGE))
        yield f"<{word}{told}><stackTrace>{fit(lost.text)}</stackTrace></{word}>\n"
    if case.output:
        yield f"<system-out>{fit(case.output)}</system-out>\n"


def _addresses(cases: Sequence[CaseElement]) -> Iterator[tuple[str, str]]:
    """Class and name of each test, as pytest gives them; each pair occurs once.

    Of tests that go by one name GitLab shows the first alone.
    """
    seen: dict[tuple[str, str], int] = {}
    for case in cases:
        classname, name = (_clipped(part, _NAME) for part in address(case.test_id))
        unique, again = name, seen.get((classname, name), 0)
        while (classname, unique) in seen:
            again += 1
            unique = f"{name} ({again + 1})"
        seen[classname, name] = again
        seen.setdefault((classname, unique), 0)
        yield classname, unique


def address(test_id: str) -> tuple[str, str]:
    """Class and name by a test's id: `tests.test_a.TestB` and `test_c[x]`, as pytest gives them."""
    plain, bracket, parameters = test_id.partition("[")
    file, *inner = plain.split("::")
    module = file.removesuffix(".py").replace("/", ".")
    *classes, name = inner or [""]
    return ".".join([module, *classes]) if name else "", (name or file) + bracket + parameters


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_quoted(value)}"' for name, value in values.items())


def _quoted(text: str) -> str:
    escaped = _escaped(text).replace('"', "&quot;")
    return escaped.replace("\n", "&#10;").replace("\t", "&#9;")


def _escaped(text: str) -> str:
    """The text as XML holds it; a character that XML has no place for by its number."""
    legal = _ILLEGAL.sub(lambda found: f"#x{ord(found[0]):02X}", text)
    escaped = legal.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#13;")


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
