"""Foreign text in Markdown: shown as it is, and never markup, a link, a mention or a fence.

What a site makes of Markdown is more than its syntax: names after `@` and numbers after `#` become
links wherever they stand, save in code. So everything that a server or a test may have said is
shown as code. Source: GitHub Flavored Markdown Spec 0.29, sections 4.5, 6.3 and 4.10.
"""

from __future__ import annotations

import re
from typing import Final

_TICKS: Final = re.compile("`+")
_SPECIAL: Final = re.compile(r"[#$&*<>@\[\\\]^`{|}~]|(?<!\w)_|_(?!\w)|^[-+]|:(?=[A-Za-z0-9+-])")
_CALLING: Final = re.compile(
    r"(?<=[@#!$%&~^])(?=[A-Za-z0-9\"(])|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=GH)(?=-\d)", re.IGNORECASE
)
_JOINER: Final = "\u2060"  # has no width, and parts a sign from its word

# C0 and DEL have pictures; C1, marks of direction, what has no width, line ends and halves of a
# surrogate pair are spelt out. The joiner of emoji stays.
_PICTURES: Final = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_SPELT: Final = re.compile(
    "[\x80-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str, *, keep: str = "") -> str:
    """The text with every character shown that would hide, turn or end what stands around it."""
    pictures = {code: sign for code, sign in _PICTURES.items() if chr(code) not in keep}
    return _SPELT.sub(lambda found: f"\\u{ord(found[0]):04x}", text.translate(pictures))


def clipped(text: str, most: int) -> str:
    """The text in at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def code(text: str, *, most: int = 300) -> str:
    """The text as code within a line of Markdown, outside tables."""
    shown = clipped(visible(clipped(text, most)), most)
    if not shown.strip():
        return "` `"
    ticks = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cell(text: str, *, most: int = 300) -> str:
    """The text as code on a line of a table or of HTML, where a tick would not do."""
    shown = clipped(visible(clipped(text, most)), most)
    return f"<code>{prose(shown)}</code>" if text.strip() else ""


def prose(text: str) -> str:
    """A sentence of ours as plain text, whatever it quotes."""
    parted = _CALLING.sub(_JOINER, visible(text))
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", parted)


def fence(text: str, *, most: int = 4_000) -> str:
    """The text as a block of code; of a longer one the beginning and the end."""
    shown = visible(_middle_cut(text, most).replace("\r\n", "\n"), keep="\n\t")
    ticks = "`" * max(3, max(map(len, _TICKS.findall(shown)), default=0) + 1)
    return f"{ticks}text\n{shown.strip(chr(10))}\n{ticks}\n"


def link(text: str, address: str) -> str:
    """A link with a text of ours; the address is one of the web, or none is made."""
    return f"[{text}](<{address}>)" if address else text


def _middle_cut(text: str, most: int) -> str:
    """The first and the last lines of a text that is too long, and how much is left out."""
    if len(text) <= most:
        return text
    head, tail = text[: most // 2], text[-(most // 2) :]
    head = head[: head.rfind("\n") + 1] or f"{head}\n"
    tail = tail[tail.find("\n") + 1 :] or tail
    left_out = len(text) - len(head) - len(tail)
    return f"{head}[{left_out} characters are left out here]\n{tail}"
