"""Secrets are of eight shapes, and each tells by which channel it came."""

from __future__ import annotations

import random

import pytest

from bench.secrets.channels import CHANNELS, UNDECLARED
from bench.secrets.reader import found, reading
from bench.secrets.shapes import SHAPES, Make
from redhanded.core.encodings import SHORTEST_SECRET


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_a_secret_is_found_in_no_other_of_its_shape(make: Make) -> None:
    """INVARIANT: a leak names its channel, so no two secrets of a session share a piece."""
    chance = random.Random(5)
    met, others = ([make(chance) for _ in CHANNELS] for _ in range(2))

    texts = list(reading("\n\n".join(one.text for one in met).encode()))

    assert all(found(one, texts) for one in met)
    assert not any(found(one, texts) for one in others)


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_a_secret_can_be_declared_and_sent_by_every_channel(make: Make) -> None:
    """Each is long enough to be told from text, holds its parts, and is text a file can hold."""
    for seed in range(200):
        text, parts = make(random.Random(seed))

        assert len(text.strip()) >= SHORTEST_SECRET
        assert all(part in text for part in parts)
        assert text == text.strip("\r\n")
        assert "\0" not in text
        assert text.encode().decode() == text


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_secrets_are_the_same_for_each_seed(make: Make) -> None:
    """A leak that was seen once is shown again by its seed."""
    assert make(random.Random(1)) == make(random.Random(1))
    assert make(random.Random(1)) != make(random.Random(2))


def test_there_are_1_440_cells() -> None:
    """Thirty channels, eight shapes, six modes; the channels that say nothing are among them."""
    from bench.secrets.sessions import MODES

    assert len(CHANNELS) * len(SHAPES) * len(MODES) == 1_440
    assert set(CHANNELS) > UNDECLARED
