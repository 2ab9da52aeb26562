"""Secrets on their way from a worker to its controller."""

from __future__ import annotations

import pytest

from redhanded.core.sealing import seal, unseal

KEY, SECRETS = b"k" * 32, {"q7Rk2vXw9LmT4bZs": "TOKEN", "pässwörd": "PASSWORD"}


def test_what_is_sealed_is_read_with_the_key_alone() -> None:
    """It comes back as it was, and shows nothing on its way."""
    sealed = seal(SECRETS, KEY)

    assert unseal(sealed, KEY) == SECRETS
    assert b"q7Rk2vXw".hex() not in sealed
    assert b"TOKEN".hex() not in sealed


def test_no_two_seals_are_alike() -> None:
    """Equal secrets are not told to be equal."""
    assert seal(SECRETS, KEY) != seal(SECRETS, KEY)


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param(seal(SECRETS, b"x" * 32), id="another-key"),
        pytest.param(seal(SECRETS, KEY)[:-2] + "00", id="altered"),
        pytest.param("", id="empty"),
        pytest.param("zz", id="no-hex"),
    ],
)
def test_what_was_not_sealed_so_is_refused(sealed: str) -> None:
    """Never read as secrets of this run."""
    with pytest.raises(ValueError, match=r"sealed|hex"):
        unseal(sealed, KEY)


def test_nothing_is_sealed_too() -> None:
    """A worker may have learned nothing."""
    assert unseal(seal({}, KEY), KEY) == {}
