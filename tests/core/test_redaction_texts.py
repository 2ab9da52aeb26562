from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.core.decoding import decoded
from redhanded.core.encodings import fold, spellings
from redhanded.core.masks import MASK, Hit, applied, mask, merged
from redhanded.core.redaction import Redactor
from redhanded.core.secret_index import SecretIndex

JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIBVQ\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name, shown",
    [
        pytest.param("TOKEN", "masked_TOKEN_5chars", id="plain"),
        pytest.param("auth.password", "masked_auth_password_5chars", id="dotted"),
        pytest.param("a b\"c'$`\\", "masked_a_b_c_5chars", id="shell_signs"),
        pytest.param("ключ", "masked_secret_5chars", id="no_ascii"),
        pytest.param("", "masked_secret_5chars", id="empty"),
        pytest.param("n" * 99, f"masked_{'n' * 40}_5chars", id="long"),
    ],
)
def test_a_mask_is_made_of_harmless_characters(name: str, shown: str) -> None:
    """INVARIANT: a mask needs no escape in JSON, URLs, headers, HTML or a shell."""
    assert mask(name, 5) == shown
    assert MASK.fullmatch(shown)


def test_a_mask_tells_its_name_and_length_back() -> None:
    """Who makes a command of masked text can put the name of a variable in a mask's place."""
    found = MASK.search("curl -H 'Authorization: Bearer masked_API_TOKEN_2_40chars'")

    assert found
    assert found.groupdict() == {"name": "API_TOKEN_2", "length": "40"}


def test_hits_that_overlap_become_one() -> None:
    """The longest of overlapping hits names the mask of all of them."""
    hits = [Hit(10, 14, "d"), Hit(0, 4, "a"), Hit(2, 8, "b"), Hit(8, 9, "c")]

    assert merged(hits) == [Hit(0, 8, "b"), Hit(8, 9, "c"), Hit(10, 14, "d")]


def test_hits_are_applied_in_their_places() -> None:
    """What is no hit stays as it is, at the edges as well."""
    assert applied("abcdef", [Hit(0, 1, "<1>"), Hit(5, 6, "<2>")]) == "<1>bcde<2>"
    assert applied("abc", []) == "abc"


@pytest.mark.parametrize(
    "text, shown",
    [
        pytest.param(
            "GET https://ann:pw@host/a failed",
            "GET https://masked_userinfo_6chars@host/a failed",
            id="userinfo",
        ),
        pytest.param(
            "at http://h/cb?code=1&id_token=x.y-z, then",
            "at http://h/cb?code=1&id_token=masked_id_token_6chars then",
            id="query",
        ),
        pytest.param(
            '<a href="/x?a=1&amp;api_key=55">',
            '<a href="/x?a=1&amp;api_key=masked_api_key_2chars">',
            id="query_in_html",
        ),
        pytest.param(
            r'{"next":"/x?a=1\u0026token=55"}',
            r'{"next":"/x?a=1\u0026token=masked_token_2chars"}',
            id="query_in_json",
        ),
        pytest.param(
            "sent Bearer abc123-def456 twice",
            "sent Bearer masked_Authorization_13chars twice",
            id="bearer",
        ),
        pytest.param(
            "sent Basic dXNlcjpwYXNz", "sent Basic masked_Authorization_12chars", id="basic"
        ),
        pytest.param(f"got {JWT} back", f"got masked_jwt_{len(JWT)}chars back", id="jwt"),
        pytest.param(
            f"key:\n{KEY}\nend", f"key:\nmasked_private_key_{len(KEY)}chars\nend", id="pem"
        ),
        pytest.param(f"key: {KEY[:40]}", "key: masked_private_key_40chars", id="pem_that_was_cut"),
    ],
)
def test_credentials_that_give_themselves_away_are_masked(text: str, shown: str) -> None:
    """A credential that nobody registered is masked in free text where its form tells it."""
    redactor = Redactor()

    assert redactor.text(text) == shown
    assert redactor.text(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Basic authentication", id="a_scheme_and_a_word"),
        pytest.param("Bearer tokens expire", id="a_scheme_and_words"),
        pytest.param("Basic QUJDREVGRw== is no credential", id="base64_without_a_colon"),
        pytest.param("mail ann@example.com or see http://x/y", id="an_address_and_a_link"),
        pytest.param("https://medium.com/@ann", id="an_at_sign_in_a_path"),
        pytest.param("/search?page=2&sort=-name", id="an_ordinary_query"),
        pytest.param("eyJ is how they begin", id="the_start_of_a_jwt"),
        pytest.param("-----BEGIN CERTIFICATE-----", id="a_certificate"),
    ],
)
def test_what_only_resembles_a_credential_stays(text: str) -> None:
    """A word after a scheme, or a link beside an address, is evidence and stays."""
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    "text, plain",
    [
        pytest.param(r"a\"b\\c\/d\u00e9\n", 'a"b\\c/dé\n', id="json"),
        pytest.param(r"\ud83d\ude00 \ud83d", "😀 \ud83d", id="json_pairs"),
        pytest.param(r"\x41\101\U0001f600\'\a", "AA😀'\a", id="python"),
        pytest.param("%41%2f%C3%A9%zz", "A/é%zz", id="percent"),
        pytest.param("&amp;&#65;&#x42;&nosuch;&", "&AB&nosuch;&", id="html"),
        pytest.param("a\0b\u200bc", "abc", id="invisible"),
        pytest.param("abc\n    def", "abcdef", id="wrapped"),
        pytest.param("abc\r\nE     def", "abcdef", id="wrapped_in_a_report"),
        pytest.param("\x1b[31ma\x1b[0m\x1b]8;;x\x07b", "ab", id="coloured"),
        pytest.param("(b'ab'\n b'cd')", "(b'abcd')", id="a_literal_in_pieces"),
        pytest.param("ab=\ncd", "abcd", id="a_soft_break"),
        pytest.param("\\U00110000|\\\n|", "||", id="nothing"),
    ],
)
def test_a_layer_of_escapes_or_wraps_is_taken_off(text: str, plain: str) -> None:
    """What encloses a text is undone, whatever does it."""
    layer = decoded(text)

    assert layer
    assert layer.text == plain


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("plain text", id="plain"),
        pytest.param('{\n  "a": 1,\n  "b": 2\n}\n', id="lines_that_are_not_wrapped"),
        pytest.param("100 % & more", id="signs_that_begin_nothing"),
    ],
)
def test_a_text_without_layers_has_none(text: str) -> None:
    """Nothing is taken off where nothing is on."""
    assert decoded(text) is None


@settings(max_examples=200, derandomize=True)
@given(st.lists(st.sampled_from(["ab", r"\n", "%41", "&amp;", "é", "\x1b[0m", "x\ny", "\0"])))
def test_every_place_of_a_layer_is_known_in_the_text_above(pieces: list[str]) -> None:
    """INVARIANT: the character at a place of a layer came from its place in the text above."""
    text = "".join(pieces)
    layer = decoded(text)
    if layer is None:
        return

    places = layer.undecoded([(at, at + 1) for at in range(len(layer.text))])

    assert [start for start, _ in places] == sorted(start for start, _ in places)
    for sign, (start, end) in zip(layer.text, places, strict=True):
        stood = text[start:end]
        undone = decoded(stood)
        assert sign == stood or (undone and undone.text == sign)


@settings(max_examples=200, derandomize=True)
@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    """INVARIANT: a folded text has a character for each character of the text."""
    assert len(fold(text)) == len(text)


def test_a_token_has_few_spellings() -> None:
    """Letters and digits look the same in most encodings, so that an index stays small."""
    assert len(spellings("q7Rk2vXw9LmT4bZs")) <= 8


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("-----BEGIN KEY-----\nMIIBVQIBADAN\nshort\n-----END KEY-----", id="key"),
        pytest.param(JWT, id="jwt"),
    ],
)
def test_what_is_public_of_a_secret_is_no_spelling_of_it(value: str) -> None:
    """The first line of a key file and the header of a token are the same for everyone."""
    found = spellings(value)

    assert not found & {"-----begin key-----", "short", JWT.partition(".")[0].lower()}
    assert {"miibvqibadan", JWT.split(".")[1].lower()} & found


@settings(max_examples=200, derandomize=True)
@given(secret=st.text("abc123", min_size=6, max_size=40), before=st.text("ab1 ", max_size=9))
def test_a_secret_is_found_wherever_it_stands(secret: str, before: str) -> None:
    """INVARIANT: sampling the text misses no place and no secret, however short or repetitive."""
    index = SecretIndex()
    index.add(secret, "M")
    text = f"{before}{secret}zz"

    assert index.may_hold(text)
    assert any(
        hit.start <= len(before) and hit.end >= len(before) + len(secret)
        for hit in merged(index.hits(text))
    )


def test_a_secret_that_looks_escaped_is_found() -> None:
    """A secret may hold what reads like an escape of an escape; it is masked as it stands."""
    secret = "a%25252541b%5Cn9"
    index = SecretIndex()
    index.add(secret, "M")

    for text in (secret, secret.replace("%", "%25"), f'"{secret}"'):
        assert merged(index.hits(text))[0].end >= len(text) - 1


def test_an_empty_index_finds_nothing() -> None:
    """Before anything is registered there is nothing to find."""
    index = SecretIndex()

    assert not index.may_hold("any\ntext")
    assert index.hits("any\ntext") == []


@pytest.mark.parametrize("word", ["defect", "test_bug", " Passed ", "redhanded"])
def test_a_word_of_every_report_is_no_secret(word: str) -> None:
    """INVARIANT: no secret turns a verdict into a mask, which nothing could read any more."""
    redactor = Redactor()

    assert not redactor.register(word, name="PW")
    redactor.issue(word, name="PW")
    assert redactor.text(f"it is {word}") == f"it is {word}"
