"""`redhanded diff`: two documents, what changed between them, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.servers import raw
from tests.servers.fixtures import StartRaw

OLD = """\
openapi: 3.0.3
info: {title: Booking, version: "1"}
paths:
  /booking/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {"200": {description: ok}}
    delete:
      responses: {"204": {description: gone}}
"""
NEW = """\
openapi: 3.0.3
info: {title: Booking, version: "2"}
paths:
  /booking/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses: {"200": {description: ok}}
    post:
      responses: {"201": {description: made}}
"""
GROWN = OLD.replace("paths:\n", "paths:\n  /health:\n    get: {responses: {}}\n")
BOTH = ("diff", "old.yaml", "new.yaml")


@pytest.fixture
def documents(folder: Path) -> Path:
    """A folder with two documents: an operation is gone from the new one, another one came."""
    (folder / "old.yaml").write_text(OLD, encoding="utf-8")
    (folder / "new.yaml").write_text(NEW, encoding="utf-8")
    return folder


def test_a_breaking_change_is_told_first_and_ends_with_1(run: Run, documents: Path) -> None:
    """The worst level stands first, each change below its operation, with its rule."""
    result = run(*BOTH)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "old.yaml -> new.yaml: 2 changes (1 breaking, 1 harmless).",
        "",
        "Breaking (error)",
        "  DELETE /booking/{id}",
        "    - was removed without having been deprecated [api-removed-without-deprecation]",
        "",
        "Harmless (info)",
        "  POST /booking/{id}",
        "    - was added [endpoint-added]",
    ]


def test_harmless_changes_end_with_0(run: Run, documents: Path) -> None:
    """Nobody who followed the old document can fail."""
    (documents / "new.yaml").write_text(GROWN, encoding="utf-8")

    result = run(*BOTH)

    assert (result.exit_code, "1 change (1 harmless)" in result.stdout) == (0, True)


def test_documents_that_say_the_same_have_no_change(run: Run, documents: Path) -> None:
    """The order of keys and the way of writing mean nothing."""
    told = {"paths": {}, "info": {"version": "1", "title": "Booking"}, "openapi": "3.0.3"}
    (documents / "old.yaml").write_text(
        'openapi: 3.0.3\ninfo:\n  title: Booking\n  version: "1"\npaths: {}\n', encoding="utf-8"
    )
    (documents / "new.json").write_text(json.dumps(told), encoding="utf-8")

    result = run("diff", "old.yaml", "new.json")

    assert (result.exit_code, result.stdout) == (0, "old.yaml -> new.json: no change.\n")


@pytest.mark.parametrize(
    "on, new, code",
    [
        ("error", NEW, 1),
        ("never", NEW, 0),
        ("error", GROWN, 0),
        ("warning", GROWN, 0),
        ("info", GROWN, 1),
        ("info", OLD, 0),
    ],
    ids=["breaking", "never", "harmless", "not-risky", "any", "none"],
)
def test_what_fails_is_asked_for(run: Run, documents: Path, on: str, new: str, code: int) -> None:
    """A change of the level that is named, or of a worse one, ends with 1."""
    (documents / "new.yaml").write_text(new, encoding="utf-8")

    assert run(*BOTH, "--fail-on", on).exit_code == code


def test_the_least_level_shown_changes_no_exit_code(run: Run, documents: Path) -> None:
    """What is not shown is counted all the same."""
    (documents / "new.yaml").write_text(GROWN, encoding="utf-8")

    result = run(*BOTH, "--level", "error", "--fail-on", "info")

    assert result.exit_code == 1
    assert result.stdout == "old.yaml -> new.yaml: 1 change (1 harmless).\n"


def test_a_program_gets_every_change_with_its_place(run: Run, documents: Path) -> None:
    """JSON holds the documents, the counts, and of each change rule, level, operation and place."""
    result = run(*BOTH, "--json")

    told = json.loads(result.stdout)
    assert told["old"] == {"name": "old.yaml", "openapi": "3.0", "flaws": []}
    assert told["counts"] == {"error": 1, "warning": 0, "info": 1}
    assert told["changes"][0] == {
        "id": "api-removed-without-deprecation",
        "level": "error",
        "operation": "DELETE",
        "path": "/booking/{id}",
        "section": "paths",
        "text": "was removed without having been deprecated",
        "where": "/paths/~1booking~1{id}/delete",
        "side": "old",
    }
    assert run(*BOTH, "--format", "json").stdout == result.stdout


def test_a_workflow_gets_annotations_at_the_lines_of_the_new_document(
    run: Run, documents: Path
) -> None:
    """What is gone is shown where it stood: at the nearest place that is still there."""
    result = run(*BOTH, "--format", "github")

    assert result.stdout.splitlines() == [
        (
            "::error file=new.yaml,line=4,title=api-removed-without-deprecation::"
            "DELETE /booking/{id}: was removed without having been deprecated"
        ),
        "::notice file=new.yaml,line=8,title=endpoint-added::POST /booking/{id}: was added",
        "old.yaml -> new.yaml: 2 changes (1 breaking, 1 harmless).",
    ]


def test_a_comment_gets_markdown(run: Run, documents: Path) -> None:
    """A heading, and a list for each level and operation."""
    result = run(*BOTH, "--format", "markdown", "--level", "error")

    assert result.stdout.splitlines() == [
        "## API changes",
        "",
        "old.yaml -\\> new.yaml: 2 changes (1 breaking, 1 harmless).",
        "",
        "### Breaking",
        "",
        "**DELETE /booking/{id}**",
        "",
        "- was removed without having been deprecated (`api-removed-without-deprecation`)",
    ]


def test_a_document_is_fetched_from_its_url(
    run: Run, documents: Path, raw_server: StartRaw
) -> None:
    """A running API is compared with a file; its URL is shown without what may be secret."""
    server = raw_server(raw.answer(body=NEW.encode()))

    result = run("diff", "old.yaml", f"{server.url}/openapi.yaml?token=abc")

    assert result.exit_code == 1
    assert result.stdout.startswith(f"old.yaml -> {server.url}/openapi.yaml: 2 changes")


def test_settings_that_are_wrong_do_not_stop_what_needs_none_of_them(
    run: Run, documents: Path, raw_server: StartRaw
) -> None:
    """A public document needs no credentials, and whoever compares need not have them."""
    server = raw_server(raw.answer(body=OLD.encode()))
    table = '[auth]\nkind = "bearer"\ntoken = "env:NOWHERE_TO_BE_FOUND"\n'
    (documents / "redhanded.toml").write_text(table, encoding="utf-8")

    result = run("diff", "old.yaml", f"{server.url}/openapi.yaml")

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "content, said",
    [
        ("<!doctype html><html><body>hello</body></html>", "HTML"),
        ('swagger: "2.0"\ninfo: {title: a, version: "1"}\npaths: {}\n', "2.0"),
        ("a: [1", "new.yaml"),
        ("", "new.yaml"),
    ],
    ids=["html", "swagger", "broken", "empty"],
)
def test_what_is_no_document_is_refused_in_one_sentence(
    run: Run, documents: Path, content: str, said: str
) -> None:
    """The sentence names what is wrong, and nothing is compared."""
    (documents / "new.yaml").write_text(content, encoding="utf-8")

    result = run(*BOTH)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("redhanded: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "documents_asked, said",
    [
        ((), "Two documents can be compared, not 0"),
        (("old.yaml",), "Two documents can be compared, not 1"),
        (("old.yaml", "new.yaml", "old.yaml"), "Two documents can be compared, not 3"),
        (("old.yaml", "old.yaml"), "OLD and NEW are both old.yaml"),
        (("old.yaml", "./old.yaml"), "OLD and NEW are both old.yaml"),
        (("old.yaml", "missing.yaml"), "missing.yaml"),
        (("old.yaml", "."), "is a folder"),
        (("old.yaml", "http://127.0.0.1:1/openapi.yaml"), "could not be fetched"),
    ],
    ids=["none", "one", "three", "same", "same-otherwise", "missing", "folder", "refused"],
)
def test_what_cannot_be_compared_ends_with_2(
    run: Run, documents: Path, documents_asked: tuple[str, ...], said: str
) -> None:
    """Nothing is compared, and one sentence says what to do."""
    result = run("diff", *documents_asked)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_url_that_answers_404_ends_with_2(
    run: Run, documents: Path, raw_server: StartRaw
) -> None:
    """The sentence holds the status."""
    result = run("diff", "old.yaml", f"{raw_server(raw.gateway_page(404)).url}/openapi.yaml")

    assert result.exit_code == 2
    assert "404" in result.stderr


def test_what_is_wrong_with_a_document_is_told_beside_its_changes(
    run: Run, documents: Path
) -> None:
    """The rest is compared; of many flaws the first few are told, and JSON lists them all."""
    bare = "".join(f"  /{name}/{{id}}: {{get: {{responses: {{}}}}}}\n" for name in "abcde")
    (documents / "new.yaml").write_text(NEW + bare, encoding="utf-8")

    result = run(*BOTH)

    told = result.stderr.splitlines()
    assert result.exit_code == 1
    assert told[0].startswith("redhanded: flawed, and compared as far as it can be: new.yaml#/")
    assert told[3:] == ["redhanded: and 2 more flaws: --json lists them."]
    assert len(json.loads(run(*BOTH, "--json").stdout)["new"]["flaws"]) == 5


def test_colours_stay_away_where_they_are_not_wanted(run: Run, documents: Path) -> None:
    """What goes into a pipe holds no escape sequence."""
    assert "\x1b" not in run(*BOTH).stdout
