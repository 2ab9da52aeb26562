"""Changes between two documents as text, Markdown and annotations, whatever stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.cli import changes_github, changes_markdown, changes_text
from redhanded.cli.comparison import Comparison
from redhanded.cli.document_lines import lines_of
from redhanded.contracts.changes.change import Change, Level
from redhanded.contracts.openapi.loading import read

JSON = """\
{
  "openapi": "3.0.3",
  "info": {"title": "x", "version": "1"},
  "servers": [
    {"url": "/a"},
    {"url": "/b"}
  ],
  "paths": {
    "/a": {
      "get": {"responses": {}}
    }
  }
}
"""
DOCUMENT = read(JSON.encode(), "api.json", uri="file:///api.json")


def comparison(*found: Change) -> Comparison:
    """A comparison that came to these changes."""
    return Comparison(names=("old.json", "new.json"), old=DOCUMENT, new=DOCUMENT, changes=found)


def test_changes_of_one_level_stand_by_operation() -> None:
    """Those of one operation stand beside each other, under its name once."""
    paragraphs = changes_text.paragraphs(
        comparison(
            Change("b", "error", "second", "GET", "/b"),
            Change("z", "warning", "risk", "GET", "/a"),
            Change("a", "error", "first", "GET", "/a"),
            Change("c", "error", "third", "GET", "/a"),
            Change("d", "error", "fourth", None, None),
        )
    )

    told = [line.strip() for line in paragraphs if line]
    plain = ["".join(part.partition("m")[2] for part in ("m" + s).split("\x1b[")) for s in told]
    assert plain == [
        "old.json -> new.json: 5 changes (4 breaking, 1 risky).",
        "Breaking (error)",
        "GET /a",
        "- first [a]",
        "- third [c]",
        "GET /b",
        "- second [b]",
        "the whole document",
        "- fourth [d]",
        "Risky (warning)",
        "GET /a",
        "- risk [z]",
    ]


def test_changes_of_one_cause_are_told_once() -> None:
    """A schema that many answers share changed once: it is told by the shortest way to it."""
    shared = "/components/schemas/Page/properties/next"
    found = comparison(
        Change("r", "error", "200 $.page.next: was removed", "GET", "/0", where=shared, side="old"),
        Change("r", "error", "200 $.next: was removed", "GET", "/a", where=shared, side="old"),
        Change("r", "error", "200 $.next: was removed", "GET", "/c", where=f"{shared}/x"),
        Change("r", "error", "200 $.next: is new", "GET", "/d", where=shared, side="old"),
        Change("s", "error", "of no place", "GET", "/e"),
        Change("s", "error", "of no place", "GET", "/f"),
    )

    assert [(one.change.path, one.more) for one in found.causes] == [
        ("/a", 1),
        ("/c", 0),
        ("/d", 0),
        ("/e", 0),
        ("/f", 0),
    ]
    assert found.causes[0].text == "200 $.next: was removed (and at 1 more place)"
    assert len(found.described()["changes"]) == 6


def test_no_document_steers_a_terminal() -> None:
    """Escape sequences of a document are shown, not obeyed."""
    evil = Change("a", "error", "\x1b[2Jtext", "GET", "/\x1b]0;title\x07")

    shown = "".join(changes_text.paragraphs(comparison(evil)))

    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert "\\x1b[2Jtext" in shown


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a `b` *c* _d_", r"a \`b\` \*c\* \_d\_"),
        ("<script>", r"\<script\>"),
        ("[a](b) | c", r"\[a\](b) \| c"),
        ("one\n# two", r"one \# two"),
        ("by @somebody", "by @\u200bsomebody"),
    ],
    ids=["emphasis", "html", "link", "lines", "mention"],
)
def test_no_document_steers_a_comment(text: str, expected: str) -> None:
    """What Markdown would act on is escaped, and nobody is called by his name."""
    assert changes_markdown.escaped(text) == expected


def test_a_rule_is_shown_as_code() -> None:
    """It stays one piece of code whatever it is."""
    assert changes_markdown.code("a`b") == "`ab`"


def test_an_annotation_keeps_to_its_line() -> None:
    """Signs that end a command, a property or a line are escaped as the runner wants them."""
    evil = Change("a,b:c%", "error", "50% of\r\n::error::x", "GET", "/a")

    (told,) = changes_github.commands(comparison(evil), file=None, line=lambda _: None)

    assert told == "::error title=a%2Cb%3Ac%25::GET /a: 50%25 of%0D%0A::error::x"


@pytest.mark.parametrize(
    "level, command",
    [("error", "error"), ("warning", "warning"), ("info", "notice")],
    ids=["error", "warning", "info"],
)
def test_each_level_is_an_annotation_of_its_own(level: Level, command: str) -> None:
    """A breaking change is an error, a risky one a warning, a harmless one a notice."""
    change = Change("a", level, "text", "GET", "/a")

    (told,) = changes_github.commands(comparison(change), file="n.json", line=lambda _: 7)

    assert told == f"::{command} file=n.json,line=7,title=a::GET /a: text"


def test_a_change_in_another_file_names_no_line() -> None:
    """The lines that are known are those of the new document itself."""
    change = Change("a", "error", "text", "GET", "/a", uri="file:///schemas.json")

    (told,) = changes_github.commands(comparison(change), file="n.json", line=lambda _: 7)

    assert told == "::error file=n.json,title=a::GET /a: text"


@pytest.mark.parametrize(
    "pointer, line",
    [
        ("", 1),
        ("/paths/~1a", 9),
        ("/paths/~1a/get", 10),
        ("/paths/~1a/delete", 9),
        ("/servers/1", 6),
        ("/servers/7", 4),
        ("/nothing", 1),
    ],
    ids=["root", "path", "operation", "gone", "item", "no-item", "nowhere"],
)
def test_a_place_is_found_by_its_line(tmp_path: Path, pointer: str, line: int) -> None:
    """The line is that of its name; of what is not there, that of what is nearest above."""
    file = tmp_path / "api.json"
    file.write_text(JSON, encoding="utf-8")

    assert lines_of(file).line(pointer) == line


def test_a_file_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    """An annotation then stands without one."""
    assert lines_of(tmp_path / "gone.yaml").line("/paths") is None


def test_flaws_are_told_apart_from_changes() -> None:
    """What could not be compared is known, of both documents."""
    broken = read(
        JSON.replace('{"responses": {}}', '{"responses": {}, "parameters": {}}').encode(),
        "bad.json",
    )
    found = Comparison(names=("a", "b"), old=broken, new=DOCUMENT, changes=())

    assert list(found.flaws()) == [str(flaw) for flaw in broken.flaws]
    assert found.described()["old"]["flaws"] == [
        {"place": flaw.place, "message": flaw.message} for flaw in broken.flaws
    ]
