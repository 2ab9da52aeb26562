"""Live output: a secret is masked in whatever pieces it arrives, and nothing else waits."""

from __future__ import annotations

import random

import pytest

from redhanded.core.masked_lines import MaskedLines
from redhanded.core.redaction import Redactor
from tests.core.leaks import SHAPES

TOKEN = "q7Rk2vXw9LmT4bZs"
MASK = "masked_TOKEN_16chars"


def knowing(*secrets: str) -> Redactor:
    """A redactor that knows these secrets."""
    redactor = Redactor()
    for secret in secrets or (TOKEN,):
        redactor.register(secret, name="TOKEN")
    return redactor


def shown(pieces: list[str], redactor: Redactor, *, is_flushed: bool) -> str:
    """All that is shown of these pieces."""
    lines, out = MaskedLines(redactor), ""
    for piece in pieces:
        out += lines.take(piece)
        out += lines.flush() if is_flushed else ""
    return out + lines.close()


def eights(secret: str) -> list[str]:
    """Every eight characters of a secret in a row, but for the fixed lines of a key file."""
    lines = [line for line in secret.splitlines() if not line.startswith("-----")]
    return [line[at : at + 8] for line in lines for at in range(max(1, len(line) - 7))]


@pytest.mark.parametrize("is_flushed", [True, False], ids=["flushed", "not-flushed"])
@pytest.mark.parametrize("at", range(len(TOKEN) + 1))
def test_a_secret_in_two_writes_is_masked(at: int, *, is_flushed: bool) -> None:
    """Where it is split says nothing; at most three characters of a long one come before it."""
    out = shown([f"it is {TOKEN[:at]}", f"{TOKEN[at:]} so\n"], knowing(), is_flushed=is_flushed)

    assert "masked_TOKEN" in out
    assert not [at for at in range(len(TOKEN) - 3) if TOKEN[at : at + 4] in out]
    assert out.endswith(" so\n")


@pytest.mark.parametrize("secret", [*SHAPES.values()], ids=[*SHAPES])
def test_a_secret_in_random_pieces_is_masked(secret: str) -> None:
    """INVARIANT: no eight characters of a secret are shown in a row, however it is written."""
    chance = random.Random(secret)
    for _ in range(40):
        text = f"before {secret} after"
        cuts = sorted(chance.sample(range(len(text)), 4))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]

        out = shown(pieces, knowing(secret), is_flushed=chance.random() < 0.8)

        assert not [piece for piece in eights(secret) if piece in out], pieces
        assert out.startswith("before ")


def test_whole_lines_come_at_once() -> None:
    """What follows the last line's end waits for its own, or for a flush."""
    lines = MaskedLines(knowing())

    assert lines.take(f"a {TOKEN}\nb") == f"a {MASK}\n"
    assert lines.take(" c") == ""
    assert lines.flush() == "b c"
    assert lines.close() == ""


def test_progress_is_shown_letter_by_letter() -> None:
    """What begins no secret is never held back by a flush."""
    lines = MaskedLines(knowing())

    assert [lines.take(letter) + lines.flush() for letter in "..FxE"] == [*"..FxE"]


def test_what_may_begin_a_secret_waits_and_comes_in_the_end() -> None:
    """Nothing is lost where the rest never comes."""
    lines = MaskedLines(knowing())

    lines.take(f"x {TOKEN[:6]}")

    assert lines.flush() == "x "
    assert lines.close() == TOKEN[:6]


def test_a_line_without_an_end_is_not_kept_for_ever() -> None:
    """A stream of megabytes without a line's end takes no megabytes of memory."""
    lines = MaskedLines(knowing())

    assert len(lines.take("x" * 70_000)) == 70_000
