from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from redhanded.core.encodings import spellings
from redhanded.core.masks import MASK
from redhanded.core.redaction import Redactor
from tests.core.leaks import (
    ENCODINGS,
    FURTHER,
    PARTS,
    RECOVERED,
    SHAPES,
    Encoding,
    recoverable,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
SECRETS = st.one_of(
    st.text(LETTERS + DIGITS, min_size=6, max_size=60),
    st.text("0123456789abcdef", min_size=6, max_size=64),
    st.text(LETTERS + DIGITS + "!$%&/()=?*+~#'\"\\<>{}[]|;:,.-_@^`", min_size=6, max_size=40),
    st.text(LETTERS + DIGITS + "äöüßéКлюч日本😀 ", min_size=6, max_size=40),
)
# What stands around a text that holds an encoded secret: a log line in JSON, a terminal, a page.
WRAPPERS = ("json_ascii", "json_utf8", "json_in_json", "repr", "ascii", "percent", "coloured")


def gate(*secrets: str) -> Redactor:
    """A redactor that knows these secrets, each under a name of its own."""
    redactor = Redactor()
    for number, secret in enumerate(secrets):
        assert redactor.register(secret, name=f"SECRET_{number}")
    return redactor


def leaked(secret: str, masked: str) -> float:
    """The share of the secret that a reader gets from what stands between the masks."""
    return recoverable(secret, MASK.sub("|", masked))


def test_the_matrix_has_320_cells() -> None:
    """Eight shapes in forty encodings, no two of which write a secret in the same way."""
    assert len(SHAPES) * len(ENCODINGS) == 320
    assert len({tuple(map(encode, SHAPES.values())) for encode in ENCODINGS.values()}) == 40


@pytest.mark.parametrize("encode", (ENCODINGS | FURTHER).values(), ids=ENCODINGS | FURTHER)
@pytest.mark.parametrize("secret", SHAPES.values(), ids=SHAPES)
def test_no_encoding_lets_a_secret_through(secret: str, encode: Encoding) -> None:
    """INVARIANT: of a masked text nobody reads 60 % of a secret in one piece."""
    text = encode(secret)

    masked = gate(secret).text(text)

    assert recoverable(secret, text) >= RECOVERED, "the reader must be able to find a leak"
    assert leaked(secret, masked) < RECOVERED
    assert MASK.search(masked)


@pytest.mark.parametrize("name", ["raw", "json_in_json", "percent", "base64", "hex", "repr"])
@pytest.mark.parametrize("secret, part", PARTS.values(), ids=PARTS)
def test_a_part_that_gives_the_secret_away_is_masked_alone(
    secret: str, part: str, name: str
) -> None:
    """INVARIANT: a key is its lines, a token its segments, a database's URL its password."""
    assert leaked(part, gate(secret).text(ENCODINGS[name](part))) < RECOVERED


@pytest.mark.parametrize("encode", (ENCODINGS | FURTHER).values(), ids=ENCODINGS | FURTHER)
@pytest.mark.parametrize("secret", SHAPES.values(), ids=SHAPES)
def test_masking_twice_is_masking_once(secret: str, encode: Encoding) -> None:
    """A worker masks before it sends, the controller before it writes: the text stays the same."""
    redactor = gate(secret)

    once = redactor.text(encode(secret))

    assert redactor.text(once) == once


@settings(max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    secret=SECRETS,
    encoding=st.sampled_from(sorted({*ENCODINGS} - {"cut_short", "wrapped_lines", "utf16"})),
    wrapper=st.sampled_from(WRAPPERS),
)
@example(secret='ab"%41cd', encoding="json_utf8", wrapper="json_in_json")
def test_no_encoding_within_another_lets_a_secret_through(
    secret: str, encoding: str, wrapper: str
) -> None:
    """INVARIANT: an encoded secret in a log line, a terminal or a URL is found as well."""
    assume(len(secret.strip()) >= 6)

    masked = gate(secret).text(ENCODINGS[wrapper](ENCODINGS[encoding](secret)))

    assert leaked(secret, masked) < RECOVERED


@settings(max_examples=300, derandomize=True)
@given(secret=SECRETS, share=st.floats(0, 1), between=st.sampled_from(["\n", "\n    ", "\x1b[0m"]))
def test_a_secret_broken_at_any_place_is_found(secret: str, share: float, between: str) -> None:
    """INVARIANT: it does not matter where a line wraps or a colour changes within a secret."""
    assume(len(secret.strip()) >= 6)
    at = int(share * len(secret))

    masked = gate(secret).text(f"<{secret[:at]}{between}{secret[at:]}>")

    assert leaked(secret, masked) < RECOVERED


@settings(max_examples=300, derandomize=True)
@given(
    secret=st.text(LETTERS + DIGITS, min_size=12, max_size=60),
    start=st.floats(0, 1),
    share=st.floats(0.6, 1),
)
def test_most_of_a_secret_is_masked_as_the_whole_is(
    secret: str, start: float, share: float
) -> None:
    """INVARIANT: a piece of a token that was cut off by a limit is masked like the token."""
    length = max(8, int(len(secret) * share))
    at = int((len(secret) - length) * start)
    piece = secret[at : at + length]
    assume(any(map(str.isdigit, piece)))

    assert piece not in gate(secret).text(f"...{piece}...")


@pytest.mark.parametrize(
    "secret, text",
    [
        pytest.param("rhzRJW", "&#114;&#104;&#122;&#82;&#74;&#87\n;", id="entity"),
        pytest.param("😀lЖgß9", '"\\ud83d\n\\ude00l\\u0416g\\u00df9"', id="surrogate-pair"),
    ],
)
def test_a_secret_whose_line_is_broken_within_an_escape_is_found(secret: str, text: str) -> None:
    """INVARIANT: a line may wrap anywhere, in the midst of an escape too."""
    masked = gate(secret).text(text)

    assert MASK.search(masked)
    assert leaked(secret, masked) < RECOVERED


def test_rulers_are_no_part_of_a_key() -> None:
    """The dashes around a key, which rule every report, are not looked for: it would take long."""
    spelled = spellings(SHAPES["private_key"])

    assert not [spelling for spelling in spelled if "-----" in spelling]
    assert [spelling for spelling in spelled if spelling.startswith("miibvqibadanbgkq")]


@pytest.mark.parametrize("between", ["...", "…"], ids=["three", "one"])
@pytest.mark.parametrize("name", ["raw", "repr", "json_in_json", "percent", "html_quoted"])
@pytest.mark.parametrize("shape", ["token", "password", "json_web_token", "database_url"])
def test_both_ends_of_a_shortened_secret_are_masked(shape: str, name: str, between: str) -> None:
    """INVARIANT: what was shortened in its middle is masked where most of it is left."""
    secret = SHAPES[shape]
    third = len(secret) // 3 + 1

    masked = gate(secret).text(ENCODINGS[name](f"{secret[:third]}{between}{secret[-third:]}"))

    assert MASK.search(masked)
    assert leaked(secret[:third], masked) < RECOVERED
    assert leaked(secret[-third:], masked) < RECOVERED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{SHAPES['token'][:9]}... and more", id="beginning"),
        pytest.param(f"{SHAPES['token'][:9]}...{SHAPES['token'][12:20]}", id="no-end"),
        pytest.param("the correct...staple", id="words"),
    ],
)
def test_an_ellipsis_after_little_of_a_secret_is_left_alone(text: str) -> None:
    """A quarter of a token tells nothing, and words of a phrase are words."""
    assert gate(SHAPES["token"], SHAPES["passphrase"]).text(text) == text


def test_two_halves_in_two_writes_are_not_a_leak() -> None:
    """A secret that is written in two parts, each masked alone, shows less than half of itself."""
    secret = SHAPES["token"]
    redactor = gate(secret)

    for at in range(1, len(secret)):
        shown = [redactor.text(part) for part in (secret[:at], secret[at:])]
        assert max((len(part) for part in shown if part in secret), default=0) <= len(secret) / 2


def test_overlapping_secrets_are_both_masked() -> None:
    """INVARIANT: a secret that begins inside another one leaves nothing of itself behind."""
    first, second = "alpha-11-beta-22", "beta-22-gamma-33"

    masked = gate(first, second).text("x alpha-11-beta-22-gamma-33 y")

    assert masked == "x masked_SECRET_0_16chars y"


def test_a_secret_within_a_secret_is_masked_with_it() -> None:
    """Of two secrets in one place, the longer one gives the mask its name."""
    masked = gate("s3cr3t-token", "prefix-s3cr3t-token-suffix").text("prefix-s3cr3t-token-suffix")

    assert masked == "masked_SECRET_1_26chars"


def test_a_secret_next_to_itself_is_masked_each_time() -> None:
    """Two copies without a gap are two masks."""
    assert gate("s3cr3t-1").text("s3cr3t-1s3cr3t-1") == "masked_SECRET_0_8chars" * 2


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("a" * 40, id="one_letter"),
        pytest.param("abab" * 8, id="a_pattern"),
        pytest.param("ΟΔΥΣΣΕΥΣ-9", id="a_final_sigma"),
        pytest.param("DİYARBAKIR-7", id="a_letter_that_grows_in_lower_case"),
        pytest.param("日本語のパスワード", id="no_latin_letter"),
        pytest.param("\ud83dhalf-a-pair", id="half_a_surrogate_pair"),
        pytest.param("  s3cr3t-with-margins \n", id="white_space_around"),
        pytest.param("e\u0301te\u0301-s3cr3t", id="decomposed_letters"),
    ],
)
def test_unusual_secrets_are_masked(secret: str) -> None:
    """A secret may consist of anything."""
    masked = gate(secret).text(f"[{secret.strip().lower()}] and [{secret.strip()}]")

    assert secret.strip() not in masked
    assert len(MASK.findall(masked)) == 2


def test_a_secret_beside_letters_that_change_length_is_found() -> None:
    """INVARIANT: places in a text are places in its folded form, whatever its letters do."""
    masked = gate("s3cr3t-1234").text("İİİİ s3cr3t-1234 ΣΑΣ İ")

    assert masked == "İİİİ masked_SECRET_0_11chars ΣΑΣ İ"


def test_composed_and_decomposed_letters_are_the_same_secret() -> None:
    """A secret with accents is found in either form of Unicode."""
    assert "masked" in gate("été-s3cr3t").text("e\u0301te\u0301-s3cr3t")


WORDS = ("booking", "order", "price", "account", "the", "status", "expected", "token", "password")
LINES = (
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
)


def ordinary_lines(count: int) -> list[str]:
    """Lines as logs, answers, code and reports have them, the same ones each time."""
    chance = random.Random(20_240_101)

    def line(number: int) -> str:
        some = chance.getrandbits(128)
        return chance.choice(LINES).format(
            number=number,
            day=number % 10,
            word=chance.choice(WORDS),
            other=chance.choice(WORDS),
            uuid=uuid.UUID(int=some),
            hex=f"{some:x}",
        )

    return [line(number) for number in range(count)]


def test_ordinary_lines_are_not_changed() -> None:
    """INVARIANT: with fifty secrets registered, none of 10,000 ordinary lines is changed."""
    chance = random.Random(11)
    redactor = gate(*("".join(chance.choices(LETTERS + DIGITS, k=24)) for _ in range(50)))

    changed = [line for line in ordinary_lines(10_000) if redactor.text(line) != line]

    assert changed == []


def test_words_of_a_secret_are_not_masked_alone() -> None:
    """A secret made of words hides none of them where they stand by themselves."""
    redactor = gate(
        "correct horse battery",
        "password123",
        "https://hooks.example.com/services/T0B0/x9Kq2Lm4Zr8",
    )
    text = "the correct horse sent a password to https://hooks.example.com/status"

    assert redactor.text(text) == text


def test_a_text_that_cannot_hold_a_secret_comes_back_itself() -> None:
    """Nothing is copied where there is nothing to mask."""
    text = "all is well"

    assert gate("s3cr3t-1234").text(text) is text
