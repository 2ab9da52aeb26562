"""A run that met nothing of the API says so before anything else."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

SOURCE = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(5))
    def test_it(api, number):
        expect(api.get(f"/booking/{number}"), 200)
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize("style", ["-v", "-q"])
def test_everything_404_suggests_the_base_url(
    suite: Suite, raw_server: Serve, workers: tuple[str, ...], style: str
) -> None:
    """INVARIANT: its first words; nothing was judged, and each test says why."""
    ran = suite(SOURCE, style, *workers, base_url=raw_server(raw.answer(404)).url)

    assert ran.ret == 75
    assert {code for codes in ran.codes.values() for code in codes} == {"run.address"}
    assert "This was no test run: every one of 5 answers was 404. See that base_url" in ran.text


def test_an_api_that_is_there_is_judged(suite: Suite, raw_server: Serve) -> None:
    """A single other answer is enough."""
    server = raw_server(raw.answer(200), raw.answer(404))

    ran = suite(SOURCE, base_url=server.url)

    assert "no test run" not in ran.text


def test_a_suite_about_404_is_one(suite: Suite, raw_server: Serve) -> None:
    """Where all held, nobody is told otherwise."""
    ran = suite(SOURCE.replace("200", "404"), base_url=raw_server(raw.answer(404)).url)

    assert ran.ret == 0
    assert "no test run" not in ran.text


def test_everything_refused_suggests_the_login(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: no call was let in: inconclusive, 75, and its first words."""
    monkeypatch.setenv("KEY", "k-123456")
    toml = 'auth = {kind = "api_key", name = "X-Key", value = "env:KEY"}'

    ran = suite(SOURCE, base_url=raw_server(raw.answer(401)).url, toml=toml)

    assert ran.ret == 75, ran.text
    assert set(ran.codes["test_it[0]"]) == {"auth.never_worked"}
    assert "This was no test run: every one of 5 answers was 401 or 403." in ran.text
