"""Answers that nobody should send: each is told in one sentence, and judged for what it is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

CHECKED = """
    from redhanded import expect

    def test_before(api):
        expect(api.get("/before"), 200, dict)

    def test_it(api):
        expect(api.get("/x"), 200, dict)
"""
PLAIN = """
    from redhanded import expect

    def test_before(api):
        expect(api.get("/before"), 200, dict)

    def test_it(api):
        assert api.get("/x").json()["id"] == 1
"""
IMPATIENT = "[tool.redhanded.timeouts]\nconnect = 0.1\nread = 0.1\n"
SHORT = "[tool.redhanded.timeouts]\nconnect = 0.3\ntotal = 0.3\n"


@dataclass(frozen=True)
class Bad:
    """A bad answer, and what a reader is to be told of it: the verdict's line, the exit code."""

    answer: raw.Script
    line: str
    ret: int = 1
    toml: str = ""

    @property
    def verdict(self) -> str:
        """The verdict that the line begins with."""
        return self.line.partition(" ")[0].lower()

    @property
    def code(self) -> str:
        """The cause that the line names."""
        return self.line.split(":")[0].rpartition(" ")[2]


def holds(ran: Ran, bad: Bad) -> None:
    """INVARIANT: one sentence, its verdict and exit code, no frame of ours, nothing lost."""
    assert f" test_suite.py::test_it - {bad.line}" in ran.text, ran.text
    assert ran.verdicts == {"test_before": "pass", "test_it": bad.verdict}
    assert ran.codes["test_it"] == [bad.code]
    assert ran.ret == bad.ret
    assert not ran.shows_our_frames, ran.text
    assert ran.paths[0] == "/before"
    assert set(ran.paths[1:]) - {"/health"} == {"/x"}  # the canary is asked as well
    assert len(ran.of("run_ended")) == 1


# A verdict's line holds a hundred characters; the whole sentence stands in the section.
TOO_LARGE = (
    "DEFECT body.too_large: GET /x: the body is larger than body_limit (10485760 bytes): raise "
)
FLOOD = "DEFECT http.protocol: GET /x: the headers of the answer are larger than 100 KiB"
CONTENTS = {
    "html-where-json": Bad(
        raw.html_where_json(),
        "INCONCLUSIVE body.html: GET /x: an HTML page, want JSON",
        ret=75,
    ),
    "html-declared-json": Bad(
        raw.html_declared_json(), "DRIFT body.json: body is an HTML page, want JSON"
    ),
    "invalid-json": Bad(
        raw.invalid_json(), "DRIFT body.json: body is not JSON from line 1 column 25 on, want JSON"
    ),
    "wrong-charset": Bad(
        raw.wrong_charset(), "DRIFT body.charset: body is not UTF-8 from byte 22 on, want UTF-8"
    ),
    "empty": Bad(raw.empty_json(), "DRIFT body.empty: body is empty, want JSON"),
}
STRICTNESS = {
    "nan": Bad(raw.json_nan(), "DRIFT body.json: body is JSON with NaN, want finite numbers"),
    "duplicate-keys": Bad(
        raw.duplicate_keys(),
        'DRIFT body.json: body is JSON with "role" twice in one object, want each name once',
    ),
    "too-deep": Bad(
        raw.deep_json(), "DRIFT body.json: body is nested too deep to be read, want JSON"
    ),
}
TRANSFERS = {
    "100-MB": Bad(raw.huge_body(), TOO_LARGE),
    "endless": Bad(raw.endless_body(), TOO_LARGE),
    "endless-chunks": Bad(raw.endless_chunks(), TOO_LARGE),
    "gzip-bomb": Bad(raw.gzip_bomb(), TOO_LARGE),
    "header-bomb": Bad(raw.header_bomb(), FLOOD),
    "endless-headers": Bad(raw.endless_headers(), FLOOD),
    "redirect-loop": Bad(
        raw.redirect_loop(),
        "DEFECT http.redirect: redirected in a loop: Exceeded maximum allowed redirects.",
        toml="redirects = true\n",
    ),
    "no-HTTP": Bad(
        raw.garbage(b"+PONG\r\n\r\n"),
        "DEFECT http.protocol: GET /x: the answer is not HTTP: it begins with b'+PONG",
    ),
    "banner-of-another-protocol": Bad(
        raw.garbage(),
        "DEFECT http.protocol: GET /x: the answer is not HTTP: it begins with b'SSH-2.0-OpenSSH_'",
    ),
    "never-answers": Bad(
        raw.silent(),
        "INCONCLUSIVE net.read_timeout: GET /x: read timeout before headers, 2 of 2 attempts",
        ret=75,
        toml=IMPATIENT,
    ),
    "drips": Bad(
        raw.slow_body(),
        "INCONCLUSIVE call.deadline: GET /x: total deadline",
        ret=75,
        toml=SHORT,
    ),
    "cut": Bad(
        raw.short_body(),
        "INCONCLUSIVE http.truncated: GET /x: reset, timeout or short body after headers, "
        "2 of 2 attempts",
        ret=75,
    ),
    "cut-gzip": Bad(
        raw.truncated_gzip(),
        "INCONCLUSIVE body.corrupt: GET /x: the compressed body stops short: 485 bytes came and",
        ret=75,  # the canary's body stops short, too
    ),
}


@pytest.mark.parametrize("style", ["long", "short"])
@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in CONTENTS.items()])
@pytest.mark.parametrize(
    "source", [pytest.param(CHECKED, id="expect"), pytest.param(PLAIN, id="plain")]
)
def test_contents_that_are_not_what_they_are_said_to_be(
    suite: Suite, raw_server: Serve, source: str, bad: Bad, style: str
) -> None:
    """Also where the test decodes the body itself, the answer is judged, not Python's error."""
    url = raw_server(raw.answer_json({}), bad.answer).url

    ran = suite(source, f"--tb={style}", "-vv", base_url=url, toml=bad.toml)

    holds(ran, bad)


@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in STRICTNESS.items()])
def test_json_that_only_a_lenient_reader_takes(suite: Suite, raw_server: Serve, bad: Bad) -> None:
    """`expect` refuses what two readers may understand in two ways."""
    ran = suite(CHECKED, "-vv", base_url=raw_server(raw.answer_json({}), bad.answer).url)

    holds(ran, bad)


@pytest.mark.parametrize("style", ["long", "native"])
@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in TRANSFERS.items()])
def test_answers_that_never_become_whole(
    suite: Suite, raw_server: Serve, bad: Bad, style: str
) -> None:
    """The call ends in time and within its limits; what lies beneath it is not shown."""
    url = raw_server(raw.answer_json({}), bad.answer).url

    ran = suite(CHECKED, f"--tb={style}", "-vv", base_url=url, toml=bad.toml)

    holds(ran, bad)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(TRANSFERS[name], id=name)
        for name in ("endless", "header-bomb", "never-answers")
    ],
)
def test_the_same_holds_for_async_tests(suite: Suite, raw_server: Serve, bad: Bad) -> None:
    """Neither the loop nor its streams are shown, and nothing is left open."""
    source = """
        import pytest
        from redhanded import expect

        pytestmark = pytest.mark.asyncio

        async def test_before(async_api):
            expect(await async_api.get("/before"), 200, dict)

        async def test_it(async_api):
            expect(await async_api.get("/x"), 200, dict)
    """
    url = raw_server(raw.answer_json({}), bad.answer).url

    ran = suite(source, "-vv", base_url=url, toml=bad.toml)

    holds(ran, bad)
