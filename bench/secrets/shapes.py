"""Secrets of eight shapes, another one each time, and what of each must not be read."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

_ALPHANUMERIC = string.ascii_letters + string.digits
_SIGNS = "\"<>&'$%\\/+=`,;:#@! "
_FOREIGN = "äöüßéñКлючПар日本語😀"


class Made(NamedTuple):
    """A secret, and the parts of it that give it away by themselves."""

    text: str
    parts: tuple[str, ...] = ()


Make: TypeAlias = Callable[[random.Random], Made]


def _letters(chance: random.Random, count: int, of: str = _ALPHANUMERIC) -> str:
    return "".join(chance.choices(of, k=count))


def _token(chance: random.Random) -> Made:
    return Made(_letters(chance, 38))


def _six_characters(chance: random.Random) -> Made:
    # Letters that no hexadecimal number has, so that no identifier holds it by chance.
    return Made(f"{_letters(chance, 3, 'ghjkmnpqrstvwxyz')}{_letters(chance, 3, 'GHJKMNPQRSTVW')}")


def _password(chance: random.Random) -> Made:
    signs = "".join(chance.sample(_SIGNS, 8))
    pieces = [_letters(chance, 2) + sign for sign in signs]
    return Made("".join(pieces) + "%41\\n" + _letters(chance, 4))


def _unicode(chance: random.Random) -> Made:
    return Made("".join(_foreign(chance) for _ in range(8)))


def _foreign(chance: random.Random) -> str:
    # With a digit: pieces of letters alone are masked from sixteen on, as words of a passphrase.
    return _letters(chance, 1) + chance.choice(_FOREIGN) + _letters(chance, 1, string.digits)


def _passphrase(chance: random.Random) -> Made:
    return Made(" ".join("".join(_syllable(chance) for _ in range(3)) for _ in range(4)))


def _syllable(chance: random.Random) -> str:
    return chance.choice("bdfgklmnprstvz") + chance.choice("aeiou")


def _json_web_token(chance: random.Random) -> Made:
    claims = {"sub": _letters(chance, 12), "name": _letters(chance, 16), "iat": 1516239022}
    header, payload = (_digits(json.dumps(part)) for part in ({"alg": "HS256"}, claims))
    signature = _letters(chance, 43)
    return Made(f"{header}.{payload}.{signature}", (signature,))


def _digits(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _private_key(chance: random.Random) -> Made:
    lines = [_letters(chance, 64, f"{_ALPHANUMERIC}+/") for _ in range(3)]
    marked = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    return Made(marked, tuple(lines))


def _database_url(chance: random.Random) -> Made:
    password = _letters(chance, 18)
    host = _letters(chance, 12, string.ascii_lowercase)
    return Made(f"postgresql://app:{password}@{host}.internal:5432/orders", (password,))


SHAPES: Final[Mapping[str, Make]] = {
    "token": _token,
    "six_characters": _six_characters,
    "password": _password,
    "unicode": _unicode,
    "passphrase": _passphrase,
    "json_web_token": _json_web_token,
    "private_key": _private_key,
    "database_url": _database_url,
}
