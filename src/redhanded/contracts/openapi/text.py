"""The text of a document, JSON or YAML, as the values that it stands for."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from redhanded.contracts.document import is_html
from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.nodes import DEEPEST, Flaw, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value that a text stands for, and what is wrong with it."""

    value: Any
    flaws: tuple[Flaw, ...] = ()


class _NotJSON(ValueError):
    """Python reads it, RFC 8259 does not."""


def parse(content: bytes, name: str) -> Parsed:
    """What the content stands for; DocumentUnusable says why it stands for nothing.

    No message quotes the content: a file may have been named by mistake.
    """
    if not content.strip():
        raise DocumentUnusable(f"{name} is empty: write an OpenAPI document into it.")
    if is_html(content):
        raise DocumentUnusable(
            f"{name} is an HTML page and no OpenAPI document: name the address of the JSON or YAML"
            " itself, often /openapi.json."
        )
    text = _decoded(content, name)
    return _json(text, name) if text.lstrip()[:1] in ("{", "[") else _yaml(text, name)


def too_deep(name: str) -> str:
    """What is wrong with a file that is nested too deep, in a sentence."""
    return f"{name} is nested deeper than {DEEPEST} levels: no OpenAPI document is; correct it."


def _decoded(content: bytes, name: str) -> str:
    encoding = next((known for mark, known in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DocumentUnusable(f"{name} is no text: name an OpenAPI document in JSON or YAML.")
    return text


def _yaml(text: str, name: str) -> Parsed:
    try:  # an API with a JSON document needs no YAML
        from redhanded.contracts.openapi import yaml_text
    except ImportError as error:
        raise DocumentUnusable(
            f"{name} needs more than is installed: pip install redhanded[openapi]"
        ) from error
    try:
        value, flaws = yaml_text.parse(text, name)
    except yaml_text.NotYAML as error:
        raise DocumentUnusable(f"{name} {error}: correct it.") from None
    return Parsed(value, tuple(flaws))


def _json(text: str, name: str) -> Parsed:
    reading = _Reading()
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.members,
            parse_constant=_refused,
            parse_float=_finite,
        )
        _check_surrogates(text, value)
    except json.JSONDecodeError as error:
        return _perhaps_yaml(text, name, error)
    except RecursionError:
        raise DocumentUnusable(too_deep(name)) from None
    except ValueError as error:
        reason = str(error) if isinstance(error, _NotJSON) else "a number of thousands of digits"
        raise DocumentUnusable(f"{name} is no JSON: it has {reason}; correct it.") from None
    return Parsed(value, tuple(reading.flaws(value, name)))


def _perhaps_yaml(text: str, name: str, error: json.JSONDecodeError) -> Parsed:
    """YAML may begin like JSON too: `{openapi: 3.1.0, ...}`."""
    try:
        return _yaml(text, name)
    except DocumentUnusable:
        raise DocumentUnusable(
            f"{name} is no JSON from line {error.lineno}, column {error.colno} on: correct it."
        ) from None


class _Reading:
    """Objects as they come, and which of them name a member twice."""

    def __init__(self) -> None:
        # The object is kept as well: the identity of one that is gone may be another's.
        self._twice: dict[int, tuple[object, list[str]]] = {}

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            self._twice[id(found)] = found, [name for name, times in counts.items() if times > 1]
        return found

    def flaws(self, value: object, name: str) -> Iterator[Flaw]:
        """What is twice, with its place, which is known only when all is read."""
        for pointer, inner in _walk(value) if self._twice else ():
            for member in self._twice.get(id(inner), (None, ()))[1]:
                message = f"has the name {member[:40]!r} twice; the last one counts"
                yield Flaw(f"{name}#{pointer}", message)


def _walk(value: object) -> Iterator[tuple[str, object]]:
    found: list[tuple[str, object]] = [("", value)]
    while found:
        pointer, here = found.pop()
        yield pointer, here
        below: Sequence[tuple[str | int, object]] = ()
        if isinstance(here, dict):
            below = list(here.items())
        elif isinstance(here, list):
            below = list(enumerate(here))
        found += [(f"{pointer}/{escaped(key)}", inner) for key, inner in reversed(below)]


def _refused(constant: str) -> NoReturn:
    raise _NotJSON(constant)


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise _NotJSON("a number that is too large")
    return number


def _check_surrogates(text: str, value: object) -> None:
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _NotJSON("half a surrogate pair") from None
