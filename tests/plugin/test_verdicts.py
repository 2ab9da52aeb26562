"""Each test ends with one verdict, and the run with the exit code that follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.conftest import Ran, Serve
from tests.servers import raw

Suite = Callable[..., Ran]

PLAIN = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/thing"), 200, dict)
"""


def test_a_test_whose_checks_hold_at_once_passes(suite: Suite, raw_server: Serve) -> None:
    """pass: every check held on the first attempt of every call."""
    ran = suite(PLAIN, base_url=raw_server(raw.answer_json({"id": 1})).url)

    assert ran.result.ret == 0
    assert ran.verdicts == {"test_it": "pass"}
    assert "Green: 1 test held." in ran.text


def test_a_test_that_needed_a_second_attempt_is_recovered(suite: Suite, raw_server: Serve) -> None:
    """recovered: green, listed on its own line, and red beyond the limit that the settings draw."""
    server = raw_server(raw.reset_after_request(), raw.answer_json({"id": 1}))

    ran = suite(PLAIN, base_url=server.url, toml="[tool.redhanded.recovered]\nlimit = 1.0\n")

    assert ran.result.ret == 0
    assert ran.verdicts == {"test_it": "recovered"}
    ran.result.stdout.fnmatch_lines(["*1 recovered*"])


@pytest.mark.parametrize(
    ("source", "answer", "verdict"),
    [
        pytest.param("expect(api.get('/x'), 200)", raw.answer(404), "defect", id="status"),
        pytest.param("expect(api.get('/x'), 200)", raw.answer(500), "defect", id="server-error"),
        pytest.param(
            "assert api.get('/x').json()['id'] == 2",
            raw.answer_json({"id": 1}),
            "defect",
            id="plain-assert",
        ),
        pytest.param(
            "expect(api.get('/x'), 200, dict[str, int])",
            raw.answer_json({"id": "1"}),
            "drift",
            id="shape",
        ),
        pytest.param("expect(api.get('/x'), 200, dict)", raw.html_where_json(), "drift", id="html"),
        pytest.param(
            "expect(api.get('/x'), 200, within=1e-9)",
            raw.answer_json({"id": 1}),
            "slow",
            id="ceiling",
        ),
        pytest.param("api.get('/x'); 1 / 0", raw.answer(200), "test_bug", id="own-exception"),
        pytest.param("api.get('http://[')", raw.answer(200), "test_bug", id="bad-url"),
        pytest.param("api.get('/x')", raw.content_length_and_chunked(), "defect", id="protocol"),
    ],
)
def test_what_is_wrong_decides_the_verdict(
    suite: Suite, raw_server: Serve, source: str, answer: object, verdict: str
) -> None:
    """Every red verdict ends the run with exit code 1 and is named in the summary."""
    ran = suite(
        f"from redhanded import expect\n\ndef test_it(api):\n    {source}\n",
        base_url=raw_server(answer).url,
    )

    assert ran.result.ret == 1, ran.text
    assert ran.verdicts == {"test_it": verdict}
    assert verdict.upper().replace("_", " ") in ran.text


def test_a_dead_api_is_inconclusive_and_ends_with_75(suite: Suite, closed_port: int) -> None:
    """inconclusive: neither red nor green, with the fact that shows it."""
    ran = suite(PLAIN, base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.result.ret == 75, ran.text
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert "refused" in ran.text


def test_red_wins_over_inconclusive(suite: Suite, closed_port: int) -> None:
    """A run with a defect ends with 1, whatever else could not be judged."""
    ran = suite(
        PLAIN + "\ndef test_bug():\n    1 / 0\n", base_url=f"http://127.0.0.1:{closed_port}"
    )

    assert ran.result.ret == 1
    assert set(ran.verdicts.values()) == {"inconclusive", "test_bug"}


def test_a_failed_write_is_never_sent_twice(suite: Suite, raw_server: Serve) -> None:
    """A POST whose answer is lost reaches the server once."""
    server = raw_server(raw.reset_after_request(), raw.answer(201))

    ran = suite("def test_it(api):\n    api.post('/orders', json={})\n", base_url=server.url)

    assert len(server.requests) == 1
    assert ran.verdicts == {"test_it": "inconclusive"}


def test_a_late_answer_is_slow_even_where_every_check_held(suite: Suite, raw_server: Serve) -> None:
    """A ceiling of the marker turns a passing test into `slow`."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.slo(ceiling=1e-9)
        def test_it(api):
            expect(api.get("/x"), 200)
    """
    ran = suite(source, base_url=raw_server(raw.answer_json({})).url)

    assert ran.result.ret == 1
    assert ran.verdicts == {"test_it": "slow"}
