"""The generated pages are those of the code as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import redhanded
from redhanded.core.events import RunEnded
from redhanded.verdict.causes import causes
from tests.documents.reference import commands, events, fixtures, llms, options, pages
from tests.documents.reference.pages import PAGES, Page
from tests.documents.reference.signatures import signature


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_generated_page_is_that_of_the_code(page: Page) -> None:
    """Who changes what a page tells runs `python -m tests.documents.reference`, and commits it."""
    assert page.path.read_text("utf-8") == page.text()


def test_a_page_that_is_right_is_not_written_again() -> None:
    """The command names the pages that it changed, so it changes no other."""
    settings = PAGES[0]

    assert not settings.write()


def test_words_written_by_hand_survive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands around the generated part belongs to its author."""
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    page = Page("page.md", lambda: "new\n")
    page.path.write_text(f"# Title\n\n{pages.BEGIN}old\n{pages.END}\n\nMore.\n", "utf-8")

    is_changed = page.write()

    assert is_changed
    expected = f"# Title\n\n{pages.BEGIN}new\n{pages.END}\n\nMore.\n"
    assert page.path.read_text("utf-8") == expected


def test_a_page_without_a_place_for_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is overwritten where nobody said what may be."""
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    page = Page("page.md", lambda: "new\n")
    page.path.write_text("# Title\n", "utf-8")

    with pytest.raises(AssertionError, match=r"page\.md does not say where"):
        page.write()


def test_every_fixture_has_its_scope() -> None:
    """Which there are is told by pytest itself; all but the settings are a test's own."""
    scopes = fixtures.scopes()

    assert {"api", "async_api", "make", "cleanup"} <= set(scopes)
    assert {name for name, scope in scopes.items() if scope != "function"} == {"settings"}


def test_an_option_is_shown_as_it_is_typed() -> None:
    """All spellings with their value, and whether it is off without being given."""
    told = {option.names[0]: option for option in options.options()}

    assert told["--rh-env"].spelling == "`--rh-env=NAME`"
    assert told["--rh-contract-update"].text.endswith("fail of none. Off by default.")
    assert "`--inconclusive={error,allow}`" in told["--rh-inconclusive"].spelling


def test_every_command_is_told() -> None:
    """Those below a group as well."""
    told = [path for path, _ in commands.commands()]

    assert {"redhanded demo", "redhanded config show", "redhanded history import"} <= set(told)


def test_every_cause_and_event_has_its_heading() -> None:
    """A code can be searched for on the page, and linked to."""
    page = (pages.ROOT / "docs/reference/causes.md").read_text("utf-8")

    assert [code for code in causes() if f"\n### `{code}`\n" not in page] == []
    assert events.classes()[-1] is RunEnded


def test_a_signature_is_that_of_the_source() -> None:
    """Positional, keyword-only and gathered arguments, with their types and defaults."""

    def short(a: int, /, b: str = "x", *, c: float | None = None, **rest: object) -> None: ...
    def gathered(*names: str, last: int = 1) -> None: ...

    assert signature(short, "s") == (
        "s(a: int, /, b: str = 'x', *, c: float | None = None, **rest: object) -> None"
    )
    assert signature(gathered, "g") == "g(*names: str, last: int = 1) -> None"
    assert signature(redhanded.Maker.__call__, "booking").startswith("booking(\n    given: object")


@pytest.mark.parametrize(
    "page, words",
    [
        ("# T\n\nFirst one. Second one.\n", "First one."),
        ("# T\n\n```toml\n[a]\n\nb = 1\n```\n\nSee **[that](x.md)**: `code`\n", "See that"),
        ("<!-- note -->\n# T\n\n- a point\n\n| a |\n\nAt last\nhere.\n", "At last here."),
    ],
    ids=["sentence", "behind-a-block", "behind-a-list"],
)
def test_a_page_is_told_by_its_first_sentence(page: str, words: str) -> None:
    """Programs that read `llms.txt` see what a page is for, without its marks."""
    assert llms.first_words(page) == words
