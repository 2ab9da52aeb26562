"""Hazards: valid text that software trips over, each for a reason that has a name.

No control characters and no lone surrogates: an API may refuse these, so they are no valid data.
No comment marks of SQL either: through a hole, one would turn the change of one row into that of
all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CHARACTERS: Final[Mapping[str, str]] = {
    "decomposed accent": "Ame\u0301lie",
    "very long grapheme": "Z" + "\u0300\u0316\u0351\u035c" * 5,
    "right to left": "שלום",
    "right to left with digits": "مرحبا 123",
    "bidi override": "a\u202eb\u202cc",
    "bidi isolate": "a\u2067b\u2069c",
    "zero width joiner": "a\u200db",
    "zero width space": "a\u200bb",
    "joined letters": "क्\u200dष",
    "emoji of many": "👩\u200d👩\u200d👧\u200d👦",
    "skin tone": "👍🏽",
    "flag": "🇨🇭",
    "emoji variation": "☃\ufe0f",
    "Turkish i": "İıIi",  # noqa: RUF001  the point of it
    "sharp s": "ßẞ",
    "ligature": "ﬁn",
    "lookalike of Latin": "раураl",  # noqa: RUF001  the point of it
    "full width": "ＡＢＣ",  # noqa: RUF001  the point of it
    "Kelvin sign": "2\u212a",
    "final sigma": "ΣΊΣΥΦΟΣ",
    "byte order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "replacement character": "a\ufffdb",
    "private use": "a\ue000b",
    "beyond the first plane": "𝕳𝖊𠮷",
}
"""By the name of what is odd about it."""

SYNTAX: Final = (
    *("O'Brien", '"quoted"', "back\\slash", "100%s %d", "<b>bold</b>", "&amp; & co", "a;b|c"),
    *("NULL", "undefined", "NaN", "null", "None", "true", "{{7*7}}", "${HOME}", "../up", "=1+1"),
    *("`tick`", "a,b", "#1?x=1", "\\u0041", "%00", "[object]", "1e5", "-0"),
)
"""Plain words and signs that mean something to a language that text may be pasted into."""

TINY: Final = ("\u202e", "\u200d", "\ufeff", "ﬁ", "\u212a", "ẞ", "ı", "𝕳", "\u0301")  # noqa: RUF001
"""Single code points, where there is room for no more."""

BLANKS: Final = ("", "", "", " ", "\u00a0", "\u2003", "\u3000")
"""What may stand before and behind a text; more often than not, nothing."""
