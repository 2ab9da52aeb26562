"""Locales: which there are, in what they are written, and whom their phone numbers reach."""

from __future__ import annotations

import difflib
import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from redhanded.core.generating import Charset

HOME: Final = "en_US"
"""The locale of names and words where none is asked for."""

# Languages whose names in Faker are not written in Latin letters, so that no accent taken off
# makes them ASCII.
_OTHER_SCRIPTS = frozenset(
    {
        *("ar", "bg", "bn", "el", "fa", "gu", "he", "hi"),
        *("hy", "ja", "ka", "ko", "mk", "mr", "ne", "or"),
        *("ru", "si", "ta", "th", "uk", "zh"),
    }
)
# Faker warns of these, and names another one.
_OUTWORN = frozenset({"fr_QC"})
# Number ranges that nobody is given, by Faker's pattern (`%` is a digit above 0): those of NANPA
# (555-01xx), Ofcom (07700 900), ACMA (5550), ARCEP (06 39 98), Bundesnetzagentur (030 23125) and
# PTS (070-174 06).
_PHONES: Mapping[str, str] = {
    "en_AU": "+61 2 5550 ####",
    "en_GB": "+44 7700 900###",
    "de_DE": "+49 30 23125###",
    "fr_FR": "+33 6 39 98 ## ##",
    "sv_SE": "+46 70 174 06 %#",
}
_NEUTRAL_PHONE = "+1-%##-555-01##"


def phone(locale: str) -> str:
    """The pattern of a phone number that reaches nobody, of that country where it has some."""
    return _PHONES.get(locale, _NEUTRAL_PHONE)


def complaint(locales: Collection[str], charset: Charset | None) -> str:
    """What is wrong with these, as the end of a sentence; empty where nothing is."""
    for locale in locales:
        if locale not in _known(locale):
            close = difflib.get_close_matches(locale, available(), n=3, cutoff=0.5)
            near = _either(close) if close else f'such as "{HOME}" or "de_DE"'
            return f'("{locale}") is no locale of Faker: write {near}'
        if charset in ("ascii", "latin-1") and locale.partition("_")[0] in _OTHER_SCRIPTS:
            return (
                f'("{locale}") is not written in Latin letters, and the charset is "{charset}":'
                ' write "utf-8", or take another locale'
            )
    return ""


@cache
def available() -> Sequence[str]:
    """All locales, read off Faker's folders: to import Faker takes long."""
    spec = importlib.util.find_spec("faker")
    folders = spec.submodule_search_locations if spec is not None else None
    found = (path for folder in folders or () for path in Path(folder).glob("providers/*/??*_??/"))
    return sorted({path.name for path in found} - _OUTWORN)


def _known(locale: str) -> Collection[str]:
    """Enough of the locales to know this one among them."""
    return (HOME,) if locale == HOME else available()


def _either(names: Sequence[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
