"""Foreign text in Markdown is shown as it is: no markup, no link, no mention, nothing hidden."""

from __future__ import annotations

import pytest

from redhanded.reports.markdown import cell, clipped, code, fence, link, prose, visible
from tests.reports.rendered import Rendered
from tests.reports.rich import HOSTILE

SHORT = [pytest.param(text, id=name) for name, text in HOSTILE.items() if len(text) < 1_000]
FORMS = {"code": code, "cell": cell, "prose": prose, "fence": fence}


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_foreign_text_makes_no_markup_and_calls_nobody(form: object, text: str) -> None:
    """INVARIANT: whatever it holds, alone in its paragraph."""
    page = Rendered(FORMS[form.__name__](text))  # type: ignore[attr-defined]

    assert set(page.tags) <= {"p", "code", "pre"}
    assert page.calls == []


@pytest.mark.parametrize("text", SHORT)
def test_foreign_text_stays_in_its_cell(text: str) -> None:
    """A table keeps its columns."""
    page = Rendered(f"| a | b |\n| --- | --- |\n| {cell(text)} | {prose(text)} |\n")

    assert (page.tags["tr"], page.tags["th"], page.tags["td"]) == (2, 2, 2)
    assert set(page.tags) == {"table", "thead", "tbody", "tr", "th", "td", "code"}


@pytest.mark.parametrize("text", SHORT)
def test_foreign_text_stays_in_its_summary(text: str) -> None:
    """What opens on a click is opened and closed once."""
    block = (
        f"<details><summary>{cell(text)}</summary>\n\n- {code(text)}\n\n{fence(text)}\n</details>\n"
    )
    page = Rendered(block + "\nafter\n")

    assert (page.tags["details"], page.tags["summary"], page.tags["pre"]) == (1, 1, 1)
    assert page.text.strip().endswith("after")
    assert page.tags["script"] + page.tags["img"] + page.tags["a"] == 0


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in FORMS.items()])
def test_plain_text_is_told_as_it_is(form: object) -> None:
    """Nothing is added that a reader would copy along."""
    page = Rendered(FORMS[form.__name__]("DEFECT status: 404, want 200"))  # type: ignore[attr-defined]

    assert "".join([page.text, *page.code]).strip() == "DEFECT status: 404, want 200"


@pytest.mark.parametrize(
    "text, told",
    [
        pytest.param("a\x1b[1m\x00\x7f", "a␛[1m␀␡", id="controls"),
        pytest.param("\u202ea\u200b", "\\u202ea\\u200b", id="directions"),
        pytest.param("\ud800", "\\ud800", id="half-of-a-pair"),
        pytest.param("a\nb\tc", "a␊b␉c", id="line-end"),
        pytest.param("日本 é 👩‍💻", "日本 é 👩‍💻", id="other-scripts"),
    ],
)
def test_what_hides_or_turns_text_is_shown(text: str, told: str) -> None:
    """A reader sees that it is there, and everything else as it is."""
    assert visible(text) == told


def test_ticks_within_code_do_not_end_it() -> None:
    """Nor do those at its edges."""
    assert Rendered(code("a `b` ``c``")).code == ["a `b` ``c``"]
    assert Rendered(code("`")).code == ["`"]


@pytest.mark.parametrize("text", [pytest.param("", id="empty"), pytest.param(" \n", id="blank")])
def test_nothing_is_shown_as_nothing(text: str) -> None:
    """An empty span would be ticks that open another one."""
    assert Rendered(f"{code('')} x").text.strip().endswith("x")
    assert cell("") == ""
    assert text.strip() == ""


def test_long_text_is_cut_and_says_so() -> None:
    """A line at its end, a block in its midst: a story ends with what went wrong."""
    assert clipped("abcdef", 4) == "abc…"
    assert len(Rendered(code("x" * 5_000)).code[0]) == 300
    cut = Rendered(fence("a" * 3_000 + "b" * 3_000)).code[0]
    assert cut.startswith("a" * 2_000 + "\n[1999 characters are left out here]\n")
    assert cut.rstrip().endswith("b" * 2_000)


def test_a_story_is_cut_between_its_lines() -> None:
    """Half a line reads as another one."""
    cut = Rendered(fence("\n".join(f"line {n}" for n in range(100)), most=60)).code[0]

    assert cut.splitlines()[3:5] == ["line 3", "[738 characters are left out here]"]
    assert cut.splitlines()[5:] == ["line 97", "line 98", "line 99"]


def test_text_that_grows_when_it_is_shown_is_still_cut() -> None:
    """A mark of direction takes six characters, an entity as many."""
    assert len(code("\u202e" * 300)) <= 302
    assert len(cell("<" * 300)) <= 300 * 5 + len("<code></code>")


def test_a_link_is_made_of_an_address_alone() -> None:
    """Without one the text stands by itself."""
    assert Rendered(link("trace", "https://a.test/x(1)")).links == ["https://a.test/x(1)"]
    assert link("trace", "") == "trace"
