"""Eight shapes of secrets, forty ways in which they reach a text, and a reader who undoes them."""

from __future__ import annotations

import base64
import binascii
import html
import json
import pprint
import quopri
import re
import shlex
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus
from xml.sax.saxutils import quoteattr

Encoding = Callable[[str], str]

SHAPES = {
    "token": "q7Rk2vXw9LmT4bZs8HnYc3Jd6PgFa1Ee5Uu0Ii",
    "six_characters": "h7kQ2z",
    "password": "p@ss w0rd\"<&>'$%41\\n/+=`x",
    "unicode": "pässwörd-Ключ-9ß-😀4711",
    "passphrase": "correct horse battery staple",
    "json_web_token": (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
        ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4iLCJpYXQiOjE1MTYyMzkwMjJ9"
        ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    ),
    "private_key": (
        "-----BEGIN PRIVATE KEY-----\n"
        "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAq7BFUpkGp3+LQmlQ\n"
        "Yx2eqzDV+xeG8kx/sQFV18S5JhzGeIJNA72wSeukEPojtqUyX2J0CciPBh7eqclQ\n"
        "2zpAswIDAQABAkAgisq4+zRdrzkwH1ITV1vpytnkO/NiHcnePQiOW0VUybPyHoGM\n"
        "-----END PRIVATE KEY-----\n"
    ),
    "database_url": "postgresql://app:hX9!k2@db.internal:5432/orders?sslmode=require",
}


def _raw(secret: str) -> bytes:
    return secret.encode()


def _basic(secret: str, before: str = "user:") -> str:
    return base64.b64encode(_raw(before + secret)).decode()


def _wrapped(text: str, width: int, between: str = "\n") -> str:
    return between.join(text[at : at + width] for at in range(0, len(text), width))


def _json_string(text: str, *, ascii_only: bool = True) -> str:
    return json.dumps({"note": text}, ensure_ascii=ascii_only)


def _each(secret: str, form: str) -> str:
    return "".join(form.format(byte) for byte in _raw(secret))


RECOVERED = 0.6  # of a secret, in one piece, is as good as the secret

ENCODINGS: dict[str, Encoding] = {
    "raw": lambda secret: f"before {secret} after",
    "repr": repr,
    "ascii": ascii,
    "bytes_repr": lambda secret: repr(_raw(secret)),
    "repr_of_repr": lambda secret: repr({"error": repr({"value": secret})}),
    "json_ascii": _json_string,
    "json_utf8": lambda secret: _json_string(secret, ascii_only=False),
    "json_escaped_slashes": lambda secret: _json_string(secret).replace("/", "\\/"),
    "json_in_json": lambda secret: _json_string(_json_string(secret)),
    "json_all_escaped": lambda secret: "".join(
        f"\\u{int.from_bytes(unit, 'big'):04x}"
        for unit in re.findall(rb"(?s)..", secret.encode("utf-16-be"))
    ),
    "html_quoted": html.escape,
    "html_unquoted": lambda secret: html.escape(secret, quote=False),
    "xml_attribute": lambda secret: f"<a b={quoteattr(secret, {chr(10): '&#10;'})}/>",
    "decimal_entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "hex_entities": lambda secret: "".join(f"&#x{ord(sign):X};" for sign in secret),
    "percent": lambda secret: f"/p?q={quote(secret, safe='')}&r=1",
    "percent_path": lambda secret: quote(f"/a/{secret}/b"),
    "percent_lower": lambda secret: re.sub(
        r"%..", lambda found: found[0].lower(), quote(secret, safe="")
    ),
    "percent_twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "percent_all": lambda secret: _each(secret, "%{:02X}"),
    "form": lambda secret: f"a=1&q={quote_plus(secret)}&z=2",
    "base64": lambda secret: _basic(secret, ""),
    "base64_shifted_by_one": lambda secret: _basic(secret, "x"),
    "base64_shifted_by_two": lambda secret: _basic(secret, "xy"),
    "base64_url": lambda secret: base64.urlsafe_b64encode(_raw(f'{{"a":"{secret}"}}')).decode(),
    "base64_wrapped": lambda secret: _wrapped(_basic(secret, "header: " * 8), 76),
    "base64_wrapped_in_json": lambda secret: json.dumps(_wrapped(_basic(secret, "h" * 50), 64)),
    "basic": lambda secret: f"Authorization: Basic {_basic(secret)}",
    "hex": lambda secret: _raw(secret).hex(),
    "hex_upper": lambda secret: _raw(f"id={secret}").hex().upper(),
    "quoted_printable": lambda secret: quopri.encodestring(_raw(f"Key: {secret}")).decode(),
    "shell": lambda secret: f"curl -H {shlex.quote(f'X-Key: {secret}')} http://127.0.0.1/",
    "shell_double_quotes": lambda secret: '"' + re.sub(r'([\\$`"])', r"\\\1", secret) + '"',
    "utf16": lambda secret: secret.encode("utf-16-le").decode("latin-1"),
    "utf16_base64": lambda secret: base64.b64encode(f"run {secret}".encode("utf-16-le")).decode(),
    "lower_case": str.lower,
    "pretty_printed": lambda secret: pprint.pformat([_raw(f"{'x' * 60}{secret}{'y' * 40}")]),
    "coloured": lambda secret: "".join(f"\x1b[31m{sign}\x1b[0m" for sign in secret),
    "wrapped_lines": lambda secret: _wrapped(secret, max(3, len(secret) // 2), "\nE     "),
    # Eight characters are the fewest that are told from ordinary text.
    "cut_short": lambda secret: f"{secret[: max(8, len(secret) * 4 // 5)]}...",
}

FURTHER: dict[str, Encoding] = {
    "base64_unpadded": lambda secret: _basic(secret, "").rstrip("="),
    "base64_url_unpadded": lambda secret: _url_digits(secret, "").rstrip("="),
    "base64_url_shifted_by_one": lambda secret: _url_digits(secret, "x"),
    "base64_url_shifted_by_two": lambda secret: _url_digits(secret, "xy"),
    "base64_in_json": lambda secret: json.dumps({"token": _basic(secret, "user:")}),
    "base64_in_percent": lambda secret: quote(_basic(secret, "user:"), safe=""),
    "hex_wrapped": lambda secret: _wrapped(_raw(f"id={secret}").hex(), 64),
    "percent_in_json_in_json": lambda secret: _json_string(_json_string(quote(secret, safe=""))),
    "html_in_json": lambda secret: _json_string(html.escape(secret)),
    "log_line": lambda secret: f"2024-03-01 10:00:00,000 ERROR key={secret!r}, tries=3",
    "table": lambda secret: f"| key | {secret} |",
    "url_fragment": lambda secret: f"https://x.example/cb#state=1&access_token={quote(secret)}",
}
"""Others that were met, beyond the forty."""

PARTS = {
    "line_of_a_key": (SHAPES["private_key"], SHAPES["private_key"].splitlines()[2]),
    "payload_of_a_token": (SHAPES["json_web_token"], SHAPES["json_web_token"].split(".")[1]),
    "signature_of_a_token": (SHAPES["json_web_token"], SHAPES["json_web_token"].split(".")[2]),
    "line_of_a_list": ("first-line-81\nsecond-line-82", "second-line-82"),
    "password_of_a_url": ("postgresql://app:hX9!k2Lm@db.internal:5432/orders", "hX9!k2Lm"),
}
"""Secrets, each with a part of it that gives it away by itself."""


def _url_digits(secret: str, before: str) -> str:
    return base64.urlsafe_b64encode(_raw(before + secret)).decode()


def reading(text: str) -> Iterator[str]:
    """Every plain text that a patient reader gets out of a text, with at most four steps."""
    seen = {text}
    latest = {text}
    for _ in range(4):
        latest = {plain for known in latest for plain in _steps(known)} - seen
        seen |= latest
    yield from seen


def recoverable(secret: str, text: str) -> float:
    """The share of the secret that a reader of the text gets in one piece, between 0 and 1."""
    wanted = _solid(secret)
    return max(_longest(wanted, _solid(plain)) for plain in reading(text)) / len(wanted)


def _solid(text: str) -> str:
    """The text in lower case and without white space, which a reader looks past."""
    return re.sub(r"\s", "", text.lower())


def _longest(wanted: str, plain: str) -> int:
    length = 0
    for start in range(len(wanted)):
        while wanted[start : start + length + 1] in plain and start + length < len(wanted):
            length += 1
    return length


def _steps(text: str) -> Iterator[str]:
    yield re.sub(r"\x1b\[[0-9;]*m|\x00", "", text)
    yield re.sub(r"=?\n(?:E {2,})?[ \t]*", "", text)
    yield re.sub(r"""['"]\n\s*b?['"]""", "", text)
    yield html.unescape(text)
    yield unquote(text)
    yield unquote_plus(text)
    yield _unescaped(text)
    yield text.replace("'\"'\"'", "'")
    yield quopri.decodestring(text.encode()).decode("utf-8", "replace")
    yield from _mended(text)
    for run in re.findall(r"[A-Za-z0-9+/_-]{6,}", text):
        yield from _unbased(run)
    for run in re.findall(r"(?:[0-9A-Fa-f]{2}){4,}", text):
        yield bytes.fromhex(run).decode("utf-8", "replace")


def _unescaped(text: str) -> str:
    """The text without one level of backslash escapes."""
    common = {"n": "\n", "r": "\r", "t": "\t"}

    def plain(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else common.get(found[3], found[3])

    pattern = r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^ux]))"
    text = re.sub(pattern, plain, text, flags=re.DOTALL)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _mended(text: str) -> Iterator[str]:
    """The text as UTF-8 or UTF-16 where it is such and was taken for Latin-1."""
    for charset in ("utf-8", "utf-16-le"):
        try:
            yield text.encode("latin-1").decode(charset)
        except UnicodeError:
            continue


def _unbased(run: str) -> Iterator[str]:
    digits = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = digits[start : start + (len(digits) - start) // 4 * 4]
        for charset in ("utf-8", "utf-16-le"):
            try:
                yield base64.b64decode(part).decode(charset, "ignore")
            except binascii.Error:
                continue
