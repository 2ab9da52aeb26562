"""Charset profiles: valid for the model, in the profile, and surely beyond the one below."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, StringConstraints
from pydantic import create_model as model_of

from redhanded.core.errors import UsageError
from redhanded.core.generating import Charset
from redhanded.data import charsets, hazards
from redhanded.data.factory import Factory
from redhanded.data.locales import available, complaint
from redhanded.data.strings import is_technical
from redhanded.data.styles import Style

TODAY = date(2026, 11, 22)
PROFILES: tuple[Charset, ...] = ("ascii", "latin-1", "utf-8", "utf-8-hostile")


class Guest(BaseModel):
    model_config = ConfigDict(strict=True)

    firstname: str
    note: Annotated[str, Field(min_length=3, max_length=40)]
    city: str
    initials: Annotated[str, Field(max_length=2)]
    title: Annotated[str, Field(min_length=60)]
    sign: Annotated[str, Field(min_length=1, max_length=1)]
    shout: Annotated[str, StringConstraints(to_upper=True, max_length=24)]
    murmur: Annotated[str, StringConstraints(to_lower=True, max_length=12)]
    trimmed: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class Account(BaseModel):
    email: str
    user_name: str
    website: HttpUrl
    phone: str
    zip: str
    password: SecretStr
    customerId: str  # noqa: N815  a name as APIs have it
    status: str
    tag: str
    code: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{4}$")]
    blob: Annotated[bytes, Field(max_length=12)]


def _make(charset: Charset | None, *locales: str, seed: int = 3) -> Factory:
    style = Style(charset, locales or ("en_US",))
    return Factory(seed, "tests/test_a.py::test_a", "0a1b2c3d", today=TODAY, style=style)


def _is_hostile(text: str) -> bool:
    odd = (*hazards.CHARACTERS.values(), *hazards.TINY)
    return any(each in text for each in odd)


BEYOND: dict[Charset, Callable[[str], bool]] = {
    "ascii": bool,
    "latin-1": lambda text: not text.isascii(),
    "utf-8": lambda text: max(text) > "\uffff",
    "utf-8-hostile": _is_hostile,
}
WITHIN: dict[Charset, Callable[[str], bool]] = {
    "ascii": lambda text: text.isascii() and text.isprintable(),
    "latin-1": charsets.is_latin,
    "utf-8": lambda text: unicodedata.is_normalized("NFC", text) and not _is_hostile(text),
    "utf-8-hostile": lambda text: (
        not any(unicodedata.category(each) in ("Cc", "Cs") for each in text)
    ),
}


@pytest.mark.parametrize("seed", [pytest.param(seed, id=f"seed-{seed}") for seed in range(3)])
@pytest.mark.parametrize("charset", [pytest.param(each, id=each) for each in PROFILES])
def test_a_text_is_valid_in_its_profile_and_beyond_the_one_below(
    charset: Charset, seed: int
) -> None:
    """INVARIANT: whatever its length and case, each plain text meets the API with the profile."""
    for guest in _make(charset, seed=seed).many(Guest, 100):
        assert Guest.model_validate(guest.model_dump()) == guest
        for name, text in guest:
            assert WITHIN[charset](text), (name, text)
            assert BEYOND[charset](text), (name, text)


@pytest.mark.parametrize("charset", [pytest.param(each, id=each) for each in PROFILES])
@pytest.mark.parametrize("locale", [pytest.param(each, id=each) for each in ("en_US", "pl_PL")])
def test_what_machines_read_is_ascii_in_each_profile(charset: Charset, locale: str) -> None:
    """An address with an umlaut is another test than a name with one."""
    for account in _make(charset, locale).many(Account, 30):
        told = account.model_dump(mode="json", context=None)
        told["password"] = account.password.get_secret_value()

        assert all(str(value).isascii() for value in told.values())
        assert account.email.endswith("@example.com")
        assert account.tag.startswith("rh-0a1b2c3d-")


@pytest.mark.parametrize("charset", [pytest.param(each, id=each) for each in PROFILES])
def test_texts_differ_in_each_profile(charset: Charset) -> None:
    """What a profile adds takes nothing from what makes a text unique."""
    made = _make(charset).many(Guest, 1000)

    assert len({each.firstname for each in made}) == 1000
    assert len({each.note for each in made}) == 1000


def test_every_hazard_is_met_in_time() -> None:
    """Each one is drawn sooner or later, the words and the blanks too."""
    texts = [each.title for each in _make("utf-8-hostile").many(Guest, 1500)]

    assert all(any(odd in text for text in texts) for odd in hazards.CHARACTERS.values())
    assert all(any(sign in text for text in texts) for sign in hazards.SYNTAX)
    assert all(any(text.startswith(blank) for text in texts) for blank in hazards.BLANKS)


def test_no_hazard_opens_what_it_finds_closed() -> None:
    """No comment of SQL, which turns the change of one row into that of all, and no NUL byte."""
    for text in (*hazards.SYNTAX, *hazards.CHARACTERS.values(), *hazards.TINY):
        assert not any(mark in text for mark in ("--", "/*", "\x00"))
        assert text.encode()


@pytest.mark.parametrize(
    "text, wanted",
    [
        pytest.param("Jörg Weiß", "Jorg Weiss", id="German"),
        pytest.param("Łucja Żółć", "Lucja Zolc", id="Polish"),
        pytest.param("Ærø", "Aero", id="Danish"),
        pytest.param("İstanbul \u0131l\u0131k", "Istanbul ilik", id="Turkish"),
        pytest.param("東京 abc", "abc", id="no Latin letter"),
        pytest.param("plain", "plain", id="ASCII"),
    ],
)
def test_plain_text_has_no_accents(text: str, wanted: str) -> None:
    """As people write it who have no such keys."""
    assert charsets.plain(text) == wanted


def test_latin_text_keeps_the_accents_that_it_can() -> None:
    """Only what ISO 8859-1 lacks is taken off."""
    assert charsets.written("Ångström żółć €5", "latin-1") == "Ångström zólc 5"


def test_no_room_is_no_colour() -> None:
    """A text that must be empty is."""
    for charset in PROFILES:
        assert charsets.coloured("", charset, Random(1), longest=0) == ""


@pytest.mark.parametrize("charset", [pytest.param(each, id=each) for each in PROFILES])
def test_one_test_may_ask_for_a_profile(charset: Charset) -> None:
    """`make.using` changes what is made from there on, and leaves `make` as it is."""
    make = _make(None)

    wild = make.using(charset=charset)(Guest)
    tame = make(Guest)

    assert BEYOND[charset](wild.note)
    assert tame.note.isascii()
    assert wild != _make(None).using(charset=charset).many(Guest, 2)[1]


def test_using_counts_on_as_make_does() -> None:
    """Two profiles of one test never draw one name twice."""
    make = _make(None)
    made = [make(Guest), make.using(charset="ascii")(Guest), make(Guest)]

    assert len({each.firstname[-10:] for each in made}) == 3


@pytest.mark.parametrize(
    "field, expected",
    [
        pytest.param("email", True, id="email"),
        pytest.param("customerId", True, id="id-in-camel-case"),
        pytest.param("iso_code", True, id="code-in-snake-case"),
        pytest.param("paid", False, id="no-id"),
        pytest.param("note", False, id="note"),
        pytest.param("", False, id="no-name"),
    ],
)
def test_technical_fields_are_known_by_their_last_word(field: str, expected: bool) -> None:
    """`paid` ends like `id`, and is none."""
    assert is_technical(field) is expected


@pytest.mark.parametrize(
    "given, told",
    [
        pytest.param(
            {"charset": "latin1"},
            "make.using(charset='latin1'): there is no such profile; write one of"
            ' "ascii", "latin-1", "utf-8", "utf-8-hostile".',
            id="no-profile",
        ),
        pytest.param(
            {"locale": "de_DD"},
            'make.using(locale=...): it ("de_DD") is no locale of Faker: write "de_DE",'
            ' "id_ID" or "en_BD".',
            id="near-a-locale",
        ),
        pytest.param(
            {"locale": 7},
            'make.using(locale=...): it ("7") is no locale of Faker: write such as "en_US" or'
            ' "de_DE".',
            id="no-locale",
        ),
        pytest.param(
            {"locale": "ja_JP", "charset": "latin-1"},
            'make.using(locale=...): it ("ja_JP") is not written in Latin letters, and'
            ' the charset is "latin-1": write "utf-8", or take another locale.',
            id="not-in-latin",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_sentence(given: dict[str, Any], told: str) -> None:
    """Before anything is drawn, with what to write instead."""
    with pytest.raises(UsageError) as caught:
        _make(None).using(**given)

    assert str(caught.value) == told


@pytest.mark.parametrize("locale", [pytest.param(each, id=each) for each in available()])
def test_each_locale_is_drawn_in_its_own_letters(locale: str) -> None:
    """INVARIANT: a locale that ASCII does not refuse loses accents in it, and no letter."""
    made = [each.firstname for each in _make(None, locale).many(Guest, 12)]

    assert all(made)
    if not complaint([locale], "ascii"):
        assert all(charsets.plain(name)[:-11] for name in made)
        assert all(len(charsets.plain(name)) >= len(name) - 1 for name in made)


PHONES = {
    "en_US": "+1-",
    "en_GB": "+44 7700 900",
    "de_DE": "+49 30 23125",
    "fr_FR": "+33 6 39 98 ",
    "it_IT": "+1-",
}


@pytest.mark.parametrize(
    "locale, start", [pytest.param(*pair, id=pair[0]) for pair in PHONES.items()]
)
def test_phones_reach_nobody(locale: str, start: str) -> None:
    """Ranges that a country keeps free, or those of North America."""
    model = model_of("Model", phone=(str, ...))

    for each in _make(None, locale).many(model, 20):
        assert each.model_dump()["phone"].startswith(start)


def test_the_order_of_locales_does_not_matter() -> None:
    """INVARIANT: the seed decides which one an object has, so a list may be sorted anew."""
    one, other = _make(None, "de_DE", "ja_JP"), _make(None, "ja_JP", "de_DE")
    made = one.many(Guest, 20)

    assert made == other.many(Guest, 20)
    assert {each.city.isascii() for each in made} == {True, False}
