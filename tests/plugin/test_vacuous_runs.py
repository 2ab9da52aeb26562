"""A run that sent no request, checked nothing, or skipped everything is never green."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.conftest import Ran, Serve
from tests.servers import raw

Suite = Callable[..., Ran]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param(
            "def test_it(api):\n    api.get('/x')\n", "no answer was held against", id="no-check"
        ),
        pytest.param(
            "import pytest\n\n@pytest.mark.skip(reason='later')\ndef test_it(api):\n    pass\n",
            "every test was skipped",
            id="all-skipped",
        ),
    ],
)
def test_a_run_that_proved_nothing_ends_with_5(
    suite: Suite, raw_server: Serve, source: str, sentence: str
) -> None:
    """Exit code 5 and the reason, in place of a green that says nothing."""
    ran = suite(source, base_url=raw_server(raw.answer_json({})).url)

    assert ran.result.ret == 5, ran.text
    assert sentence in ran.text


def test_a_test_that_asks_for_a_client_and_sends_nothing_is_a_test_bug(
    suite: Suite, raw_server: Serve
) -> None:
    """Such a test would be green for ever."""
    ran = suite("def test_it(api):\n    assert True\n", base_url=raw_server(raw.answer(200)).url)

    assert ran.result.ret == 1
    assert ran.verdicts == {"test_it": "test_bug"}
    assert "sent no request" in ran.text


def test_a_plain_assert_counts_as_a_check(suite: Suite, raw_server: Serve) -> None:
    """Nobody has to use expect()."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 200\n"

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.result.ret == 0, ran.text


def test_a_check_in_a_fixture_or_a_client_of_the_suite_counts(
    suite: Suite, raw_server: Serve
) -> None:
    """Asserts need not stand in the test function itself."""
    source = """
        def healthy(api):
            assert api.get("/x").status_code == 200

        def test_it(api):
            healthy(api)
    """

    assert suite(source, base_url=raw_server(raw.answer(200)).url).result.ret == 0


def test_the_rule_can_be_switched_off(suite: Suite, raw_server: Serve) -> None:
    """`vacuous = "allow"` leaves the exit code to pytest."""
    ran = suite(
        "def test_it(api):\n    api.get('/x')\n",
        base_url=raw_server(raw.answer(200)).url,
        toml='vacuous = "allow"\n',
    )

    assert ran.result.ret == 0


def test_a_project_that_does_not_speak_of_us_is_left_alone(suite: Suite) -> None:
    """Without settings and without our fixtures a run is pytest's own, and leaves nothing behind."""
    ran = suite("def test_it():\n    assert True\n")

    assert ran.result.ret == 0
    assert not (ran.folder / ".redhanded").exists()


def test_a_run_of_unit_tests_in_a_configured_project_is_green(
    suite: Suite, raw_server: Serve
) -> None:
    """Where no selected test asks for a client, nothing is claimed about the API."""
    ran = suite("def test_it():\n    assert True\n", base_url=raw_server(raw.answer(200)).url)

    assert ran.result.ret == 0, ran.text
