"""Bodies as text: which kind of content it is, and how its bytes are read."""

from __future__ import annotations

import codecs
import re
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["json", "form", "text", "binary"]

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")
_PLAIN = ("utf-8", "ascii", "iso8859", "cp", "koi8", "mac", "shift_jis", "euc", "gb", "big5", "tis")
_ASCII = b'{"a9-Z"}'
_TEXTUAL = ("json", "xml", "text/", "javascript", "urlencoded", "multipart/", "yaml", "graphql")
_SAMPLE = 1024


def readable(content: bytes, content_type: str) -> tuple[Kind, str]:
    """The kind of a body and its text; no text where the body is binary."""
    charset = _charset(content, content_type)
    is_wide = charset.startswith(_WIDE)
    if b"\0" in content[:_SAMPLE] and not is_wide:
        return "binary", ""
    declared = content_type.lower()
    # A body may be cut inside a character; what declares itself as text is read in any case.
    is_text = any(kind in declared for kind in _TEXTUAL)
    try:
        text = codecs.getincrementaldecoder(charset)("replace" if is_text else "strict").decode(
            content
        )
    except UnicodeDecodeError:
        return "binary", ""
    return _kind(text, declared), text


def _kind(text: str, declared: str) -> Kind:
    if "json" in declared or text.lstrip()[:1] in {"{", "["}:
        return "json"
    return "form" if "urlencoded" in declared or "multipart/" in declared else "text"


def _charset(content: bytes, content_type: str) -> str:
    """The charset of a body: its byte order mark's, the declared one where it may be so, UTF-8."""
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return charset
    declared = _CHARSET.search(content_type)
    charset = declared[1].lower() if declared else "utf-8"
    return charset if _is_plausible(charset, content) else "utf-8"


def _is_plausible(charset: str, content: bytes) -> bool:
    """Whether it is a charset of texts, and wide only where the body has the zero bytes of one.

    A charset that turns plain text into other characters would hide a secret from the mask and
    from no one who turns it back.
    """
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return False
    if name.startswith(_WIDE):
        return b"\0" in content[:_SAMPLE]
    return name.startswith(_PLAIN) and _ASCII.decode(charset) == _ASCII.decode("ascii")
