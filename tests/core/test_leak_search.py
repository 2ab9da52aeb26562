"""The search of what was written: as thorough as the gate, and quick where there is nothing."""

from __future__ import annotations

import json
import random

import pytest

from redhanded.core.redaction import Redactor
from tests.core.leaks import ENCODINGS, SHAPES


def knowing(*secrets: str) -> Redactor:
    """A redactor that knows these secrets."""
    redactor = Redactor()
    for secret in secrets:
        redactor.register(secret, name="KEY")
    return redactor


@pytest.mark.parametrize("encoding", [*ENCODINGS])
@pytest.mark.parametrize("shape", [*SHAPES])
def test_what_the_gate_would_mask_is_found(shape: str, encoding: str) -> None:
    """INVARIANT: no encoding that the gate knows hides a secret from the search."""
    search = knowing(SHAPES[shape]).leak_search()
    text = f'{{"before": 1}}\n{ENCODINGS[encoding](SHAPES[shape])}\n{{"after": 2}}\n'

    assert search.find(text.encode("utf-8", "surrogatepass"))


def test_a_find_names_its_place_in_bytes() -> None:
    """Whoever looks for it opens the file there."""
    search = knowing("q7Rk2vXw9LmT4bZs").leak_search()

    assert search.find("ä q7Rk2vXw9LmT4bZs".encode()) == [(3, "KEY")]


@pytest.mark.parametrize("depth", [1, 2, 3], ids=["once", "twice", "thrice"])
def test_json_in_json_hides_nothing(depth: int) -> None:
    """A body stands in an event, and an event in a report."""
    text = 'a"b\\c/d q7Rk2v'
    search = knowing(text).leak_search()
    for _ in range(depth):
        text = json.dumps({"in": text})

    assert search.find(text.encode())


def test_half_of_a_secret_is_a_find() -> None:
    """Eleven characters or more, at whatever place they begin."""
    secret = "".join(random.Random(1).choices("abcdefghijkmnpqrstuvwxyz23456789", k=40))
    search = knowing(secret).leak_search()

    for start in range(20):
        assert search.find(b"." * start + secret[start : start + 20].encode()), start


def test_ordinary_text_holds_nothing() -> None:
    """Fifty secrets, and 200,000 characters that are none of them."""
    chance = random.Random(2)
    letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="\\:,{}& \n'
    search = knowing(*("".join(chance.choices(letters[:62], k=24)) for _ in range(50)))

    text = "".join(chance.choices(letters, k=200_000))

    assert search.leak_search().find(text.encode()) == []


def test_a_run_without_secrets_finds_none() -> None:
    """There is nothing to look for."""
    assert Redactor().leak_search().find(b"anything\\n&amp;") == []


def test_secrets_are_told_with_their_names() -> None:
    """For the controller of workers, and for nobody else."""
    redactor = knowing("q7Rk2vXw9LmT4bZs")
    redactor.issue("Zk38dkPq71fkWmfxei92", name="access_token")

    assert redactor.secrets() == {
        "q7Rk2vXw9LmT4bZs": "KEY",
        "Zk38dkPq71fkWmfxei92": "access_token",
    }
