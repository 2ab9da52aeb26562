"""Foreign text as it may stand in what is written: as a literal of Python, and as a remark."""

from __future__ import annotations

import textwrap
import unicodedata

WIDTH = 100
_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": "'",
    "\u201d": "'",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2026": "...",
    '"': "'",
    "`": "'",
    "\\": "/",
    "\u00d7": "x",
}


def literal(text: str) -> str:
    """The text as a literal of Python in double quotes, without a character that misleads."""
    single = repr(text)
    if single.startswith('"'):
        return single
    inner = single[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'


def remark(text: object, length: int) -> str:
    """The beginning of a text, in one line of letters, digits and plain signs.

    What is left can end neither a docstring nor a comment, and means nothing in Markdown or TOML.
    """
    if not isinstance(text, str):
        return ""
    begun = text[: 20 * length]
    plain = "".join(_PLAIN.get(character, character) for character in begun)
    kept = "".join(character if _is_plain(character) else " " for character in plain)
    return textwrap.shorten(kept, max(length, 8), placeholder="...")


def call(opening: str, arguments: list[str], closing: str, *, indent: int) -> str:
    """A call or a signature: on one line where it fits, else with a line for each argument."""
    margin = " " * indent
    line = f"{margin}{opening}{', '.join(arguments)}{closing}"
    if len(line) <= WIDTH or not arguments:
        return line
    inner = f"{margin}    {', '.join(arguments)}"
    if len(inner) <= WIDTH and "*" not in arguments and not opening.lstrip().startswith("def "):
        return f"{margin}{opening}\n{inner}\n{margin}{closing}"
    lines = "".join(f"{margin}    {argument},\n" for argument in arguments)
    return f"{margin}{opening}\n{lines}{margin}{closing}"


def lined(module: str, *, is_laid_out: bool = True) -> str:
    """The text of a module, which says so where lines had to be longer than they should be.

    Where it is not laid out as a formatter would do it, that is asked to leave it.
    """
    # One word may be as long as it is.
    is_long = any(len(line) > WIDTH and len(line.split()) > 1 for line in module.splitlines())
    begin = "from __future__ import annotations\n"
    excuse = "# ruff: noqa: E501  the document has long names and values\n"
    excuse += "\n" if is_laid_out else "# fmt: off\n\n"
    return module.replace(begin, excuse + begin, 1) if is_long else module


def _is_plain(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in " '(),-./:;?!+=&@%_{}"
    return unicodedata.category(character) in {"Ll", "Lu", "Lo", "Lm", "Nd"}
