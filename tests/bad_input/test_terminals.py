"""Terminals that show little, and runs that show nothing."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

SOURCE = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/x"), 200, dict[str, int])
"""
# Nothing of it is in an old code page: what is, stands there in bytes that are no UTF-8.
NAMES = raw.answer_json({f"Ġanni {number} 東京": "5 ₽" for number in range(30)})


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_may_lack_characters(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """What it cannot show is escaped, character by character: the lines stay lines."""
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.delenv("PYTHONUTF8", raising=False)

    ran = suite(SOURCE, base_url=raw_server(NAMES).url, apart=True)

    assert ran.ret == 1, ran.text
    ran.result.stdout.fnmatch_lines(
        ["  why red   a whole answer*", "  explain   redhanded explain*"]
    )
    assert not ran.shows_our_frames


@pytest.mark.parametrize("name", ["NO_COLOR", "FORCE_COLOR"])
def test_colours_are_as_the_environment_wants_them(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """No colour where it is forbidden; never colour alone where it is wanted."""
    monkeypatch.setenv(name, "1")

    ran = suite(SOURCE, base_url=raw_server(NAMES).url)

    assert ("\x1b[" in ran.text) is (name == "FORCE_COLOR")
    assert "Red: 1 drift; 0 of 1 test held." in ran.text


@pytest.mark.parametrize(
    "options",
    [
        ["-p", "no:terminal"],
        ["-p", "no:cacheprovider"],
        ["--no-summary"],
        ["--no-header"],
        ["-qqq"],
        ["-vvv"],
    ],
    ids=str,
)
def test_a_run_that_shows_less_or_more_ends_the_same(
    suite: Suite, raw_server: Serve, options: list[str]
) -> None:
    """Verdict, evidence and exit code do not depend on what is shown."""
    ran = suite(SOURCE, *options, base_url=raw_server(NAMES).url)

    assert ran.ret == 1
    assert ran.verdicts == {"test_it": "drift"}
    assert not ran.shows_our_frames


@pytest.mark.parametrize("options", [["--collect-only"], ["--co", "-q"]], ids=str)
def test_a_collection_sends_nothing_and_leaves_nothing(
    suite: Suite, raw_server: Serve, options: list[str]
) -> None:
    """An editor collects at every save."""
    server = raw_server(NAMES)

    ran = suite(SOURCE, *options, base_url=server.url)

    assert ran.ret == 0
    assert server.requests == ()
    assert not (ran.folder / ".redhanded").exists()
    assert "Not green" not in ran.text


@pytest.mark.parametrize("columns", ["40", "80", "120"])
def test_the_verdict_stands_first_at_any_width(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """The short summary may be cut; the line in the section never is."""
    monkeypatch.setenv("COLUMNS", columns)

    ran = suite(SOURCE, base_url=raw_server(NAMES).url)

    assert ran.section[1].startswith("  C DRIFT body.schema: $[")
    assert ran.section[1].endswith("(+29): GET /x")
