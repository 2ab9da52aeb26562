"""Strings that look like what their field is called, and that no other call draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from random import Random

    from faker import Faker

Make: TypeAlias = Callable[["Faker", str], str]

# No vowels: the mark spells no words. Ten letters of twenty: 10^13 marks.
_LETTERS = "bcdfghjklmnpqrstvwxz"
_MARK_LENGTH = 10

# Hosts and numbers are those kept free for examples (RFC 2606; 555-01xx), so that no API under
# test ever writes to, calls or phones a stranger.
_BY_ENDING: Mapping[str, Make] = {
    "email": lambda fake, mark: f"{fake.first_name()}.{mark}@example.com".lower(),
    "mail": lambda fake, mark: f"{fake.first_name()}.{mark}@example.com".lower(),
    "username": lambda fake, mark: f"{fake.first_name()}-{mark}".lower(),
    "login": lambda fake, mark: f"{fake.first_name()}-{mark}".lower(),
    "firstname": lambda fake, mark: f"{fake.first_name()}-{mark.title()}",
    "givenname": lambda fake, mark: f"{fake.first_name()}-{mark.title()}",
    "lastname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "surname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "familyname": lambda fake, mark: f"{fake.last_name()}-{mark.title()}",
    "name": lambda fake, mark: f"{fake.first_name()} {fake.last_name()}-{mark.title()}",
    "company": lambda fake, mark: f"{fake.last_name()} {mark.title()} Ltd",
    "phone": lambda fake, _: fake.numerify("+1-%##-555-01##"),
    "phonenumber": lambda fake, _: fake.numerify("+1-%##-555-01##"),
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


def _words(fake: Faker, mark: str) -> str:
    return f"{' '.join(fake.words(2))} {mark}"


@dataclass(frozen=True, slots=True)
class Strings:
    """Draws strings; where a kind of value is not unique in life (a city), it is not here."""

    fake: Faker
    rng: Random

    def named(self, field: str, *, shortest: int = 0, longest: int | None = None) -> str:
        """A string that fits the field's name and length."""
        text = _maker(field)(self.fake, self.letters(_MARK_LENGTH))
        return self._fitted(text, shortest, longest)

    def letters(self, count: int) -> str:
        """That many lowercase letters."""
        return "".join(self.rng.choices(_LETTERS, k=count))

    def _fitted(self, text: str, shortest: int, longest: int | None) -> str:
        # The mark stands at the end, so both cutting and filling happen in front.
        if longest is not None and len(text) > longest:
            text = text[len(text) - longest :]
            text = text.lstrip(" .-@").rjust(longest, "x")
        return self.letters(max(shortest - len(text), 0)) + text


def _maker(field: str) -> Make:
    words = field.replace("_", "").replace("-", "").lower()
    endings = [ending for ending in _BY_ENDING if words.endswith(ending)]
    return _BY_ENDING[max(endings, key=len)] if endings else _words
