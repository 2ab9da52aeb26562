"""`redhanded diff --live`: what tests saw beside what the document says, and patches of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from redhanded.core.events import RunStarted
from redhanded.core.violation import Violation
from redhanded.reports.spool import Spool
from tests.cli.conftest import Run
from tests.contracts.openapi.shops import shop
from tests.servers import raw
from tests.servers.fixtures import StartRaw as Serve
from tests.session.covered import Worker

GET, POST = "GET /orders", "POST /orders"
TEAPOT = Violation(
    code="contract.status_undocumented",
    where="status",
    actual="418",
    expected="200 or 4XX",
    rule="responses",
    source="shop.json#/paths/~1orders/get/responses",
    suggestion='{"op": "add", "path": "/paths/~1orders/get/responses/418", "value":'
    ' {"description": "I\'m a Teapot"}}',
)
NOTE = Violation(
    code="contract.header_undeclared",
    where="header X-Build",
    actual="sent",
    expected="no header that is not declared",
    level="warning",
)
MODEL = Violation("body.schema", "$.id", "a word", "an integer", source="Booking")


@pytest.fixture
def worker(folder: Path) -> Iterator[Worker]:
    """The process of a run that broke its document in two ways, and a model in one."""
    document = shop()
    (folder / "shop.json").write_text(json.dumps(document.root), "utf-8")
    with Worker(folder / ".redhanded/runs/run1", document) as worker:
        worker.test("t1", GET)
        worker.breach(TEAPOT, count=200, test_id="t1")
        worker.breach(TEAPOT, count=12, test_id="t2", attempt_id="a2")
        worker.breach(NOTE, test_id="t1", passed="warning")
        worker.breach(MODEL, test_id="t1", kind="code", contract="models")
        yield worker


@pytest.mark.usefixtures("worker")
def test_what_the_document_lacks_is_told_by_its_cause(run: Run) -> None:
    """Once, with how often and an example; what a model holds against answers is left out."""
    told = run("diff", "--live")

    assert told.exit_code == 1
    lines = told.stdout.splitlines()
    assert lines[0] == (
        "run run1 against shop.json: 2 kinds of breach in 213 answers;"
        " 39 documented things that no test saw."
    )
    assert lines[2:5] == [
        "Seen, and not as documented",
        "  GET /orders",
        (
            "    - error: 418, want 200 or 4XX (212 times in 2 tests, as in attempt a1)"
            " [contract.status_undocumented]"
        ),
    ]
    assert "body.schema" not in told.stdout


@pytest.mark.usefixtures("worker")
def test_what_no_test_saw_is_told_beside_it(run: Run) -> None:
    """Operations and statuses by name, of the rest how many."""
    lines = run("diff", "--live").stdout.splitlines()

    never = lines.index("Documented, and never seen")
    assert lines[never + 1 : never + 5] == [
        "  operations never called",
        "    - POST /orders",
        "  statuses never seen",
        "    - GET /orders 4XX",
    ]
    assert "  properties never seen" in lines


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "arguments, code",
    [
        pytest.param([], 1, id="error"),
        pytest.param(["--fail-on", "never"], 0, id="never"),
        pytest.param(["--fail-on", "warning"], 1, id="warning"),
        pytest.param(["--level", "warning", "--fail-on", "never"], 0, id="level"),
    ],
)
def test_what_fails_is_asked_for(run: Run, arguments: list[str], code: int) -> None:
    """As between two documents."""
    assert run("diff", "--live", *arguments).exit_code == code


def test_a_warning_alone_fails_nothing(run: Run, folder: Path) -> None:
    """Nothing breaks the document, and what was noted is told."""
    with Worker(folder / ".redhanded/runs/run1") as worker:
        worker.test("t1", GET)
        worker.breach(NOTE, passed="warning")

    told, errors = run("diff", "--live"), run("diff", "--live", "--level", "error")

    assert (told.exit_code, errors.exit_code) == (0, 0)
    assert "warning: header X-Build is sent, want no header" in told.stdout
    assert "X-Build" not in errors.stdout


@pytest.mark.usefixtures("worker")
def test_a_program_gets_both_sides(run: Run) -> None:
    """Each cause with its place in the document and its suggestion, each thing never seen."""
    told = json.loads(run("diff", "--live", "--json").stdout)

    assert [one["code"] for one in told["lacking"]] == [TEAPOT.code, NOTE.code]
    assert (
        told["lacking"][0] | {"count": 212, "tests": ["t1", "t2"], "source": TEAPOT.source}
        == (told["lacking"][0])
    )
    assert {
        "document": "shop.json",
        "where": GET,
        "kind": "status",
        "what": "4XX",
    } in told["never_seen"]


@pytest.mark.usefixtures("worker")
def test_a_comment_gets_markdown(run: Run) -> None:
    """Names and values come from outside: nothing of them acts as Markdown."""
    lines = run("diff", "--live", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "## The API against its document"
    assert "**GET /orders**" in lines
    assert "- GET /orders 4XX" in lines


@pytest.mark.usefixtures("worker")
def test_a_workflow_gets_annotations(run: Run) -> None:
    """One for each cause, errors first, and the summary as plain text."""
    first, second, last = run("diff", "--live", "--format", "github").stdout.splitlines()

    assert first.startswith("::error title=contract.status_undocumented::GET /orders: 418, want")
    assert second.startswith("::warning title=contract.header_undeclared::")
    assert last.startswith("run run1 against shop.json")


def test_a_patch_is_written_from_every_suggestion(run: Run, folder: Path, worker: Worker) -> None:
    """Equal breaches may suggest different things: all of them are in it."""
    for word in ("open", "gone"):
        told = f'{{"op": "add", "path": "/components/schemas/S/enum/-", "value": "{word}"}}'
        worker.breach(Violation("contract.body_schema", "$.s", "a", "b", suggestion=told))

    told_of = run("diff", "--live", "--patch", "fix.json")

    patch = json.loads((folder / "fix.json").read_text("utf-8"))
    assert [one["value"] for one in patch[:2]] == ["gone", "open"]
    assert patch[2]["path"] == "/paths/~1orders/get/responses/418"
    assert "redhanded: 3 suggested changes written to fix.json." in told_of.stderr


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("name", ["new.json", "new.yaml", "new.YML"])
def test_the_patched_document_is_written(run: Run, folder: Path, name: str) -> None:
    """As JSON, or as YAML where the file is called so; the document itself stays as it is."""
    before = (folder / "shop.json").read_bytes()

    told = run("diff", "--live", "--patched", name)

    text = (folder / name).read_text("utf-8")
    root = json.loads(text) if name.endswith("json") else yaml.safe_load(text)
    assert "418" in root["paths"]["/orders"]["get"]["responses"]
    assert (folder / "shop.json").read_bytes() == before
    assert f"shop.json with 1 suggested change written to {name}." in told.stderr


def test_a_document_at_the_api_is_fetched_there(
    run: Run, folder: Path, worker: Worker, raw_server: Serve
) -> None:
    """Its name is its path alone, for the API may have another port in each run."""
    content = (folder / "shop.json").read_bytes()
    (folder / "shop.json").unlink()
    server = raw_server(raw.answer(200, content))
    started = RunStarted("run1", "gw0", 1.0, 7, f"{server.url}/v1", {})
    other = Spool(folder / ".redhanded/runs/run1/spool/gw0.ndjson", complain=pytest.fail)
    other(started)
    other.close()

    told = run("diff", "--live", "--patched", "new.json")

    assert worker.document.name == "shop.json"
    assert "418" in (folder / "new.json").read_text("utf-8"), told.output
    assert [received.path for received in server.requests] == ["/shop.json"]


@pytest.mark.usefixtures("worker")
def test_a_document_that_is_nowhere_ends_with_2(run: Run, folder: Path) -> None:
    """Nobody can patch what cannot be read, and one sentence says so."""
    (folder / "shop.json").unlink()

    told = run("diff", "--live", "--patched", "new.json")

    assert told.exit_code == 2
    assert "shop.json" in told.stderr
    assert not (folder / "new.json").exists()


@pytest.mark.usefixtures("worker")
def test_a_document_that_has_changed_since_the_run_is_told(run: Run, folder: Path) -> None:
    """The patch may fit all the same; where it does not, one sentence says so."""
    root = json.loads((folder / "shop.json").read_text("utf-8"))
    (folder / "shop.json").write_text(json.dumps({**root, "info": {"title": "t", "version": "9"}}))
    changed = run("diff", "--live", "--patched", "new.json")
    del root["paths"]["/orders"]["get"]
    (folder / "shop.json").write_text(json.dumps(root))
    gone = run("diff", "--live", "--patched", "new.json")

    assert "It has changed since the run." in changed.stderr
    assert gone.exit_code == 2
    assert "has it changed since the run?" in gone.stderr


def test_a_patch_is_of_one_document(run: Run, worker: Worker) -> None:
    """Which of two documents a patch is of could be told by nobody."""
    other = shop(info={"title": "other", "version": "1"})
    folder = Path(".redhanded/runs/run1").absolute()
    with Worker(folder, other, name="gw1") as second:
        second.test("t1", GET)
        second.breach(TEAPOT, contract="other.json")
    spool = folder / "spool/gw1.ndjson"
    spool.write_text(spool.read_text("utf-8").replace('"shop.json"', '"other.json"'), "utf-8")
    for kept in (folder / "contract").glob("*.json"):
        if kept.stem == other.digest:
            kept.write_text(kept.read_text("utf-8").replace("shop.json", "other.json"), "utf-8")

    told = run("diff", "--live", "--patch", "fix.json")

    assert worker.document.name == "shop.json"
    assert told.exit_code == 2
    assert "A patch is for one document" in told.stderr


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(["a", "b", "--patch", "x.json"], "add --live", id="patch-of-nothing"),
        pytest.param(["--live"], "run pytest here, or name a folder.", id="no-run"),
        pytest.param(["--live", "run9"], "'run9' is no run in", id="unknown-run"),
    ],
)
def test_what_cannot_be_done_ends_with_2(run: Run, arguments: list[str], said: str) -> None:
    """One sentence, and nothing is written."""
    told = run("diff", *arguments)

    assert told.exit_code == 2
    assert said in told.stderr


def test_a_run_without_a_document_says_how_to_name_one(run: Run, folder: Path) -> None:
    """A run may have been held against models alone."""
    with Worker(folder / ".redhanded/runs/run1") as worker:
        worker.breach(MODEL, kind="code", contract="models")

    told = run("diff", "--live")

    assert told.exit_code == 2
    assert "name one as `openapi` in the settings." in told.stderr
