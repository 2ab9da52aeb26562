"""Secrets that a name announces, in JSON, forms, multipart parts and markup, whole or broken.

All of them are read as text: a cut, a duplicate key, a NaN or a Python literal changes nothing,
and the evidence keeps each character that is no secret.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from redhanded.core.masks import Hit, Judge
from redhanded.core.secret_names import squashed

if TYPE_CHECKING:
    from collections.abc import Iterator

# `slashes` finds names in JSON that stands in a string of JSON, at any depth.
_NAME = re.compile(
    r"""(?<!\\)(?P<slashes>\\*)(?P<quote>["'])(?P<name>[^"'\\]{0,128}(?:\\u[0-9A-Fa-f]{4}[^"'\\]{0,128}){0,32})"""
    r"""(?P=slashes)(?P=quote)\s*:\s*"""
)
_STRINGS = {
    '"': re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL),
}
_BRACKET = re.compile(
    r"""(?P<open>[\[{])|(?P<close>[\]}])|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?""", re.DOTALL
)
_BARE = re.compile(r"""[^\s,\[\]{}"'\\]+""")
_HARMLESS = frozenset({"true", "false", "null", "True", "False", "None"})
# Harmless as a word; as an object it holds the number and the code of a card.
_CARDS = frozenset({"card", "creditcard", "debitcard", "paymentcard"})

_PAIR = re.compile(r"(?:^|&)([^=&]{1,256})=([^&]+)")
_PART = re.compile(
    r'\bname="([^"\r\n]{1,256})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,8}\r?\n(.+?)(?=\r?\n--|\Z)',
    re.DOTALL,
)
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]{0,127})(?:\s[^<>]*)?>([^<]+)")
_ATTRIBUTE = re.compile(r"""\s([A-Za-z_][\w.:-]{0,127})=(?:"([^"]+)"|'([^']+)')""")
_INPUT = re.compile(r"""\bname=["']([^"']{1,256})["'][^<>]{0,512}?\bvalue=["']([^"']+)["']""")

_INNER = r'(?:[^"\\]|\\.){1,8192}'
_STRING_FIELD = re.compile(rf'"([^"\\]{{1,64}})"\s*:\s*"({_INNER})"')
_LIST_FIELD = re.compile(
    rf'"([^"\\]{{1,64}})"\s*:\s*\[\s*("{_INNER}"(?:\s*,\s*"{_INNER}"){{0,63}})\s*\]'
)
_ITEM = re.compile(rf'"({_INNER})"')


def json_hits(text: str, judge: Judge) -> Iterator[Hit]:
    """The values under secret names, whatever their type; true, false and null stay."""
    masked_until = 0
    for match in _NAME.finditer(text):
        if match.start() < masked_until:
            continue
        name = _unescaped(match["name"])
        is_card = text.startswith("{", match.end()) and squashed(name) in _CARDS
        if is_card or judge.is_secret_name(name):
            for hit in _value_hits(text, match, name, judge):
                masked_until = hit.end
                yield hit


def form_hits(text: str, judge: Judge) -> Iterator[Hit]:
    """The values of secret fields in a URL-encoded form."""
    for match in _PAIR.finditer(text):
        name = unquote_plus(match[1])
        if judge.is_secret_name(name):
            yield Hit(*match.span(2), judge.mask_for(unquote_plus(match[2]), name))


def part_hits(text: str, judge: Judge) -> Iterator[Hit]:
    """The contents of secret fields in a multipart form."""
    yield from _named_hits(_PART, text, judge)


def markup_hits(text: str, judge: Judge) -> Iterator[Hit]:
    """The contents of secret elements, attributes and input fields in XML and HTML."""
    for pattern in (_ELEMENT, _ATTRIBUTE, _INPUT):
        yield from _named_hits(pattern, text, judge)


def string_fields(text: str) -> Iterator[tuple[str, str]]:
    """The names and values of the string fields of a JSON text, at any depth, and of lists."""
    for match in _STRING_FIELD.finditer(text):
        yield match[1], _unescaped(match[2])
    for match in _LIST_FIELD.finditer(text):
        for item in _ITEM.finditer(match[2]):
            yield match[1], _unescaped(item[1])


def form_fields(text: str) -> Iterator[tuple[str, str]]:
    """The names and values of a URL-encoded form."""
    for match in _PAIR.finditer(text):
        yield unquote_plus(match[1]), unquote_plus(match[2])


def _named_hits(pattern: re.Pattern[str], text: str, judge: Judge) -> Iterator[Hit]:
    """Where the last matched group stands, in the matches whose first group is a secret name."""
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        if judge.is_secret_name(match[1]) and not match[group].isspace():
            yield Hit(*match.span(group), judge.mask_for(match[group], match[1]))


def _unescaped(literal: str) -> str:
    """What stands between the quotation marks of a JSON string; as it is where it is broken."""
    if "\\" not in literal:
        return literal
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except json.JSONDecodeError:
        return literal


def _value_hits(text: str, named: re.Match[str], name: str, judge: Judge) -> Iterator[Hit]:
    slashes, at = named["slashes"], named.end()
    opening = text[at + len(slashes) : at + len(slashes) + 1]
    if opening in _STRINGS and text.startswith(slashes, at):
        start = at + len(slashes) + 1
        end = _string_end(text, start, slashes, opening)
        if end > start:
            value = text[start:end]
            for _ in range((len(slashes) + 1).bit_length()):
                value = _unescaped(value)
            yield Hit(start, end, judge.mask_for(value, name))
        return
    end = _container_end(text, at, slashes) if text[at : at + 1] in "[{" else _bare_end(text, at)
    if any(map(str.isalnum, text[at:end])):
        mask = judge.mask_for(text[at:end], name)
        yield Hit(at, end, f'{slashes}"{mask}{slashes}"')


def _string_end(text: str, start: int, slashes: str, quote: str) -> int:
    """Where a string ends that began at `start`; the end of the text where it was cut."""
    if not slashes:
        match = _STRINGS[quote].match(text, start)
        return match.end() if match else start
    closing = re.compile(rf"(?<!\\){re.escape(slashes)}{quote}").search(text, start)
    return closing.start() if closing else len(text)


def _container_end(text: str, at: int, slashes: str) -> int:
    """Where the brackets that open at `at` are closed; inside a string, where that string ends."""
    if slashes:
        outer = re.compile(rf"""(?<!\\)\\{{0,{len(slashes) // 2}}}["']""").search(text, at)
        return outer.start() if outer else len(text)
    depth = 0
    for match in _BRACKET.finditer(text, at):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if not depth:
            return match.end()
    return len(text)


def _bare_end(text: str, at: int) -> int:
    match = _BARE.match(text, at)
    return at if match is None or match[0] in _HARMLESS else match.end()
