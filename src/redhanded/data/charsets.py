"""Charsets: a drawn text in the characters of a profile, some of which it then surely holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from redhanded.data import hazards

if TYPE_CHECKING:
    from random import Random

    from redhanded.core.generating import Charset

_Fits: TypeAlias = Callable[[str], bool]

# Letters that Unicode does not take apart (it does é), as people write them without the key.
_PLAIN: Mapping[int, str] = str.maketrans(
    {
        each[0]: each[1:]
        for each in (
            *("ßss", "ẞSS", "æae", "ÆAe", "œoe", "ŒOe", "øo", "ØO", "łl", "ŁL", "đd", "ĐD", "ðd"),
            *("ÐD", "þth", "ÞTh", "\u0131i", "əe", "ƏE", "ħh", "ĦH", "ŋn", "ŊN", "ɗd", "ƙk", "ɓb"),
            *("\u2018'", "\u2019'", "\u02bb'", "\u02bc'", "\u2013-"),
        )
    }
)
# Letters that stay one letter of ISO 8859-1 in capitals and in small ones: not µ, ß and ÿ.
_ACCENTS: Final[Mapping[str, str]] = {
    "a": "àáâãäåæ",
    "e": "èéêë",
    "i": "ìíîï",
    "o": "òóôõöø",
    "u": "ùúûü",
    "y": "ý",
    "A": "ÀÁÂÃÄÅÆ",
    "E": "ÈÉÊË",
    "I": "ÌÍÎÏ",
    "O": "ÒÓÔÕÖØ",
    "U": "ÙÚÛÜ",
    "Y": "Ý",
}
_WESTERN = "".join(_ACCENTS.values()) + "çÇñÑðÐþÞ"
# NFC all of them, and without capitals, so that nothing about them can change.
_WORDS = ("東京", "서울", "漢字", "日本", "한글", "中文", "北京", "大阪")
_ASTRAL = ("𠮷", "𠀋", "😀", "🚀", "🏨", "𠜎")
# As many signs as make a text different from all others.
_KEPT = 10


def plain(text: str) -> str:
    """The text in ASCII: accents taken off, what has no such letter left out."""
    if text.isascii():
        return text
    return _base(text).encode("ascii", "ignore").decode().strip()


def written(text: str, charset: Charset | None) -> str:
    """The text in characters that the profile has, without any that it would surely have."""
    if text.isascii():
        return text
    if charset == "ascii":
        return plain(text)
    text = unicodedata.normalize("NFC", text)
    if charset == "latin-1":
        return "".join(
            each if is_latin(each) else _base(each) for each in text if is_latin(_base(each))
        )
    return text


def is_latin(text: str) -> bool:
    """Whether ISO 8859-1 has every character of a text, and none is a control character."""
    return all(" " <= each <= "~" or "\xa0" <= each <= "\xff" for each in text)


def coloured(
    text: str,
    charset: Charset | None,
    rng: Random,
    *,
    longest: int | None = None,
    is_stripped: bool = False,
    in_case: Callable[[str], str] | None = None,
) -> str:
    """The text with what the profile surely holds, no longer than it may be.

    `in_case` is what the model makes of letters, and `is_stripped` says that it takes blanks away.
    A text for which there is no room at all stays as it is.
    """
    if charset in (None, "ascii") or longest == 0:
        return text
    if charset == "latin-1":
        return _accented(text, rng)
    if charset == "utf-8":
        pair = f"{rng.choice(_WORDS)}{rng.choice(_ASTRAL)}"
        return _led(text, (f"{pair} ", pair[-1]), longest)
    return _hostile(text, rng, longest, is_stripped=is_stripped, fits=_steady(in_case))


def _base(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(each for each in apart if not unicodedata.combining(each))


def _accented(text: str, rng: Random) -> str:
    letters = [
        rng.choice(_ACCENTS[each]) if each in _ACCENTS and rng.random() < 0.5 else each
        for each in text
    ]
    if text and "".join(letters).isascii():
        at = next((at for at, each in enumerate(letters) if each in _ACCENTS), 0)
        letters[at] = rng.choice(_ACCENTS.get(letters[at], _WESTERN))
    return "".join(letters)


def _hostile(text: str, rng: Random, longest: int | None, *, is_stripped: bool, fits: _Fits) -> str:
    odd = rng.choice([each for each in hazards.CHARACTERS.values() if fits(each)])
    syntax = rng.choice([each for each in hazards.SYNTAX if fits(each)])
    tiny = rng.choice([each for each in hazards.TINY if fits(each)])
    text = _led(text, (f"{syntax} {odd} ", f"{odd} ", tiny), longest)
    blanks = rng.choice(hazards.BLANKS)
    if is_stripped or not _has_room(text, 2, longest):
        return text
    return f"{blanks}{text}{blanks}"


def _led(text: str, leads: Sequence[str], longest: int | None) -> str:
    """The text behind the first lead that leaves room for it; behind the last one in any case."""
    fitting = (lead for lead in leads if _has_room(text[-_KEPT:], len(lead), longest))
    lead = next(fitting, leads[-1])
    room = len(text) if longest is None else min(longest - len(lead), len(text))
    return lead + text[len(text) - room :]


def _has_room(text: str, more: int, longest: int | None) -> bool:
    return longest is None or len(text) + more <= longest


def _steady(in_case: Callable[[str], str] | None) -> _Fits:
    if in_case is None:
        return lambda _: True
    return lambda each: in_case(each) == each
