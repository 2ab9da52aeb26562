"""What can be run of a pipeline without its platform: its shell, as its runner would run it."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from redhanded.scaffold.answers import Answers
from redhanded.scaffold.starter import planned
from tests.scaffold.written_pipelines import (
    DEMO,
    GITLAB,
    NIGHTLY,
    TESTS,
    Runner,
    read,
    scripts,
    step,
)

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the pipelines run on Linux"),
    pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash"),
    pytest.mark.timeout(120),
]
MARK = "<!-- redhanded-report -->"


@dataclass(frozen=True, slots=True)
class Project:
    """A generated project on disk, as a checkout has it: without what is not committed."""

    folder: Path
    answers: Answers

    def runner(self, **variables: str) -> Runner:
        """A runner of GitHub in the project's folder."""
        told = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.folder / "step-summary.md"),
            "RUNNER_TEMP": str(self.folder.parent),
        }
        return Runner(self.folder, {**told, **variables})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A suite for a demo API on a port that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    answers = replace(DEMO, base_url=f"http://127.0.0.1:{port}")
    folder = tmp_path / "project"
    for file in planned(answers):
        if file.path != ".env":
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.text, "utf-8")
    return Project(folder, answers)


@pytest.mark.parametrize("job", ["functional", "contract"])
def test_a_job_is_green_beside_the_api_that_it_starts(project: Project, job: str) -> None:
    """Step by step the job starts the demo API, waits for it, and finds nothing red."""
    written = read(project.answers, TESTS)["jobs"][job]
    runner = project.runner(**written["env"])

    with runner.leaving(step(written, "Start the API")["run"]):
        done = runner.run(step(written, "Run the tests")["run"])

    assert done.returncode == 0, done.stdout
    assert (project.folder / "reports" / f"{job}.xml").exists()
    assert "Green" in (project.folder / "step-summary.md").read_text("utf-8")


def test_a_defect_fails_the_job_and_tells_the_pull_request(project: Project) -> None:
    """A red test ends the job with 1, and what the pull request is told names it."""
    written = read(project.answers, TESTS)["jobs"]["functional"]
    runner = project.runner(**written["env"])
    start: str = step(written, "Start the API")["run"]

    with runner.leaving(start.replace("redhanded.lab", "redhanded.lab --defect D01")):
        done = runner.run(step(written, "Run the tests")["run"])

    assert done.returncode == 1, done.stdout
    assert "::error " in done.stdout
    told = (project.folder / "reports" / "comment.md").read_text("utf-8")
    assert told.startswith(MARK)
    assert "test_" in told


@pytest.mark.parametrize(
    "code, warned",
    [
        pytest.param(0, 0, id="green"),
        pytest.param(1, 0, id="red"),
        pytest.param(75, 1, id="inconclusive"),
    ],
)
@pytest.mark.parametrize("command", ["pytest", "redhanded"])
def test_the_exit_code_is_kept_and_75_is_said(
    tmp_path: Path, command: str, code: int, warned: int
) -> None:
    """A job ends as its command did; one that could not judge says so in an annotation."""
    job, name = {
        "pytest": (read(DEMO, TESTS)["jobs"]["contract"], "Run the tests"),
        "redhanded": (read(DEMO, NIGHTLY)["jobs"]["canary"], "Ask the canary"),
    }[command]

    done = Runner(tmp_path).run(f"{command}() {{ return {code}; }}\n{step(job, name)['run']}")

    assert done.returncode == code
    assert done.stdout.count("::warning title=Inconclusive (exit code 75)::") == warned


@pytest.mark.parametrize("count", [2, 3, 7], ids=["two-files", "three-files", "seven-files"])
@pytest.mark.parametrize("platform", ["github", "gitlab"])
def test_parts_hold_every_file_once(tmp_path: Path, platform: str, count: int) -> None:
    """No test file is left out at night, and none runs twice."""
    (tmp_path / "tests" / "deeper").mkdir(parents=True)
    (tmp_path / "canary" / ".redhanded").mkdir(parents=True)
    (tmp_path / "canary" / ".redhanded" / "canary.json").write_text("{}", "utf-8")
    made = {f"tests/deeper/test_{number}.py" for number in range(count - 1)} | {"tests/test_x.py"}
    for name in made:
        (tmp_path / name).touch()

    parts = [chosen(tmp_path, platform, part) for part in (1, 2)]

    assert all(parts)
    assert sorted([*parts[0], *parts[1]]) == sorted(made)


def test_a_part_without_files_fails_its_job(tmp_path: Path) -> None:
    """Pytest would run everything where no file is named, so a part that is empty stops there."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").touch()

    done = Runner(tmp_path, {"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "2"}).run(choice("gitlab"))

    assert done.returncode == 1
    assert "fewer test files than parts" in done.stdout


def choice(platform: str) -> str:
    """The shell that chooses the files of a part."""
    if platform == "github":
        script: str = step(read(DEMO, NIGHTLY)["jobs"]["full"], "Choose the files")["run"]
        return script
    first: str = read(DEMO, GITLAB)["full"]["script"][0]
    return first


def chosen(folder: Path, platform: str, part: int) -> list[str]:
    """The files of one of two parts."""
    variables = {
        "REDHANDED_SHARD": f"{part}/2",
        "CI_NODE_INDEX": str(part),
        "CI_NODE_TOTAL": "2",
    }
    done = Runner(folder, variables).run(choice(platform))
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / "part.txt").read_text("utf-8").split()


GH = f"""#!{sys.executable}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
calls = here / "calls.json"
known = json.loads(calls.read_text("utf-8")) if calls.exists() else []
calls.write_text(json.dumps([*known, arguments]), "utf-8")
if "--paginate" in arguments:
    print((here / "ours.txt").read_text("utf-8"), end="")
"""


@dataclass(frozen=True, slots=True)
class Commented:
    """What came of the job that comments: the body, and each call of GitHub's command line."""

    body: str
    calls: list[list[str]]


def comment(folder: Path, *told: str, ours: str = "") -> Commented:
    """Runs the job on GitHub, after jobs that said this, where these comments are ours."""
    (folder / "gh").write_text(GH, "utf-8")
    (folder / "gh").chmod(0o755)
    (folder / "ours.txt").write_text(ours, "utf-8")
    for number, text in enumerate(told):
        place = folder / "comments" / f"comment-{number}"
        place.mkdir(parents=True)
        (place / "comment.md").write_text(text, "utf-8")
    variables = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "we/shop",
        "GITHUB_RUN_ID": "4711",
        "GH_REPO": "we/shop",
        "NUMBER": "12",
    }
    script = step(read(DEMO, TESTS)["jobs"]["comment"], "Write the comment")["run"]
    done = Runner(folder, variables).run(f'PATH="$PWD:$PATH"\n{script}')
    assert done.returncode == 0, done.stderr
    body = (folder / "comment.md").read_text("utf-8")
    return Commented(body, json.loads((folder / "calls.json").read_text("utf-8")))


def test_a_pull_request_gets_what_every_failed_job_said(tmp_path: Path) -> None:
    """All that failed is told in one comment, with the way to the evidence."""
    done = comment(tmp_path, f"{MARK}\n## Red: `a`\n", f"{MARK}\n## Red: $(b)\n")

    assert done.body.startswith(MARK)
    assert "https://github.com/we/shop/actions/runs/4711#artifacts" in done.body
    assert "## Red: `a`" in done.body
    assert "## Red: $(b)" in done.body
    assert done.calls[-1] == ["pr", "comment", "12", "--body-file", "comment.md"]


def test_the_same_comment_is_brought_up_to_date(tmp_path: Path) -> None:
    """A pull request that fails again has its comment changed, and gets no second one."""
    done = comment(tmp_path, f"{MARK}\n## Red\n", ours="7\n9\n")

    assert done.calls[-1][-3:] == ["repos/we/shop/issues/comments/9", "--field", "body=@comment.md"]


def test_a_comment_is_never_longer_than_github_takes(tmp_path: Path) -> None:
    """What would be refused is left out whole, and the evidence holds it."""
    done = comment(tmp_path, "a" * 60_000, "b" * 60_000, "c" * 4_000)

    assert len(done.body) < 65_536
    assert "a" * 60_000 in done.body
    assert "b" not in done.body.removeprefix(MARK).partition("(")[2].partition(")")[2]
    assert "c" * 4_000 in done.body


def test_a_job_that_was_killed_still_leads_to_its_evidence(tmp_path: Path) -> None:
    """Where no job could say anything, the comment is the way to what there is."""
    done = comment(tmp_path)

    assert "4711#artifacts" in done.body


@dataclass(slots=True)
class Notes:
    """GitLab's notes on a merge request: what is there, and what was asked of it."""

    there: list[dict[str, Any]]
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and body."""
    tokens: set[str] = field(default_factory=set)


@contextmanager
def gitlab(notes: Notes) -> Iterator[str]:
    """Where that GitLab's API is."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = parse_qs(self.rfile.read(length).decode()).get("body", [""])[0]
            notes.asked.append((self.command, self.path, body))
            notes.tokens.add(self.headers.get("PRIVATE-TOKEN", ""))
            said = json.dumps(notes.there).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  the names that the server wants

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/v4"
        finally:
            server.shutdown()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize(
    "there, asked",
    [
        pytest.param([], ("POST", "/notes"), id="first"),
        pytest.param(
            [{"id": 5, "body": "I like it"}, {"id": 7, "body": f"{MARK}\nold"}],
            ("PUT", "/notes/7"),
            id="again",
        ),
    ],
)
def test_a_merge_request_has_one_note_that_is_kept_up_to_date(
    tmp_path: Path, there: list[dict[str, Any]], asked: tuple[str, str]
) -> None:
    """The note is made once and changed from then on; the token goes there in a header."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "functional.md").write_text(f"{MARK}\n## Red & <ünsafe>\n", "utf-8")
    notes = Notes(there)
    (script,) = scripts(read(DEMO, GITLAB)["comment"])

    with gitlab(notes) as url:
        variables = {
            "CI_API_V4_URL": url,
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "12",
            "CI_PROJECT_URL": "https://gitlab.example.com/we/shop",
            "CI_PIPELINE_ID": "4711",
            "GITLAB_TOKEN": "glpat-x",
        }
        done = Runner(tmp_path, variables).run(script)

    assert done.returncode == 0, done.stderr
    method, path, body = notes.asked[-1]
    assert (method, path) == (asked[0], f"/api/v4/projects/3/merge_requests/12{asked[1]}")
    assert body.startswith(MARK)
    assert "## Red & <ünsafe>" in body
    assert "/we/shop/-/pipelines/4711" in body
    assert notes.tokens == {"glpat-x"}
    assert "glpat-x" not in done.stdout + done.stderr
