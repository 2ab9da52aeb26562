"""A run that sent no request, checked nothing, or skipped everything is never green."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw


@pytest.mark.parametrize(
    "source, sentence",
    [
        pytest.param(
            "def test_it(api):\n    api.get('/x')\n",
            "Not green: requests were sent and no answer was held against anything: use "
            "expect(...) or assert.",
            id="no-check",
        ),
        pytest.param(
            "import pytest\n\n@pytest.mark.skip(reason='later')\ndef test_it(api):\n    pass\n",
            "Not green: every test was skipped, so nothing was checked.",
            id="all-skipped",
        ),
        pytest.param(
            "import pytest\n\ndef test_it(api):\n    api.get('/x')\n    pytest.skip('later')\n",
            "Not green: every test was skipped, so nothing was checked.",
            id="skipped-after-a-request",
        ),
    ],
)
@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_run_that_proved_nothing_ends_with_5(
    suite: Suite, raw_server: Serve, source: str, sentence: str, workers: list[str]
) -> None:
    """Exit code 5 and the reason, in place of a green that says nothing."""
    ran = suite(source, *workers, base_url=raw_server(raw.answer_json({})).url)

    assert ran.ret == 5, ran.text
    assert ran.section[0] == sentence


def test_a_test_that_asks_for_a_client_and_sends_nothing_is_a_test_bug(
    suite: Suite, raw_server: Serve
) -> None:
    """Such a test would be green for ever."""
    ran = suite("def test_it(api):\n    assert True\n", base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1
    assert ran.codes == {"test_it": ["test.no_request"]}
    assert "TEST BUG test.no_request: the test asked for a client and sent no request" in ran.text


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\n    assert api.get('/x').status_code == 200\n", id="assert"),
        pytest.param(" assert api.get('/x').status_code == 200\n", id="assert-in-one-line"),
        pytest.param("\n    api.get('/x').raise_for_status()\n", id="raise-for-status"),
        pytest.param(
            "\n    with pytest.raises(KeyError):\n        api.get('/x').json()['y']\n", id="raises"
        ),
    ],
)
def test_a_plain_check_counts(suite: Suite, raw_server: Serve, source: str) -> None:
    """Nobody has to use expect()."""
    ran = suite(
        f"import pytest\n\ndef test_it(api):{source}",
        base_url=raw_server(raw.answer_json({})).url,
    )

    assert ran.ret == 0, ran.text


def test_a_check_in_a_client_of_the_suite_counts(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """Asserts need not stand in the test function, nor in its module."""
    pytester.makepyfile(shop="def look(api):\n    assert api.get('/x').status_code == 200\n")
    source = "from shop import look\n\ndef test_it(api):\n    look(api)\n"

    assert suite(source, base_url=raw_server(raw.answer(200)).url).ret == 0


def test_the_rule_can_be_switched_off(suite: Suite, raw_server: Serve) -> None:
    """`vacuous = "allow"` leaves the exit code to pytest, and a test that sends nothing alone."""
    source = "def test_it(api):\n    api.get('/x')\n\ndef test_idle(api):\n    pass\n"

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, toml='vacuous = "allow"\n')

    assert ran.ret == 0


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def test_it():\n    assert True\n", id="nothing-of-ours"),
        pytest.param(
            "import pytest\n\n@pytest.fixture\ndef api():\n    return 7\n\n"
            "@pytest.fixture\ndef settings(api):\n    return api\n\n"
            "def test_it(api, settings):\n    assert api == settings\n",
            id="fixtures-of-the-same-names",
        ),
    ],
)
def test_a_project_that_does_not_speak_of_us_is_left_alone(suite: Suite, source: str) -> None:
    """Such a run is pytest's own: no header, no section, nothing left behind."""
    ran = suite(source)

    assert ran.ret == 0
    assert "redhanded" not in ran.text.replace("redhanded-0", "")
    assert not (ran.folder / ".redhanded").exists()


def test_a_project_may_use_us_without_configuring_anything(suite: Suite) -> None:
    """The first fixture of ours begins the run."""
    source = """
        from pydantic import BaseModel

        class New(BaseModel):
            name: str

        def test_it(make, cleanup):
            cleanup(print, "removed")
            assert make(New).name
    """

    ran = suite(source, "--rh-seed=7")

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_it": "pass"}


def test_a_run_of_unit_tests_in_a_configured_project_is_green(
    suite: Suite, raw_server: Serve
) -> None:
    """Where no selected test asks for a client, nothing is claimed about the API."""
    source = """
        import pytest

        def test_it():
            assert True

        def test_skipped_in_time(api):
            pytest.skip("not here")
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_it": "pass", "test_skipped_in_time": None}


def test_an_empty_run_stays_pytests_own(suite: Suite, raw_server: Serve) -> None:
    """No tests collected is 5, with or without us, and says nothing of verdicts."""
    ran = suite("", base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 5
    assert "= redhanded =" not in ran.text


def test_a_source_that_cannot_be_read_checks_nothing(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """A module may come from a file that is gone by now; it is no reason to fail."""
    pytester.makepyfile(shop="def look(api):\n    assert api.get('/x')\n")
    source = """
        import os
        import shop

        def test_it(api):
            os.remove(shop.__file__)
            shop.look(api)
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 5
    assert ran.section[0].startswith("Not green: requests were sent")


def test_a_run_of_which_nobody_sent_anything_is_not_green(suite: Suite, raw_server: Serve) -> None:
    """An expected failure before the first request proves nothing about the API."""
    source = """
        import pytest

        @pytest.mark.xfail(strict=False)
        def test_it(api):
            assert False
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 5
    assert ran.verdicts == {"test_it": None}
    assert ran.section[0] == "Not green: no request was sent, so nothing was checked."
