"""The exit code of a run: 0 green, 1 red, 75 not judged, and pytest's own 2 to 6 as they are."""

from __future__ import annotations

import pytest

from tests.plugin.sky import PATIENT
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

IMPATIENT = PATIENT.replace("seconds = 60", "seconds = 0")
STATUSES = {"/well": 200, "/wrong": 404, "/out": 503}
RUNS = [
    pytest.param(["/well"], 0, id="green"),
    pytest.param(["/wrong"], 1, id="red"),
    pytest.param(["/out"], 75, id="unjudged"),
    pytest.param(["/out", "/well", "/out"], 75, id="unjudged-and-green"),
    pytest.param(["/out", "/wrong", "/well"], 1, id="red-and-unjudged"),
]


def api() -> raw.Script:
    """An API whose paths say how it answers."""
    return raw.reply(lambda received: raw.message(STATUSES[received.path]))


def calls(*paths: str) -> str:
    """A suite of a test for each path."""
    head = "import pytest\nfrom redhanded import expect\n"
    return head + "".join(
        f"\ndef test_{number}(api):\n    expect(api.get({path!r}), 200)\n"
        for number, path in enumerate(paths)
    )


@pytest.mark.parametrize("paths, code", RUNS)
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="alone"),
        pytest.param(["--maxfail=2"], id="maxfail"),
    ],
)
def test_the_exit_code_tells_red_from_unjudged(
    suite: Suite, raw_server: Serve, arguments: list[str], paths: list[str], code: int
) -> None:
    """Red wins over unjudged, and unjudged over green, however the tests are run."""
    ran = suite(calls(*paths), *arguments, base_url=raw_server(api()).url, toml=IMPATIENT)

    assert ran.ret == code, ran.text


@pytest.mark.parametrize("paths, code", [RUNS[0], RUNS[3], RUNS[4]])
def test_the_exit_code_is_the_same_with_workers(
    suite: Suite, raw_server: Serve, paths: list[str], code: int
) -> None:
    """Verdicts travel with the reports."""
    ran = suite(calls(*paths), "-n2", base_url=raw_server(api()).url, toml=IMPATIENT)

    assert ran.ret == code, ran.text


@pytest.mark.parametrize(
    "paths, code", [(["/out", "/wrong"], 75), (["/wrong", "/out"], 1)], ids=["unjudged", "red"]
)
@pytest.mark.parametrize("arguments", [["-x"], ["-x", "-n1"]], ids=["alone", "xdist"])
def test_a_run_that_stops_at_its_first_failure_tells_what_that_was(
    suite: Suite, raw_server: Serve, arguments: list[str], paths: list[str], code: int
) -> None:
    """For xdist such a run is interrupted; it is not, for nobody stopped it from outside."""
    ran = suite(calls(*paths), *arguments, base_url=raw_server(api()).url, toml=IMPATIENT)

    assert ran.ret == code, ran.text
    assert "was stopped" not in "".join(ran.section)


@pytest.mark.parametrize(
    "arguments, toml",
    [
        pytest.param(["--inconclusive=allow"], "", id="option"),
        pytest.param(["--rh-inconclusive=allow"], "", id="own-option"),
        pytest.param([], 'inconclusive = "allow"\n', id="setting"),
    ],
)
def test_a_project_may_allow_what_is_merely_inconclusive(
    suite: Suite, raw_server: Serve, arguments: list[str], toml: str
) -> None:
    """The run ends with 0 in place of 75, and says so."""
    url = raw_server(api()).url

    ran = suite(calls("/out", "/well"), *arguments, base_url=url, toml=toml + IMPATIENT)

    assert ran.ret == 0, ran.text
    assert ran.section[0].startswith("Not judged: 1 of 2 tests")
    assert "note: the run ends with 0 all the same: inconclusive is allowed" in ran.section


def test_nothing_red_is_allowed_with_it(suite: Suite, raw_server: Serve) -> None:
    """--inconclusive=allow says nothing of defects."""
    ran = suite(
        calls("/out", "/wrong"),
        "--inconclusive=allow",
        base_url=raw_server(api()).url,
        toml=IMPATIENT,
    )

    assert ran.ret == 1


def test_a_word_that_is_none_is_refused(suite: Suite) -> None:
    """With the words that there are."""
    ran = suite(calls("/well"), "--inconclusive=maybe")

    assert ran.ret == 4
    assert "--inconclusive: invalid choice: 'maybe'" in ran.text
    assert "allow" in ran.text


@pytest.mark.parametrize(
    "source, arguments, code",
    [
        pytest.param(
            "def test_0():\n    raise KeyboardInterrupt\n", ["-p", "no:xdist"], 2, id="ctrl-c"
        ),
        pytest.param("import nothing_of_this_name\n", [], 2, id="collection"),
        pytest.param("import nothing_of_this_name\n", ["-x"], 2, id="collection-and-x"),
        pytest.param("def test_0():\n    pass\n", ["--no-such-option"], 4, id="usage"),
        pytest.param("def test_0():\n    pass\n", ["-k", "nothing"], 5, id="nothing-selected"),
        pytest.param("def test_0():\n    pass\n", ["-n2", "-k", "nothing"], 5, id="in-workers"),
    ],
)
def test_pytests_own_codes_keep_their_meaning(
    suite: Suite, raw_server: Serve, source: str, arguments: list[str], code: int
) -> None:
    """2 to 6 come from pytest alone."""
    url = raw_server(api()).url

    ran = suite(source, *arguments, base_url=url, toml=IMPATIENT, apart=True)

    assert ran.ret == code, ran.text


def test_the_run_says_what_kept_its_tests_from_judging(suite: Suite, raw_server: Serve) -> None:
    """In one line over all of them, also where something else is red."""
    ran = suite(
        calls("/out", "/wrong", "/out", "/well"), base_url=raw_server(api()).url, toml=IMPATIENT
    )

    line = "note: 2 of 4 kept from judging by the environment: http.unavailable (2)"
    assert line in ran.section


ALL = """
    import pytest
    from redhanded import expect

    def test_defect(api):
        expect(api.get("/wrong"), 200)

    def test_drift(api):
        expect(api.get("/well"), 200, dict[str, str])

    def test_slow(api):
        expect(api.get("/well"), 200, within=1e-9)

    def test_test_bug(api):
        1 / 0

    def test_inconclusive(api):
        expect(api.get("/out"), 200)

    def test_pass(api):
        expect(api.get("/well"), 200)

    def test_recovered(api):
        expect(api.get("/reset"), 200)
"""


@pytest.fixture
def every_verdict(suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """A run with a test for each of the seven verdicts."""
    gone = iter([503])
    monkeypatch.setenv("NO_COLOR", "1")
    script = raw.reply(
        lambda received: raw.message(STATUSES.get(received.path) or next(gone, 200), b'{"id": 1}')
    )
    toml = PATIENT.replace("seconds = 60", "seconds = 60, rounds = 1")
    return suite(ALL, base_url=raw_server(script).url, toml=toml)


def test_each_verdict_has_its_letter_and_its_word(every_verdict: Ran, sky: object) -> None:
    """Nothing is told by colour alone."""
    words = {
        "defect": "DEFECT",
        "drift": "DRIFT",
        "slow": "SLOW",
        "test_bug": "TEST BUG",
        "inconclusive": "INCONCLUSIVE",
    }

    assert every_verdict.ret == 1
    for verdict, word in words.items():
        assert f"::test_{verdict} - {word} " in every_verdict.text
    assert "  R RECOVERED http.unavailable: " in every_verdict.text


STRICT = """
    import pytest
    from redhanded import expect

    @pytest.mark.xfail(strict=True{reason})
    def test_it(api):
        expect(api.get("/well"), 200)
"""


@pytest.mark.parametrize(
    "reason, because",
    [
        pytest.param("", "", id="bare"),
        pytest.param(
            ", reason='ticket 7'", " (it was marked because: ticket 7)", id="with-a-reason"
        ),
    ],
)
def test_an_expected_failure_that_holds_has_a_sentence_of_its_own(
    suite: Suite, raw_server: Serve, reason: str, because: str
) -> None:
    """It tells what to do about it."""
    source = STRICT.replace("{reason}", reason)

    ran = suite(source, base_url=raw_server(api()).url, toml=IMPATIENT)

    told = f"the test was expected to fail, and held: take its xfail marker away{because}"
    assert ran.ret == 1
    assert ran.codes == {"test_it": ["test.exception"]}
    assert f"TEST BUG test.exception: {told}" in ran.text.replace("\n", "")
