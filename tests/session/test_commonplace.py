"""What is a leak, and what only looks like one because the secret is a word that anyone uses."""

from __future__ import annotations

import pytest

from redhanded.core.redaction import Redactor
from redhanded.session.commonplace import Commonplace

KNOWN = ("http://orders.staging.example:8080", "tests/test_orders.py::test_total")


def searched(secret: str, text: str) -> tuple[list[tuple[int, str]], set[str]]:
    """The finds of the secret in the text, and the names of those that are words."""
    redactor = Redactor()
    redactor.register(secret, name="KEY")
    common = Commonplace(KNOWN)
    return [*redactor.leak_search(common.leaks).find(text.encode())], common.names


@pytest.mark.parametrize(
    "secret",
    ["password", "Password", "verdict", "orders.staging.example", "test_total"],
    ids=["ours", "in capitals", "key of a report", "host", "test"],
)
def test_a_word_that_stands_there_anyway_is_no_leak(secret: str) -> None:
    """NEGATIVE SPACE: no run is red for a word of ours; the secret's name is kept for a note."""
    assert searched(secret, f"see {secret} here") == ([], {"KEY"})


@pytest.mark.parametrize(
    "secret",
    ["q7Rk2vXw9LmT4bZs", "ykttetcswwnryj", "test_tota", "passw0rd"],
    ids=["token", "letters", "part of a word", "with a digit"],
)
def test_what_nobody_else_writes_is_a_leak(secret: str) -> None:
    """What merely resembles a word is a secret like any other."""
    assert searched(secret, f"see {secret} here") == ([(4, "KEY")], set())


def test_a_word_in_another_spelling_is_a_leak() -> None:
    """Nobody writes a field's name in base64: it was put there."""
    finds, names = searched("password", "see cGFzc3dvcmQ= here")

    assert (finds, names) == ([(4, "KEY")], set())
