"""Strings that look like what their field is called, and that no other call draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from redhanded.data import charsets, locales

if TYPE_CHECKING:
    from random import Random

    from faker import Faker

    from redhanded.core.generating import Charset

Make: TypeAlias = Callable[["Faker", str], str]

# No vowels: the mark spells no words. Ten letters of twenty: 10^13 marks.
_LETTERS = "bcdfghjklmnpqrstvwxz"
_MARK_LENGTH = 10

# Hosts and numbers are those kept free for examples (RFC 2606; 555-01xx and what other countries
# have), so that no API under test ever writes to, calls or phones a stranger.
_BY_ENDING: Mapping[str, Make] = {
    "email": lambda fake, mark: f"{_handle(fake)}.{mark}@example.com",
    "mail": lambda fake, mark: f"{_handle(fake)}.{mark}@example.com",
    "username": lambda fake, mark: f"{_handle(fake)}-{mark}",
    "login": lambda fake, mark: f"{_handle(fake)}-{mark}",
    "firstname": lambda fake, mark: f"{fake.first_name()}-{mark.title()}",
    "givenname": lambda fake, mark: f"{fake.first_name()}-{mark.title()}",
    "lastname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "surname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "familyname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "name": lambda fake, mark: f"{fake.first_name()} {fake.last_name()}-{mark.title()}",
    "company": lambda fake, mark: f"{fake.last_name()} {mark.title()} Ltd",
    "phone": lambda fake, _: fake.numerify(locales.phone(_locale(fake))),
    "phonenumber": lambda fake, _: fake.numerify(locales.phone(_locale(fake))),
    "street": lambda fake, _: str(fake.street_address()),
    "address": lambda fake, _: str(fake.street_address()),
    "city": lambda fake, _: str(fake.city()),
    "zip": lambda fake, _: str(fake.postcode()),
    "zipcode": lambda fake, _: str(fake.postcode()),
    "postcode": lambda fake, _: str(fake.postcode()),
    "country": lambda fake, _: str(fake.country()),
    "countrycode": lambda fake, _: str(fake.country_code()),
    "currency": lambda fake, _: str(fake.random_element(("CHF", "EUR", "GBP", "JPY", "USD"))),
    "url": lambda _, mark: f"https://example.com/{mark}",
    "website": lambda _, mark: f"https://example.com/{mark}",
    "password": lambda fake, mark: f"{mark}-{fake.numerify('%###')}-A",
    "description": lambda fake, mark: f"{fake.sentence(6)} {mark}",
    "comment": lambda fake, mark: f"{fake.sentence(6)} {mark}",
}


# What machines read: in letters of ASCII, whatever people write in beside it.
_TECHNICAL_LOOKS = frozenset(
    {
        *("email", "mail", "username", "login", "phone", "phonenumber", "zip", "zipcode"),
        *("postcode", "countrycode", "currency", "url", "website", "password"),
    }
)
_TECHNICAL_WORDS = frozenset(
    {
        *("bic", "code", "domain", "fax", "guid", "hash", "host", "hostname"),
        *("iban", "id", "ids", "ip", "isbn", "key", "kind", "lang"),
        *("language", "locale", "mobile", "path", "secret", "sku", "slug", "status"),
        *("symbol", "tag", "tel", "telephone", "timezone", "token", "type", "uri"),
        *("uuid", "version"),
    }
)
_LAST_WORD = re.compile(r"[A-Z]?[a-z]+$|[A-Z]+$")


@dataclass(frozen=True, slots=True)
class Strings:
    """Draws strings; where a kind of value is not unique in life (a city), it is not here.

    `charset` is what plain texts surely hold characters of; None = what the locale is written in.
    """

    fake: Faker
    rng: Random
    charset: Charset | None = None

    def named(
        self,
        field: str,
        *,
        shortest: int = 0,
        longest: int | None = None,
        in_case: Callable[[str], str] | None = None,
        is_stripped: bool = False,
    ) -> str:
        """A string that fits the field's name and length, which counts code points.

        `in_case` is what the model makes of letters; `is_stripped` = it takes blanks away.
        """
        look, charset = _look(field), self.charset
        text = _BY_ENDING.get(look, _words)(self.fake, self.letters(_MARK_LENGTH))
        if (charset or not text.isascii()) and is_technical(field, look):
            charset = "ascii"
        text = charsets.written(text, charset)
        text = self._fitted(in_case(text) if in_case else text, shortest, longest)
        if charset is None or charset == "ascii":
            return text
        text = charsets.coloured(
            text, charset, self.rng, longest=longest, is_stripped=is_stripped, in_case=in_case
        )
        return in_case(text) if in_case else text

    def letters(self, count: int) -> str:
        """That many lowercase letters."""
        return "".join(self.rng.choices(_LETTERS, k=count))

    def _fitted(self, text: str, shortest: int, longest: int | None) -> str:
        # The mark stands at the end, so both cutting and filling happen in front.
        if longest is not None and len(text) > longest:
            text = text[len(text) - longest :]
            text = text.lstrip(" .-@").rjust(longest, "x")
        return self.letters(max(shortest - len(text), 0)) + text


def is_technical(field: str, look: str | None = None) -> bool:
    """Whether machines read what a field of this name holds."""
    if (_look(field) if look is None else look) in _TECHNICAL_LOOKS:
        return True
    last = _LAST_WORD.search(field)
    return last is not None and last[0].lower() in _TECHNICAL_WORDS


def _look(field: str) -> str:
    """The longest known ending of a name, however it is written; empty where there is none."""
    words = field.replace("_", "").replace("-", "").lower()
    endings = [ending for ending in _BY_ENDING if words.endswith(ending)]
    return max(endings, key=len) if endings else ""


def _words(fake: Faker, mark: str) -> str:
    return f"{' '.join(fake.words(2))} {mark}"


def _handle(fake: Faker) -> str:
    """A first name as people write it in an address."""
    name = str(fake.first_name()).lower()
    return name if name.isalpha() and name.isascii() else _squeezed(name)


def _squeezed(name: str) -> str:
    kept = re.sub(r"[^a-z0-9]+", "", charsets.plain(name).lower())
    return kept or "someone"


def _locale(fake: Faker) -> str:
    return str(fake.locales[0])
