"""Hostile cases: what an API may refuse or must keep as it is, and never fails over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.data.asking import asked
from redhanded.data.cases import Case, Names, parameters
from redhanded.data.editing import Raw, put
from redhanded.data.ground import Ground, Source
from redhanded.data.schema_view import Place, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_DEPTH = 10_000
_LENGTH = 1_000_000
# Half of a surrogate pair, which JSON can escape and UTF-8 cannot encode (RFC 8259, section 8.2).
_HALF = b'"\\ud83d"'
# Beyond 2^53 a reader that takes numbers for doubles loses the last digit (RFC 8259, section 6).
_NUMBERS: dict[str, object] = {
    "number above 2^53": 2**53 + 1,
    "number above 2^64": 2**64 + 1,
    "NaN": Raw(b"NaN"),
    "Infinity": Raw(b"Infinity"),
    "1e400": Raw(b"1e400"),
    "minus zero": Raw(b"-0"),
}
_WHOLE = {
    "empty body": lambda _: b"",
    "cut body": lambda body: body[: len(body) // 2],
    "comma at the end": lambda body: body[:-1] + b"," + body[-1:],
    "names given twice": lambda body: body[:-1] + b"," + body[1:],
    "byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode("ascii").encode("utf-16"),
    "nested 10,000 deep": lambda _: b"[" * _DEPTH + b"]" * _DEPTH,
}


@asked
def hostile(
    source: Source, /, *, only: Names = (), without: Names = (), example: object = None
) -> list[pytest.ParameterSet]:
    """Bodies that are hard to read or no JSON at all, to parametrize with: `case.request(...)`.

    An API may refuse them (4xx), or keep them as they are; a 5xx is a defect.
    """
    ground = Ground.of(source, example=example, strict=False)
    return parameters(_all(ground), only=only, without=without)


def _all(ground: Ground) -> Iterator[Case]:
    for rule, whole in _WHOLE.items():
        yield Case(rule=rule, pointer="", value=None, whole=whole, like=ground.example)
    for place, current in ground.places():
        yield from _at(ground, place, current)


def _at(ground: Ground, place: Place, current: Any) -> Iterator[Case]:  # noqa: ANN401  any JSON value
    pointer, like = place.pointer, ground.example
    text = place.of("string") or {"format": "none"}
    if isinstance(current, str) and not {"format", "enum", "const"} & text.keys():
        nul = _with_nul(current)
        yield Case(rule="NUL byte", pointer=pointer, value=nul, draw=_with_nul, like=like)
        yield Case(rule="lone surrogate", pointer=pointer, value=Raw(_HALF), like=like)
        yield Case(rule="invalid UTF-8", pointer=pointer, value=Raw(b'"\xc3\x28"'), like=like)
        yield from _held(ground, "a million signs", pointer, "x" * _LENGTH)
    if type(current) in {int, float}:
        for rule, value in _NUMBERS.items():
            if isinstance(value, Raw):
                yield Case(rule=rule, pointer=pointer, value=value, like=like)
            else:
                yield from _held(ground, rule, pointer, value)


def _with_nul(text: str) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}\0{text[middle + 1 :]}"


def _held(ground: Ground, rule: str, pointer: str, value: object) -> Iterator[Case]:
    """The case, if the schema allows the value; else it would be a negative case."""
    if ground.accepts(put(ground.example, tokens(pointer), value, like=ground.example)):
        yield Case(rule=rule, pointer=pointer, value=value, like=ground.example)
