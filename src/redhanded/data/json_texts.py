"""Texts of a JSON value: by format, by pattern, else as the name of their place suggests."""

from __future__ import annotations

import base64
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from polyfactory.value_generators.regex import RegexFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from random import Random

    from redhanded.data.values import Values

_Draw: TypeAlias = "Callable[[JsonTexts], str]"

_TRIES = 40
_LONGEST_TAIL = 10  # repetitions of what may stand any number of times
# Categories of Unicode as Python's own expressions, by letters that each of them has.
_CATEGORIES = re.compile(r"\\p\{(?P<name>\w+)\}")
_LETTERS = {"Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9", "P": "!-/", "S": "+", "Z": " "}
_BREAKS = str.maketrans(dict.fromkeys("\n\r\x0b\x0c", " "))

# Hosts and networks that are kept free for examples: RFC 2606, RFC 5737 and RFC 3849.
_BY_FORMAT: Final[Mapping[str, _Draw]] = {
    "date": lambda texts: texts.values.times.day({}).isoformat(),
    "date-time": lambda texts: (
        texts.values.times.moment({}).astimezone(UTC).isoformat().replace("+00:00", "Z")
    ),
    "time": lambda texts: f"{texts.values.times.hour().isoformat()}Z",
    "duration": lambda texts: f"P{texts.rng.randint(1, 30)}D",
    "uuid": lambda texts: str(UUID(int=texts.rng.getrandbits(128), version=4)),
    "email": lambda texts: texts.named("email"),
    "idn-email": lambda texts: texts.named("email"),
    "hostname": lambda texts: f"{texts.mark()}.example.com",
    "idn-hostname": lambda texts: f"{texts.mark()}.example.com",
    "ipv4": lambda texts: f"192.0.2.{texts.rng.randint(1, 254)}",
    "ipv6": lambda texts: f"2001:db8::{texts.rng.randint(1, 0xFFFF):x}",
    **dict.fromkeys(
        ("uri", "url", "iri", "uri-reference", "iri-reference"), lambda texts: texts.named("url")
    ),
    "uri-template": lambda texts: f"https://example.com/{texts.mark()}/{{id}}",
    "json-pointer": lambda texts: f"/{texts.mark()}",
    "relative-json-pointer": lambda texts: f"0/{texts.mark()}",
    "regex": lambda texts: f"^{texts.mark()}$",
    "byte": lambda texts: base64.b64encode(texts.mark().encode()).decode(),
    "password": lambda texts: texts.named("password"),
}


class JsonTexts:
    """Draws texts that a schema takes."""

    def __init__(self, values: Values, rng: Random) -> None:
        self.values: Values = values
        self.rng: Random = rng

    def draw(self, schema: Mapping[str, Any], name: str) -> str:
        """A text; raises ValueError, with the keyword, where none is found."""
        if "pattern" in schema:
            return self._matching(schema, name)
        made = self._formatted(schema)
        if made is not None:
            return made
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
        if longest is not None and longest < shortest:
            raise ValueError("maxLength")
        return self.named(name, shortest=int(shortest), longest=longest)

    def named(self, name: str, *, shortest: int = 0, longest: float | None = None) -> str:
        """A text as its name suggests, of that length in code points."""
        limits: dict[str, Any] = {"min_length": shortest}
        if longest is not None:
            limits["max_length"] = int(longest)
        return str(self.values.draw(str, name, limits))

    def mark(self) -> str:
        """Letters that no other text has."""
        return self.values.strings.letters(10)

    def _formatted(self, schema: Mapping[str, Any]) -> str | None:
        """A text of the schema's format; None where it names none, or an unknown one."""
        form = schema.get("format")
        if schema.get("contentEncoding") == "base64":
            form = "byte"
        draw = _BY_FORMAT.get(form) if isinstance(form, str) else None
        if draw is None:
            return None
        fitting = (text for text in (draw(self) for _ in range(3)) if _fits(text, schema))
        made = next(fitting, None)
        if made is None and form in ("email", "idn-email", "password"):
            return self.named(str(form).removeprefix("idn-"), longest=schema.get("maxLength"))
        if made is None:
            raise ValueError("format")
        return made

    def _matching(self, schema: Mapping[str, Any], name: str) -> str:
        pattern = str(schema["pattern"])
        try:
            search = re.compile(_as_python(pattern)).search
        except re.error:
            search = re.compile("").search  # the validator, which reads it otherwise, will tell
        for text in self._candidates(schema, name, pattern):
            if _fits(text, schema) and search(text):
                return text
        raise ValueError("pattern")

    def _candidates(self, schema: Mapping[str, Any], name: str, pattern: str) -> Iterator[str]:
        """What might match: a text of the format first, then what the pattern itself says."""
        try:
            made = self._formatted(schema)
        except ValueError:
            made = None
        yield made or self.named(
            name, shortest=int(schema.get("minLength", 0)), longest=schema.get("maxLength")
        )
        shortest = int(schema.get("minLength", 0))
        for attempt in range(_TRIES):
            tail = max(_LONGEST_TAIL, shortest * (1 + attempt % 2)) if attempt < _TRIES // 2 else 1
            try:
                text = RegexFactory(self.rng, limit=tail)(_as_python(pattern))
            except Exception:  # noqa: BLE001  the library reads many an expression otherwise
                break
            text = text.translate(_BREAKS) if attempt % 4 else text
            yield text
            if len(text) < shortest:
                yield text + self.values.strings.letters(shortest - len(text))


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    longest = schema.get("maxLength")
    return len(text) >= schema.get("minLength", 0) and (longest is None or len(text) <= longest)


def _as_python(pattern: str) -> str:
    """A pattern of ECMA-262 as Python writes it; categories become letters of theirs."""
    pattern = _CATEGORIES.sub(
        lambda found: (
            f"[{_LETTERS.get(found['name'], 'A-Za-z')}]"
            if not _in_class(found.string, found.start())
            else _LETTERS.get(found["name"], "A-Za-z")
        ),
        pattern,
    )
    return re.sub(r"\(\?<(?![=!])", "(?P<", pattern)


def _in_class(pattern: str, at: int) -> bool:
    before = re.sub(r"\\.", "", pattern[:at])
    return before.rfind("[") > before.rfind("]")
