"""Lines as logs, answers, code and reports have them, which hold no secret."""

from __future__ import annotations

import random
import uuid
from typing import Final

_WORDS = (
    *("booking", "order", "price", "account", "the", "status", "expected", "token", "password"),
    *("customer", "secret", "session", "key", "authorization", "stock", "cookie", "login"),
)
_LINES: Final = (
    "2024-03-0{day}T10:1{day}:07Z INFO {word} {other} took {number} ms",
    '{{"id": {number}, "{word}_id": "{uuid}", "total": {number}.25, "when": "2024-03-0{day}"}}',
    "GET http://127.0.0.1:8000/{word}/{number}?page={number}&limit=20&sort=-{other} 200",
    "    assert {word}.{other}({number}) == 0x{hex}",
    "E       AssertionError: {word} {other} != {number}\\n  at {number}",
    "<td class='{word}'>{other} &amp; {number}</td>",
    "sha256:{hex}{hex}",
    "C:\\Users\\{word}\\{other}\\test_{number}.py:{number}",
    'etag: W/"{hex}" the {word}\'s {other} is {number} %20 wrong',
    "data:image/png;base64,iVBOR{hex}w0KGgo{hex}AAAA==",
    "Basic authentication and Bearer tokens are described in {word}-{other}.md",
    "user{number}@example.com wrote to https://example.com/{word}?q={other}+{number}",
    "test_{word}.py::test_{other}[{number}-{hex}] PASSED",
    'File "/srv/app/{word}/{other}.py", line {number}, in {word}',
    "traceparent: 00-{hex32}-{hex16}-01",
    "commit {hex32}{hex8} ({word}, {other})",
    "{number} passed, {day} failed, 1 warning in {number}.{day}s",
    "SELECT {word}, {other} FROM {word}s WHERE id = {number} AND state <> 'done'",
    '<testcase classname="tests.test_{word}" name="test_{other}[{day}]" time="0.{number}"/>',
    "def {word}_{other}(self, *, limit: int = {number}) -> dict[str, str]:",
    "Der Zähler für „{word}“ stieg um {number} %, größer als 日本 {other}",
    "-----BEGIN CERTIFICATE----- MII{hex}{hex}",
    "curl -X POST http://localhost:{number}/{word} -H 'Accept: application/json' -d '{{}}'",
    "{word}={other}; Path=/; Max-Age={number}",
)


def lines(count: int) -> list[str]:
    """So many lines, the same ones each time."""
    chance = random.Random(20_240_101)
    return [_line(number, chance) for number in range(count)]


def _line(number: int, chance: random.Random) -> str:
    some = chance.getrandbits(128)
    return chance.choice(_LINES).format(
        number=number,
        day=number % 10,
        word=chance.choice(_WORDS),
        other=chance.choice(_WORDS),
        uuid=uuid.UUID(int=some),
        hex=f"{some:x}",
        hex8=f"{some % 2**32:08x}",
        hex16=f"{some % 2**64:016x}",
        hex32=f"{some:032x}",
    )
