"""`redhanded coverage`: shares, operations, what is missing, over runs and shards."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from redhanded.cli.bars import ASCII, BLOCKS, bar, bar_characters
from redhanded.cli.mark_words import words_of
from redhanded.contracts.openapi import marks
from tests.cli.conftest import Run
from tests.contracts.openapi.shops import shop
from tests.session.covered import Worker

GET, POST = "GET /orders", "POST /orders"


@pytest.fixture
def runs(folder: Path) -> Path:
    """Where runs write."""
    return folder / ".redhanded/runs"


@pytest.fixture
def one_run(runs: Path) -> Path:
    """A run that checked one of two operations, and called what is not documented."""
    with Worker(runs / "run1") as worker:
        worker.test("t1", GET)
        worker.lack("t2", "GET /teapot", 3)
    return runs / "run1"


@pytest.mark.usefixtures("one_run")
def test_the_newest_run_is_told(run: Run) -> None:
    """Each measure with its share, each operation with its statuses, the worst first."""
    told = run("coverage")

    lines = told.stdout.splitlines()
    assert told.exit_code == 0, told.output
    assert lines[0] == "run run1"
    assert lines[3].split() == ["operations", "█" * 10 + "░" * 10, "50", "%", "1", "of", "2"]
    assert lines[4].split()[-5:] == ["33.3", "%", "1", "of", "3"]
    assert "never    POST /orders (deprecated)  -    never 201" in lines
    assert "checked  GET /orders                200  never 4XX" in lines
    assert lines[-2:] == ["Called, and not documented", "GET /teapot  3 calls"]


@pytest.mark.usefixtures("one_run")
def test_a_program_gets_every_figure(run: Run) -> None:
    """JSON holds counts and shares, each operation, and on demand each thing that is missing."""
    told = json.loads(run("coverage", "--json", "--missing").stdout)

    (document,) = told["documents"]
    assert told["runs"] == ["run1"]
    assert document["measures"]["statuses"] == {"seen": 1, "total": 3, "percent": 33.3}
    assert document["operations"][1] == {
        "operation": POST,
        "state": "never",
        "deprecated": True,
        "statuses": {"seen": [], "never": ["201"]},
    }
    assert document["undocumented"] == {"GET /teapot": 3}
    assert {"where": GET, "kind": "status", "what": "4XX"} in document["missing"]


@pytest.mark.usefixtures("one_run")
def test_what_nobody_has_seen_is_listed_by_its_place(run: Run) -> None:
    """Operations by their names, schemas by their places in the document."""
    told = run("coverage", "--missing").stdout

    lines = [" ".join(line.split()) for line in told.splitlines()]
    order = "#/components/schemas/Order"
    assert "GET /orders status 4XX" in lines
    assert "POST /orders operation never checked" in lines
    assert "GET /orders parameter query limit, query sort" in lines
    assert f"response {order} property id, lines, payment, state" in lines
    assert f"request {order}/properties/payment branch oneOf/0, oneOf/1" in lines
    assert f'response {order}/properties/state value "open", "paid", null' in lines


@pytest.mark.usefixtures("one_run")
def test_some_operations_are_asked_for_alone(run: Run) -> None:
    """A glob chooses; what others lack is not told."""
    told = run("coverage", "--operation", "POST *").stdout

    assert "POST /orders" in told
    assert "GET /" not in told


@pytest.mark.usefixtures("one_run")
@pytest.mark.parametrize(
    "goal, code",
    [
        pytest.param("50", 0, id="reached"),
        pytest.param("51", 1, id="missed"),
        pytest.param("statuses=33", 0, id="measure-reached"),
        pytest.param("statuses=34", 1, id="measure-missed"),
    ],
)
def test_a_goal_that_is_missed_ends_with_1(run: Run, goal: str, code: int) -> None:
    """And says which, with the worst operations."""
    told = run("coverage", "--fail-under", goal)

    assert told.exit_code == code
    assert ("Too little:" in told.stdout) is bool(code)
    assert ("(never called: POST /orders)." in told.stdout) is bool(code)


def test_the_shards_of_a_run_are_added_up_by_its_name(run: Run, runs: Path) -> None:
    """Three machines ran a part each: no part alone reaches the goal, all of them do."""
    for number, operation in enumerate((GET, POST, GET), 1):
        with Worker(runs / f"nightly-{number}of3") as worker:
            worker.test("t", operation)

    assert run("coverage", "--fail-under", "100").exit_code == 0
    assert run("coverage", "nightly", "--fail-under", "100").exit_code == 0
    assert run("coverage", "nightly-1of3", "--fail-under", "100").exit_code == 1


def test_folders_that_machines_brought_are_added_up(run: Run, folder: Path) -> None:
    """Artefacts lie unpacked beside each other, however deep; each run counts once."""
    for shard, operation in (("one", GET), ("two", POST)):
        with Worker(folder / "artefacts" / shard / ".redhanded/runs/ci") as worker:
            worker.test("t", operation)
    once = folder / "artefacts/one/.redhanded/runs/ci"

    told = json.loads(run("coverage", "artefacts", str(once), "--json").stdout)

    assert told["documents"][0]["measures"]["operations"]["seen"] == 2
    assert told["runs"] == ["ci", "ci"]


def test_parts_that_are_not_there_are_told(run: Run, runs: Path) -> None:
    """A shard that is missing, or a run that was stopped, lowers what was seen: say so."""
    with Worker(runs / "nightly-1of3") as worker:
        worker.test("t", GET)
    with Worker(runs / "nightly-3of3", exit_code=2) as worker:
        worker.test("t", GET)

    told = run("coverage", "nightly")

    assert told.exit_code == 0
    assert "did not come to their end: nightly-3of3." in told.stderr
    assert "Of the run nightly these shards are missing: 2." in told.stderr


def test_runs_of_different_texts_are_told_apart_and_not_judged(run: Run, runs: Path) -> None:
    """INVARIANT: what was seen of two texts is never added up."""
    for name, title in (("a", "one"), ("b", "two")):
        document = shop(info={"title": title, "version": "1"})
        with Worker(runs / name, document) as worker:
            worker.test("t", GET if name == "a" else POST)

    told, judged = run("coverage", "a", "b"), run("coverage", "a", "b", "--fail-under", "10")

    assert told.exit_code == 0
    assert "The runs saw different texts of shop.json: each is told alone." in told.stdout
    assert told.stdout.count("1 of 2") == 2
    assert judged.exit_code == 2
    assert "cannot be added up" in judged.stderr


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(["nothere"], "'nothere' is no run in", id="unknown-run"),
        pytest.param(["nothere"], "there are run1.", id="known-runs"),
        pytest.param(["--operation", "X *"], "No operation is called like 'X *'", id="glob"),
        pytest.param(["--fail-under", "many"], "'many' is no share to cover", id="goal"),
        pytest.param(["empty"], "'empty' is no run in", id="empty-folder"),
    ],
)
@pytest.mark.usefixtures("one_run")
def test_what_cannot_be_told_ends_with_2(
    run: Run, folder: Path, arguments: list[str], said: str
) -> None:
    """One sentence says what is wrong, and what there is."""
    (folder / "empty").mkdir()

    told = run("coverage", *arguments)

    assert told.exit_code == 2
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_without_any_run_one_sentence_says_what_to_do(run: Run) -> None:
    """Nothing was run here yet."""
    told = run("coverage")

    assert told.exit_code == 2
    assert "run pytest here, or name a folder." in told.stderr


def test_a_run_without_a_document_says_how_to_name_one(run: Run, runs: Path) -> None:
    """Its tests called the API, and nothing of it was held against a document."""
    with Worker(runs / "run1"):
        pass

    told = run("coverage")

    assert told.exit_code == 2
    assert "name one as `openapi` in the settings." in told.stderr


def test_a_run_whose_universe_is_gone_says_what_to_bring(run: Run, one_run: Path) -> None:
    """Whoever brought the spools alone is told what else is needed."""
    (kept,) = (one_run / "contract").iterdir()
    kept.unlink()

    told = run("coverage")

    assert told.exit_code == 2
    assert "Bring the folder `contract` of the run as well." in told.stderr


def test_many_undocumented_operations_are_counted(run: Run, runs: Path) -> None:
    """A crawler meets one for each path: people see the most called, programs see all."""
    with Worker(runs / "run1") as worker:
        for number in range(25):
            worker.lack("t", f"GET /{number:02}")

    told, whole = run("coverage").stdout, json.loads(run("coverage", "--json").stdout)

    assert "and 5 more: --json lists them." in told
    assert len(whole["documents"][0]["undocumented"]) == 25


@pytest.mark.parametrize(
    "part, characters, shown",
    [
        pytest.param(0.0, BLOCKS, "░" * 20, id="none"),
        pytest.param(0.001, ASCII, "#" + "." * 19, id="hardly-any"),
        pytest.param(0.999, ASCII, "#" * 19 + ".", id="nearly-all"),
        pytest.param(1.0, BLOCKS, "█" * 20, id="all"),
    ],
)
def test_a_bar_is_empty_or_full_only_where_that_is_so(
    part: float, characters: str, shown: str
) -> None:
    """Twenty characters, never rounded to nothing or to all."""
    assert bar(part, characters) == shown


@pytest.mark.parametrize(
    "encoding, characters",
    [
        pytest.param("utf-8", BLOCKS, id="utf-8"),
        pytest.param("ascii", ASCII, id="ascii"),
        pytest.param("no-such-code", ASCII, id="unknown"),
    ],
)
def test_a_bar_is_of_what_the_stream_can_show(encoding: str, characters: str) -> None:
    """A console of an old code page gets plain characters."""

    class Stream(io.StringIO):
        encoding = "ascii"

    stream = Stream()
    stream.encoding = encoding

    assert bar_characters(stream) == characters


@pytest.mark.parametrize(
    "mark, words",
    [
        pytest.param(
            marks.branch("response", "/a/then"), ("response #/a", "branch", "then"), id="then"
        ),
        pytest.param(
            marks.branch("request", "/a/anyOf/12"), ("request #/a", "branch", "anyOf/12"), id="any"
        ),
        pytest.param(
            marks.schema_property("request", "common.yaml#/Money/properties/a~1b"),
            ("request common.yaml#/Money", "property", "a/b"),
            id="another-file",
        ),
        pytest.param(
            marks.media("GET /x", "", "text/csv"),
            ("GET /x", "media type", "request text/csv"),
            id="media",
        ),
    ],
)
def test_a_mark_is_told_by_its_place(mark: str, words: tuple[str, str, str]) -> None:
    """Where it is, of which kind, and what there."""
    assert tuple(words_of(mark).values()) == words
