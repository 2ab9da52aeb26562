"""Records as lines of JSON, to be carried where there is no database.

A run is a line of its own, `{"v": 1, "run": {...}}`; the lines that follow belong to it: one for
each `outcome`, `latency`, `operation` and `evidence`, such as `{"outcome": {...}}`, and at last
`{"end": N}`, where N counts the lines between. Fields are those of the records; one that has its
default is left out. A file may hold any number of runs.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from redhanded.history.records import Evidence, Latency, Operation, Outcome, Record, Run
from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

VERSION = 1

Part: TypeAlias = Outcome | Latency | Operation | Evidence

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# What some readers take for the end of a line; in JSON they can only stand in a string.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def written(records: Iterable[Record]) -> Iterator[str]:
    """The lines of these records, without line ends."""
    for record in records:
        parts: list[tuple[str, Part]] = [
            *(("outcome", made) for made in record.outcomes),
            *(("latency", made) for made in record.latencies),
            *(("operation", made) for made in record.operations),
            *(("evidence", made) for made in record.evidence),
        ]
        yield _line({"v": VERSION, "run": _told(record.run)})
        yield from (_line({kind: _told(made)}) for kind, made in parts)
        yield _line({"end": len(parts)})


def read(lines: Iterable[str], complain: Callable[[str], None]) -> Iterator[Record]:
    """The records in these lines; `complain` gets a sentence for each line that is damaged.

    What is whole of a damaged run is in its record. Raises HistoryUnavailable where a newer
    redhanded wrote them.
    """
    reading = _Reading(complain)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield from reading.take(number, line)
    yield from reading.close()


class _Line(BaseModel):
    """One line; exactly one of the fields is set."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")

    v: int = VERSION
    run: Run | None = None
    outcome: Outcome | None = None
    latency: Latency | None = None
    operation: Operation | None = None
    evidence: Evidence | None = None
    end: int | None = None

    @property
    def part(self) -> Part | None:
        """What belongs to a run."""
        return self.outcome or self.latency or self.operation or self.evidence


class _Reading:
    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._run: Run | None = None
        self._parts: list[Part] = []
        self._number = 0
        self._is_told = False

    def take(self, number: int, text: str) -> Iterator[Record]:
        """The record that this line completes, if any."""
        self._number = number
        line = self._parsed(text)
        if line is None:
            if _begins_run(text):  # what follows does not belong to the run before
                yield from self.close()
            self._is_told = True
        elif line.run is not None:
            yield from self.close()
            self._run, self._is_told = line.run, False
        elif self._run is None:
            self._tell(f"line {number} belongs to no run: all up to the next run is left out")
        elif line.end is not None:
            yield self._ended(self._run, line.end)
        elif line.part is not None:
            self._parts.append(line.part)

    def close(self) -> Iterator[Record]:
        """The record that no line closed: its file was cut."""
        if self._run is not None:
            name = self._run.run_id
            self._tell(f"the run {name} is cut short at line {self._number}: the rest is taken in")
            yield self._record(self._run)

    def _tell(self, sentence: str) -> None:
        # Damage that was told explains what is missing afterwards.
        if not self._is_told:
            self._complain(sentence)
        self._is_told = True

    def _ended(self, run: Run, count: int) -> Record:
        if count != len(self._parts):
            self._tell(
                f"the run {run.run_id} that ends at line {self._number} has"
                f" {len(self._parts)} of its {count} parts: they are taken in"
            )
        return self._record(run)

    def _record(self, run: Run) -> Record:
        parts, self._parts, self._run, self._is_told = self._parts, [], None, False
        return Record(
            run=replace(run, builds=tuple(run.builds)),
            outcomes=tuple(it for it in parts if isinstance(it, Outcome)),
            latencies=tuple(it for it in parts if isinstance(it, Latency)),
            operations=tuple(it for it in parts if isinstance(it, Operation)),
            evidence=tuple(it for it in parts if isinstance(it, Evidence)),
        )

    def _parsed(self, text: str) -> _Line | None:
        try:
            line = _Line.model_validate_json(text)
        except ValidationError as error:
            _refuse_newer(_fields(text).get("v"), self._number)
            self._complain(f"line {self._number} is damaged ({_reason(error)}): it is left out")
            return None
        _refuse_newer(line.v, self._number)
        if all(_fits(made) for made in (line.run, line.part)):
            return line
        self._complain(f"line {self._number} is damaged (a number is too large): it is left out")
        return None


def _line(value: object) -> str:
    # Half a surrogate pair cannot be written to a file.
    return _encoded(value).encode(errors="replace").decode().translate(_LINE_ENDS)


def _told(made: Part | Run) -> dict[str, Any]:
    values = {its.name: getattr(made, its.name) for its in fields(made)}
    return {its.name: values[its.name] for its in fields(made) if values[its.name] != _usual(its)}


def _usual(its: Field[Any]) -> object:
    return its.default_factory() if its.default_factory is not MISSING else its.default


def _fits(made: Part | Run | None) -> bool:
    """Whether every database can keep the whole numbers in it; a seed may be twice as long."""
    if made is None:
        return True
    numbers = {its.name: getattr(made, its.name) for its in fields(made)}
    return all(
        abs(number) < 2 ** (63 if name == "seed" else 31)
        for name, value in numbers.items()
        for number in (value.values() if isinstance(value, dict) else [value])
        if isinstance(number, int)
    )


def _refuse_newer(version: object, number: int) -> None:
    if isinstance(version, int) and version > VERSION:
        raise HistoryUnavailable(
            f"Line {number} was written by a newer redhanded (version {version}, this one reads"
            f" {VERSION}): update redhanded."
        )


def _begins_run(text: str) -> bool:
    return "run" in _fields(text) or text.lstrip().startswith('{"v":')


def _fields(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    said = "it is no JSON" if first["type"] == "json_invalid" else first["msg"]
    return f"{place}: {said}" if place else said
