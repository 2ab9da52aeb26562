"""Each test ends with one verdict, and the run with the exit code that follows."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

PLAIN = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/thing"), 200, dict)
"""
RESET_ONCE = (raw.reset_after_request(), raw.answer_json({"id": 1}))
NO_RETRIES = """
[tool.redhanded.retry]
capacity = 0
[tool.redhanded.breaker]
consecutive = 100
minimum = 100
"""
ANY_WEATHER = "[tool.redhanded.recovered]\nlimit = 1.0\nstatuses_5xx = false\n"


def test_a_test_whose_checks_hold_at_once_passes(suite: Suite, raw_server: Serve) -> None:
    """pass: every check held on the first attempt of every call."""
    ran = suite(PLAIN, base_url=raw_server(raw.answer_json({"id": 1})).url)

    assert ran.ret == 0
    assert ran.verdicts == {"test_it": "pass"}
    assert ran.section[0] == "Green: 1 test held."


def test_a_test_that_needed_a_second_attempt_is_recovered(suite: Suite, raw_server: Serve) -> None:
    """recovered: green, and listed by itself with the weather that it met."""
    ran = suite(PLAIN, base_url=raw_server(*RESET_ONCE).url, toml=ANY_WEATHER)

    assert ran.ret == 0
    assert ran.verdicts == {"test_it": "recovered"}
    assert ran.section[:3] == [
        "Green: 1 test held, 1 of them recovered from weather.",
        "  R RECOVERED net.reset: GET /thing: closed before headers, fresh connection, then 200",
        "    test_suite.py::test_it",
    ]
    ran.result.stdout.fnmatch_lines(["*1 recovered in*"])


@pytest.mark.parametrize(
    "toml, answers, sentence",
    [
        pytest.param(
            "",
            RESET_ONCE,
            "Not green: 1 of 1 tests recovered from weather, more than recovered.limit = 0.01 "
            "allows.",
            id="share",
        ),
        pytest.param(
            "[tool.redhanded.recovered]\nlimit = 1.0\n",
            (raw.gateway_page(), raw.answer_json({})),
            "Not green: 1 of 1 tests recovered from weather, 1 of them from a server error: set "
            "recovered.statuses_5xx = false if that is no fault of the API.",
            id="server-error",
        ),
        pytest.param(
            "[tool.redhanded.recovered]\nlimit = 1.0\nstrict = true\n",
            RESET_ONCE,
            "Not green: 1 of 1 tests recovered from weather, and recovered.strict allows none.",
            id="strict",
        ),
    ],
)
def test_more_weather_than_the_settings_allow_is_not_green(
    suite: Suite, raw_server: Serve, toml: str, answers: tuple[raw.Script, ...], sentence: str
) -> None:
    """The run fails with 1; the test itself stays recovered."""
    ran = suite(PLAIN, base_url=raw_server(*answers).url, toml=toml)

    assert ran.ret == 1
    assert ran.verdicts == {"test_it": "recovered"}
    assert ran.section[0] == sentence


@pytest.mark.parametrize(
    "source, answer, verdict, code",
    [
        pytest.param(
            "expect(api.get('/x'), 200)",
            raw.answer(410),
            "defect",
            "status",
            id="status",
        ),
        pytest.param(
            "expect(api.get('/x'), 200)",
            raw.answer(500),
            "defect",
            "http.server_error",
            id="server-error",
        ),
        pytest.param(
            "assert api.get('/x').json()['id'] == 2",
            raw.answer_json({"id": 1}),
            "defect",
            "assert",
            id="plain-assert",
        ),
        pytest.param(
            "api.get('/x').raise_for_status()",
            raw.answer(410),
            "defect",
            "status",
            id="raise-for-status",
        ),
        pytest.param(
            "api.get('/x'); pytest.fail('no such order')",
            raw.answer(200),
            "defect",
            "assert",
            id="pytest-fail",
        ),
        pytest.param(
            "expect(api.get('/x'), 200, dict[str, int])",
            raw.answer_json({"id": "1"}),
            "drift",
            "body.schema",
            id="shape",
        ),
        pytest.param(
            "expect(api.get('/x'), 200, within=0.01)",
            raw.late_answer(seconds=0.03),
            "slow",
            "latency.ceiling",
            id="ceiling",
        ),
        pytest.param(
            "api.get('/x'); 1 / 0",
            raw.answer(200),
            "test_bug",
            "test.exception",
            id="own-exception",
        ),
        pytest.param(
            "api.get('/x'); raise SystemExit(3)",
            raw.answer(200),
            "test_bug",
            "test.exception",
            id="exit",
        ),
        pytest.param(
            "api.get('htp://x')", raw.answer(200), "test_bug", "test.request", id="bad-url"
        ),
        pytest.param(
            "expect(api.get('/x'), 999)", raw.answer(200), "test_bug", "test.usage", id="usage"
        ),
        pytest.param(
            "api.get('/x')",
            raw.content_length_and_chunked(),
            "defect",
            "http.protocol",
            id="protocol",
        ),
    ],
)
@pytest.mark.parametrize("style", ["long", "native"])
def test_what_is_wrong_decides_the_verdict(  # noqa: PLR0917  asked for by name
    suite: Suite,
    raw_server: Serve,
    source: str,
    answer: raw.Script,
    verdict: str,
    code: str,
    style: str,
) -> None:
    """Every red verdict ends the run with 1, is named, and shows the author's frames alone."""
    ran = suite(
        f"import pytest\nfrom redhanded import expect\n\ndef test_it(api):\n    {source}\n",
        f"--tb={style}",
        base_url=raw_server(answer).url,
    )

    assert ran.ret == 1, ran.text
    assert ran.verdicts == {"test_it": verdict}
    assert ran.codes == {"test_it": [code]}
    assert f"test_it - {verdict.upper().replace('_', ' ')} {code}: " in ran.text
    assert ran.section[0].startswith("Red: 1 ")
    assert not ran.shows_our_frames, ran.text


def test_a_whole_traceback_is_there_for_who_asks(suite: Suite, closed_port: int) -> None:
    """--full-trace leaves all frames in."""
    ran = suite(PLAIN, "--full-trace", base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.shows_our_frames


def test_a_dead_api_is_inconclusive_and_ends_with_75(suite: Suite, closed_port: int) -> None:
    """inconclusive: neither red nor green, with the fact that shows it."""
    ran = suite(PLAIN, base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.ret == 75, ran.text
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert ran.section[:2] == [
        "Not judged: 1 of 1 test kept from judging by the environment; 0 of 1 test held.",
        "  I INCONCLUSIVE net.refused: GET /thing: connection refused, 3 of 3 attempts",
    ]


def test_a_page_of_a_gateway_is_inconclusive(suite: Suite, raw_server: Serve) -> None:
    """HTML where JSON is declared does not come from the API."""
    ran = suite(PLAIN, base_url=raw_server(raw.html_where_json()).url)

    assert ran.ret == 75
    assert ran.codes == {"test_it": ["body.html"]}


def test_one_outage_is_one_finding(suite: Suite, closed_port: int) -> None:
    """The tests that met the same weather stand under one line, with their number."""
    source = """
        import pytest

        @pytest.mark.parametrize("number", range(5))
        def test_it(api, number):
            assert api.get(f"/{number}")
    """

    ran = suite(source, base_url=f"http://127.0.0.1:{closed_port}", toml=NO_RETRIES)

    assert ran.ret == 75
    assert ran.section[:6] == [
        "Not judged: 5 of 5 tests kept from judging by the environment; 0 of 5 tests held.",
        "  I INCONCLUSIVE net.refused: connection refused: 5 tests on GET /{}",
        "    test_suite.py::test_it[0]",
        "    test_suite.py::test_it[1]",
        "    test_suite.py::test_it[2]",
        "    + 2 more",
    ]


def test_an_outage_that_opens_the_circuit_is_one_finding(suite: Suite, closed_port: int) -> None:
    """The tests that were not even begun are counted with those that met the outage."""
    source = """
        import pytest

        @pytest.mark.parametrize("number", range(12))
        def test_it(api, number):
            assert api.get(f"/{number}")
    """

    ran = suite(source, base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.ret == 75
    told = [line for line in ran.section if "INCONCLUSIVE" in line]
    assert len(told) == 1
    assert told[0].startswith("  I INCONCLUSIVE net.refused: connection refused: 12 tests on ")
    assert told[0].endswith(" of them not sent")
    assert "note: 12 of 12 kept from judging by the environment: net.refused (12)" in ran.section


def test_red_wins_over_inconclusive(suite: Suite, closed_port: int) -> None:
    """A run with a red test ends with 1, whatever else could not be judged."""
    source = f"{PLAIN}\n    def test_bug():\n        1 / 0\n"

    ran = suite(source, base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.ret == 1
    assert ran.verdicts == {"test_it": "inconclusive", "test_bug": "test_bug"}
    assert "1 kept from judging" in ran.section[0]


def test_a_module_that_cannot_be_imported_wins_over_inconclusive(
    suite: Suite, pytester: pytest.Pytester, closed_port: int
) -> None:
    """Nobody knows what its tests would have said."""
    pytester.makepyfile(test_broken="import nothing_of_this_name")

    ran = suite(
        PLAIN, "--continue-on-collection-errors", base_url=f"http://127.0.0.1:{closed_port}"
    )

    assert ran.ret == 1


def test_a_failed_write_is_never_sent_twice(suite: Suite, raw_server: Serve) -> None:
    """A POST whose answer is lost reaches the server once."""
    server = raw_server(raw.reset_after_request(), raw.answer(201))

    ran = suite("def test_it(api):\n    api.post('/orders', json={})\n", base_url=server.url)

    assert [request.method for request in server.requests].count("POST") == 1
    assert ran.verdicts == {"test_it": "inconclusive"}


def test_a_late_answer_is_slow_even_where_every_check_held(suite: Suite, raw_server: Serve) -> None:
    """A ceiling of the marker turns a passing test into `slow`."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.slo(ceiling=0.01)
        def test_it(api):
            expect(api.get("/x"), 200)
    """

    ran = suite(source, base_url=raw_server(raw.late_answer(seconds=0.03)).url)

    assert ran.ret == 1
    assert ran.verdicts == {"test_it": "slow"}
    ran.result.assert_outcomes(failed=1)


@pytest.mark.parametrize(
    "source, verdicts, code",
    [
        pytest.param(
            "    with subtests.test('a'):\n        expect(api.get('/x'), 200)\n"
            "    with subtests.test('b'):\n        expect(api.get('/x'), 404)\n",
            {"test_it": "defect"},
            1,
            id="one-fails",
        ),
        pytest.param(
            "    with subtests.test('a'):\n        pass\n"
            "    with subtests.test('b'):\n        pytest.skip('later')\n"
            "    expect(api.get('/x'), 200)\n",
            {"test_it": "pass"},
            0,
            id="all-hold",
        ),
    ],
)
def test_parts_of_a_test_are_judged_with_it(
    suite: Suite, raw_server: Serve, source: str, verdicts: dict[str, str], code: int
) -> None:
    """What holds in a subtest is told once, at the end; what fails in one is the test's verdict."""
    head = "import pytest\nfrom redhanded import expect\n\ndef test_it(api, subtests):\n"

    ran = suite(head + source, base_url=raw_server(raw.answer_json({})).url)

    assert ran.ret == code, ran.text
    assert ran.verdicts == verdicts
    assert not ran.shows_our_frames
