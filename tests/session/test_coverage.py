"""Coverage of runs: what processes tell, added up over workers, rounds, shards and machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redhanded.contracts.openapi import marks
from redhanded.core.contracting import Measure
from redhanded.core.errors import UsageError
from redhanded.core.violation import Violation
from redhanded.session.coverage_figures import (
    Share,
    figures_in,
    goals,
    rounded,
    shortfalls,
    summary,
    total,
)
from redhanded.session.coverage_runs import covered, sighted
from tests.contracts.openapi.shops import shop
from tests.session.covered import Worker

GET, POST = "GET /orders", "POST /orders"


def _events(folder: Path, worker: str = "main") -> list[tuple[str, int]]:
    """Test and number of marks of each event that a worker wrote."""
    spool = folder / "spool" / f"{worker}.ndjson"
    return [(event["test_id"], len(event["seen"])) for event in covered(spool)]


def test_a_test_tells_what_it_was_the_first_to_see(tmp_path: Path) -> None:
    """What an earlier test of the process has told is not told again."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET)
        worker.test("t2", GET)
        worker.test("t3", GET, status="4XX")

    assert _events(tmp_path) == [("t1", 3), ("t3", 1)]


def test_a_test_that_called_nothing_tells_nothing(tmp_path: Path) -> None:
    """No event, and no file: a run that holds nothing against a document leaves no trace of it."""
    with Worker(tmp_path) as worker:
        worker.test("t1")

    assert _events(tmp_path) == []
    assert not (tmp_path / "contract").exists()


def test_processes_see_apart_and_count_together(tmp_path: Path) -> None:
    """INVARIANT: what two workers saw is the union of both, whoever came first."""
    with Worker(tmp_path, name="gw0") as one, Worker(tmp_path, name="gw1") as other:
        one.test("t1", GET)
        other.test("t2", GET, POST, status="201")

    (found,) = sighted([tmp_path])

    assert marks.status(GET, "200") in found.seen
    assert marks.status(POST, "201") in found.seen
    assert _events(tmp_path, "gw1") == [("t2", 6)]


def test_a_killed_worker_has_told_what_its_tests_saw(tmp_path: Path) -> None:
    """Its spool has no end, and its last line may be torn: the rest counts."""
    with Worker(tmp_path, name="gw0", exit_code=None) as worker:
        worker.test("t1", GET)
        worker.test("t2", POST, status="201")
    spool = tmp_path / "spool/gw0.ndjson"
    lines = spool.read_bytes().splitlines(keepends=True)
    spool.write_bytes(lines[0] + lines[1][:-20])

    (found,) = sighted([tmp_path])

    assert marks.called(GET) in found.seen
    assert marks.called(POST) not in found.seen


def test_calls_that_are_not_documented_add_up_over_everything(tmp_path: Path) -> None:
    """Tests, workers and shards: each call is counted where it was made."""
    for shard in ("a", "b"):
        with Worker(tmp_path / shard) as worker:
            worker.lack("t1", "GET /teapot", 2)
            worker.lack("t2", "GET /teapot")
            worker.lack("t2", "PUT /x")

    (found,) = figures_in([tmp_path / "a", tmp_path / "b"])

    assert list(found.undocumented.items()) == [("GET /teapot", 6), ("PUT /x", 2)]


def test_a_documented_operation_that_cannot_be_used_is_not_called_undocumented(
    tmp_path: Path,
) -> None:
    """What is wrong with the document is another breach than what it lacks."""
    flaw = Violation("contract.document", "document", "broken", "a part that can be used")
    with Worker(tmp_path) as worker:
        worker.lack("t1", "GET /teapot", told=flaw)

    assert _events(tmp_path) == []


def test_another_text_of_a_document_is_counted_apart(tmp_path: Path) -> None:
    """INVARIANT: marks of two digests are never added up."""
    other = shop(info={"title": "shop", "version": "2"})
    for folder, document in (("a", shop()), ("b", other)):
        with Worker(tmp_path / folder, document) as worker:
            worker.test("t1", GET if folder == "a" else POST)

    found = figures_in([tmp_path / "a", tmp_path / "b"])

    assert [one.shares["operations"] for one in found] == [Share(1, 2), Share(1, 2)]
    assert len({one.digest for one in found}) == 2


def test_a_document_that_no_test_called_counts_as_well(tmp_path: Path) -> None:
    """Who kept what a document lets tests see tells of it, else nobody would miss anything."""
    with Worker(tmp_path) as worker:
        worker.coverage.keep()

    (found,) = figures_in([tmp_path])

    assert found.shares["operations"] == Share(0, 2)
    assert [one.state for one in found.operations] == ["never", "never"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("[1]", id="no-object"),
        pytest.param('{"v": 1}', id="torn"),
        pytest.param('{"v": 99, "name": "a", "digest": "b"}', id="newer"),
    ],
)
def test_a_universe_that_is_damaged_is_taken_from_another_run(tmp_path: Path, content: str) -> None:
    """Every run keeps what its document lets tests see, and any of them will do."""
    for shard in ("a", "b"):
        with Worker(tmp_path / shard) as worker:
            worker.test("t1", GET)
    (kept,) = (tmp_path / "a/contract").iterdir()
    kept.write_text(content)

    (found,) = sighted([tmp_path / "a", tmp_path / "b"])

    assert found.universe is not None


def test_without_any_universe_there_are_marks_and_no_figures(tmp_path: Path) -> None:
    """Nobody knows what share was seen of what nobody kept."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET)
    (kept,) = (tmp_path / "contract").iterdir()
    kept.rename(kept.with_name("other.json"))

    (found,) = sighted([tmp_path])

    assert found.universe is None
    assert figures_in([tmp_path]) == []


def test_lines_that_make_no_sense_are_left_out(tmp_path: Path) -> None:
    """A spool that somebody has changed tells what of it can be read."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET)
    spool = tmp_path / "spool/main.ndjson"
    odd = [{"event": "covered"}, {"event": "covered", "document": "d", "seen": 5}, ["covered"]]
    with spool.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(each, separators=(",", ":")) + "\n" for each in odd)

    assert [one.name for one in sighted([tmp_path])] == ["shop.json"]


def test_a_folder_that_takes_nothing_costs_the_report_alone(tmp_path: Path) -> None:
    """A test never fails because its run cannot keep something."""
    with Worker(tmp_path) as worker:
        (tmp_path / "contract").write_text("in the way")
        worker.test("t1", GET)

    assert _events(tmp_path) == [("t1", 3)]


def test_each_operation_is_checked_called_or_never_called(tmp_path: Path) -> None:
    """With the statuses that were seen of those that are documented."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET, checked=False)

    (found,) = figures_in([tmp_path])

    get, post = found.operations
    assert (get.state, get.seen, get.unseen) == ("called", ("200",), ("4XX",))
    assert (post.state, post.seen, post.is_deprecated) == ("never", (), True)


def test_figures_of_some_operations_are_of_what_these_reach(tmp_path: Path) -> None:
    """A glob chooses operations, with their schemas; the others do not count at all."""
    with Worker(tmp_path) as worker:
        worker.test("t1", POST, status="201")
    (seen,) = sighted([tmp_path])
    assert seen.universe is not None

    (found,) = figures_in([tmp_path], glob="POST *")

    assert [one.name for one in found.operations] == [POST]
    assert found.shares["statuses"] == Share(1, 1)
    assert found.shares["properties"].total == 8


@pytest.mark.parametrize(
    "text, measure, percent",
    [
        pytest.param("80", "operations", 80.0, id="operations"),
        pytest.param("statuses=62.5", "statuses", 62.5, id="measure"),
        pytest.param(" values = 10 % ", "values", 10.0, id="spaces"),
    ],
)
def test_a_goal_is_a_share_of_a_measure(text: str, measure: Measure, percent: float) -> None:
    """Without a name the operations are meant."""
    assert goals([text]) == {measure: percent}


@pytest.mark.parametrize("text", ["", "abc", "=5", "verbs=5", "statuses=", "101", "-1", "nan"])
def test_what_is_no_goal_is_refused_with_what_to_write(text: str) -> None:
    """One sentence names all that could be meant."""
    with pytest.raises(
        UsageError, match=r"write a percentage, such as 80 for .*MEASURE=80 .*branches"
    ):
        goals([text])


def test_what_is_short_names_the_worst(tmp_path: Path) -> None:
    """First what nobody called, then what nobody checked, then statuses."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET)
        found = figures_in([tmp_path])
        (short,) = shortfalls(found, {"operations": 50.1})
        assert (
            short == "1 of 2 operations checked, 50 % of 50.1 % wanted (never called: POST /orders)"
        )

        worker.test("t2", POST, checked=False)
        (short,) = shortfalls(figures_in([tmp_path]), {"operations": 100})
        assert "(called and not checked: POST /orders)" in short

        worker.test("t3", POST)
        (short,) = shortfalls(figures_in([tmp_path]), {"statuses": 50})
        assert short.endswith("(never seen: GET /orders 4XX; POST /orders 201)")


def test_what_is_reached_exactly_is_enough(tmp_path: Path) -> None:
    """A threshold is a least share, and three of six thirds are a half."""
    with Worker(tmp_path) as worker:
        worker.test("t1", GET)

    found = figures_in([tmp_path])

    assert shortfalls(found, {"operations": 50, "statuses": 100 / 3}) == []


def test_documents_are_judged_together(tmp_path: Path) -> None:
    """A threshold is of all that the settings name."""
    other = shop(info={"title": "other", "version": "2"})
    with Worker(tmp_path) as one, Worker(tmp_path, other, name="gw1") as two:
        one.test("t1", GET)
        two.test("t2", GET, POST)

    found = figures_in([tmp_path])

    assert total(found)["operations"] == Share(3, 4)
    assert summary(found).startswith("3 of 4 operations checked, 2 of 6 statuses, 0 of 8 param")


def test_of_nothing_all_is_covered(tmp_path: Path) -> None:
    """A document without enums reaches every goal for them."""
    with Worker(tmp_path, shop(paths={})) as worker:
        worker.coverage.keep()

    assert shortfalls(figures_in([tmp_path]), {"values": 100}) == []


@pytest.mark.parametrize(
    "share, percent",
    [
        pytest.param(Share(9_999, 10_000), 99.9, id="nearly-all"),
        pytest.param(Share(2, 3), 66.6, id="part"),
        pytest.param(Share(3, 3), 100.0, id="all"),
        pytest.param(Share(0, 3), 0.0, id="none"),
    ],
)
def test_a_percentage_is_never_rounded_up(share: Share, percent: float) -> None:
    """Only all is a hundred."""
    assert rounded(share) == percent


def test_documents_without_any_operation_are_summed_up_in_words() -> None:
    """A line that ends after its first word would say nothing."""
    assert summary([]) == "its documents have no operation that can be used"
