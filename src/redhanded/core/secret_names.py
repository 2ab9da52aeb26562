"""Which names of fields, parameters and headers announce a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def words(listed: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(listed.split())


_WORDS = words("""
    auth authorization bearer cookie cookies credential credentials csc csrf cvc cvv hmac jwt oauth
    otp pan pass passcode passphrase passwd password passwords pin pwd secret secrets sess session
    sessions sid sig signature ssn token tokens totp xsrf
""")
# Found inside a name that runs its words together: `accesstoken`, `JSESSIONID`, `xapikey`.
_STEMS = words("""
    accesskey apikey aspxauth authkey authorization cardnumber credential masterkey passphrase
    passwd password privatekey secret securitycode sessid sessionid sharedkey signingkey
    subscriptionkey token
""")
_KEYS = words("""
    access account admin api auth client deploy encryption functions license master private secret
    service shared signing subscription
""")
# Said about a secret, they are not the secret: `token_type`, `password_policy`, `session_count`.
_DESCRIPTIONS = words("""
    at count enabled endpoint expiration expired expires expiry format in length limit method mode
    name on policy provider rate remaining required scheme scope scopes size status strength ttl
    type types uri url usage used valid version
""")
_QUESTIONS = words("has is needs requires")
_COUNTED = words("cached completion input max min num output prompt total used")
_PAGES = words("continuation next page prev previous resume start sync")
_PLAIN = words("""
    accesscontrolallowcredentials cookieconsent secretary tokenization tokenized tokenizer tokentype
""")
_REMEMBERED = 4096


def squashed(name: str) -> str:
    """The name in lower case without separators, as names are compared."""
    return "".join(filter(str.isalnum, name)).lower()


def parts(name: str) -> list[str]:
    """The parts of a name in lower case: `X-Api-Key`, `api_key` and `apiKey` have the same."""
    return [part.lower() for part in _PART.findall(name)]


class SecretNames:
    """The names that announce a secret: those of the field's custom and those declared."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._declared = frozenset(map(squashed, names))
        self._known: dict[str, bool] = {}

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        known = self._known.get(name)
        if known is not None:
            return known
        if len(self._known) >= _REMEMBERED:
            self._known = {}
        return self._known.setdefault(name, self._is_secret(name))

    def _is_secret(self, name: str) -> bool:
        plain = squashed(name)
        if plain in self._declared:
            return True
        found = parts(name)
        return bool(found) and not _is_described(plain, found) and _is_announced(plain, found)


def _is_described(plain: str, parts: list[str]) -> bool:
    first, last = parts[0], parts[-1]
    return (
        plain in _PLAIN
        or last in _DESCRIPTIONS
        or first in _QUESTIONS
        or (last == "tokens" and not _COUNTED.isdisjoint(parts))
        or (last == "token" and not _PAGES.isdisjoint(parts))
    )


def _is_announced(plain: str, parts: list[str]) -> bool:
    return (
        not _WORDS.isdisjoint(parts)
        or any(stem in plain for stem in _STEMS)
        or (parts[-1] in {"key", "keys"} and not _KEYS.isdisjoint(parts))
    )
