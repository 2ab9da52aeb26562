"""Tests of Hypothesis in real runs: one verdict for all examples, and a failure that stays."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from redhanded.plugin.searches import SMALLER
from tests.plugin.sky import PATIENT, Sky
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

ONE = """
    from hypothesis import given, strategies as st
    from redhanded import expect
    from redhanded.data import search

    @search(examples=20, derandomize=True)
    @given(n=st.integers(0, 1000))
    def test_any(api, n):
        expect(api.get(f"/{n}"), 200)
"""
LONG = """
    from hypothesis import given, strategies as st
    from redhanded import expect
    from redhanded.data import search

    @search(examples=20, derandomize=True)
    @given(n=st.lists(st.integers(0, 10**9), min_size=8, max_size=12))
    def test_any(api, n):
        expect(api.get(f"/{sum(n)}"), 200)
"""
ASYNC = """
    import pytest
    from hypothesis import given, strategies as st
    from redhanded import expect
    from redhanded.data import search

    @pytest.mark.asyncio
    @search(examples=20, derandomize=True)
    @given(n=st.integers(0, 1000))
    async def test_any(async_api, n):
        expect(await async_api.get(f"/{n}"), 200)
"""
DRAWN = """
    from hypothesis import given, strategies as st
    from redhanded import expect
    from redhanded.data import search

    @search(examples=20, derandomize=True)
    @given(data=st.data())
    def test_any(api, data):
        expect(api.get(f"/{data.draw(st.integers(0, 1000))}"), 200)
"""
WITH_HYPOTHESIS = ("-p", "hypothesispytest")
CALM = "diagnosis = { enabled = false }\nretry = { capacity = 0 }\n"


def api(status: Callable[[int], int]) -> raw.Script:
    """An API whose status depends on the number that its path ends with."""

    def answer(received: raw.Received) -> bytes:
        word = received.path.removeprefix("/")
        return raw.message(status(int(word)) if word.isdecimal() else 200)

    return raw.reply(answer)


def numbers(ran: Ran) -> list[int]:
    """The numbers that were sent, in their order."""
    return [int(path[1:]) for path in ran.paths if path[1:].isdecimal()]


def test_examples_that_hold_are_one_test_that_holds(suite: Suite, raw_server: Serve) -> None:
    """With Hypothesis's own plugin too: its check of fixtures is switched off by `search`."""
    ran = suite(ONE, *WITH_HYPOTHESIS, base_url=raw_server(api(lambda _: 200)).url)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_any": "pass"}
    assert len(numbers(ran)) == 20


@pytest.mark.parametrize("source", [ONE, ASYNC], ids=["sync", "async"])
def test_the_smallest_example_that_fails_is_the_defect(
    suite: Suite, raw_server: Serve, source: str
) -> None:
    """It is told, and no input that failed was sent again to see whether it fails once more."""
    url = raw_server(api(lambda n: 404 if n >= 10 else 200)).url

    ran = suite(source, base_url=url, toml=CALM)

    assert ran.verdicts == {"test_any": "defect"}
    assert ran.codes == {"test_any": ["status"]}
    assert "n=10," in ran.text
    failed = Counter(n for n in numbers(ran) if n >= 10)
    assert 10 in failed
    assert set(failed.values()) == {1}


def test_an_asynchronous_search_leaves_no_connection_open(suite: Suite, raw_server: Serve) -> None:
    """Each example gives its own up, for only its loop can."""
    source = ASYNC + "\n    def test_after():\n        import gc; gc.collect()\n"

    ran = suite(source, base_url=raw_server(api(lambda _: 200)).url, toml=CALM)

    assert ran.verdicts == {"test_any": "pass", "test_after": "pass"}, ran.text


def test_an_api_that_errs_once_is_a_defect_and_no_flaky_test(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: a whole wrong answer is never asked for again until it is right."""
    turn = itertools.count(1)
    url = raw_server(api(lambda _: 404 if next(turn) == 5 else 200)).url

    ran = suite(ONE, base_url=url, toml=CALM)

    assert ran.verdicts == {"test_any": "defect"}
    assert "Flaky" not in ran.text


def test_a_search_for_the_smallest_example_has_an_end(suite: Suite, raw_server: Serve) -> None:
    """So many more examples are sent, and then the smallest so far is told."""
    url = raw_server(api(lambda n: 404 if n >= 10**9 else 200)).url

    ran = suite(LONG, base_url=url, toml=CALM)

    first = next(at for at, n in enumerate(numbers(ran)) if n >= 10**9)
    assert ran.verdicts == {"test_any": "defect"}
    assert 0 < len(numbers(ran)) - first - 1 <= SMALLER


def test_weather_ends_a_search_at_once_and_it_is_run_again(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """No smaller example is looked for where none had an answer; a later round begins anew."""
    ran = suite(ONE, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0, ran.text
    assert [(e["round"], e["verdict"]) for e in ran.of("test_ended")] == [
        (0, "inconclusive"),
        (1, "recovered"),
    ]
    assert len(numbers(ran)) == 1 + 20


def test_weather_after_a_failure_takes_nothing_back(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: what was seen stays seen."""
    turn = itertools.count(1)
    url = raw_server(api(lambda _: 200 if (at := next(turn)) < 5 else 404 if at == 5 else 503)).url

    ran = suite(ONE, base_url=url, toml=PATIENT)

    assert ran.verdicts == {"test_any": "defect"}


def test_what_is_drawn_within_a_test_is_searched_as_hypothesis_does(
    suite: Suite, raw_server: Serve
) -> None:
    """Such inputs are known to nobody before they are sent, so nothing is remembered of them."""
    url = raw_server(api(lambda n: 404 if n >= 10 else 200)).url

    ran = suite(DRAWN, base_url=url, toml=CALM)

    assert ran.verdicts == {"test_any": "defect"}
    assert "Draw 1: 10" in ran.text


def test_a_fault_of_the_test_stays_one(suite: Suite, raw_server: Serve) -> None:
    """A search is judged as any other test."""
    source = ONE.replace('expect(api.get(f"/{n}"), 200)', "api.get('/1'); raise KeyError(n)")

    ran = suite(source, base_url=raw_server(api(lambda _: 200)).url)

    assert ran.verdicts == {"test_any": "test_bug"}
    assert not ran.shows_our_frames
