"""Keys that end by themselves: what is over takes no place."""

from __future__ import annotations

from redhanded.fleet.keyspace import Keyspace


def test_what_is_over_is_not_kept() -> None:
    """INVARIANT: claims, texts and groups of long ago do not fill the store."""
    keys = Keyspace()
    keys.claim("login", "ann", until=10.0, now=0.0)
    keys.put("token", "t", until=10.0, now=0.0)
    keys.beat("run", "ann", until=10.0, now=0.0)

    keys.claim("other", "bob", until=99.0, now=10.0)

    assert keys == Keyspace(claims={"other": ("bob", 99.0)}, seen=10.0)


def test_what_is_not_over_is_kept() -> None:
    """A member that is still alive stays in its group beside one that is not."""
    keys = Keyspace()
    keys.beat("run", "ann", until=10.0, now=0.0)
    keys.beat("run", "bob", until=30.0, now=0.0)

    assert keys.beat("run", "cat", until=40.0, now=20.0) == {"bob", "cat"}
    assert keys.groups == {"run": {"bob": 30.0, "cat": 40.0}}


def test_nothing_outlives_its_clock() -> None:
    """INVARIANT: where the clock was set back, as by a restart, nothing is held for ever."""
    keys = Keyspace()
    keys.claim("login", "ann", until=9_060.0, now=9_000.0)
    keys.put("token", "t", until=9_060.0, now=9_000.0)
    keys.beat("run", "ann", until=9_060.0, now=9_000.0)

    assert keys.get("token", now=10.0) is None
    assert keys.claim("login", "bob", until=70.0, now=10.0) == "bob"
    assert keys.beat("run", "bob", until=70.0, now=10.0) == {"bob"}


def test_a_clock_that_goes_back_a_little_takes_nothing() -> None:
    """Half a second is no restart."""
    keys = Keyspace()
    keys.claim("login", "ann", until=60.0, now=10.0)
    keys.put("token", "t", until=60.0, now=10.0)

    assert keys.get("token", now=9.5) == "t"
    assert keys.claim("login", "bob", until=60.0, now=9.5) == "ann"
