from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from redhanded.scaffold.answers import Answers, Auth, Pipelines
from redhanded.scaffold.pipelines import files
from tests.scaffold.written_pipelines import (
    DEMO,
    EXPRESSION,
    GITLAB,
    NIGHTLY,
    TESTS,
    every_answer,
    parsed,
    read,
    scripts,
    step,
    steps,
    texts,
)

SCHEMAS = {
    "github-workflows": (TESTS, NIGHTLY),
    "gitlab-ci": (GITLAB,),
    "compose-spec": ("compose.yaml",),
}
OWN = Answers(
    name="shop-tests",
    package="shop_tests",
    auth=Auth.OAUTH2,
    is_demo=False,
    base_url="https://api.example.com",
    pipelines=Pipelines.BOTH,
)
BOTH = pytest.mark.parametrize(
    "answers", [pytest.param(DEMO, id="demo"), pytest.param(OWN, id="own")]
)
AT_NIGHT = '$CI_PIPELINE_SOURCE == "schedule" && $STAGING_URL'
JUDGES = ["functional", "contract", "integration"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that can be written, each combination of answers in a folder of its own."""
    root = tmp_path_factory.mktemp("written")
    for number, answers in enumerate(every_answer()):
        for path, text in texts(answers).items():
            place = root / str(number) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_is_written_keeps_its_platforms_schema(written: Path, schema: str) -> None:
    """For each combination of answers the platform can read the file."""
    found = [str(file) for path in SCHEMAS[schema] for file in written.glob(f"*/{path}")]

    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*checker, *found], capture_output=True, text=True, check=False)

    assert len(found) == len(list(every_answer())) * len(SCHEMAS[schema])
    assert done.returncode == 0, done.stdout


def test_every_piece_of_shell_is_clean(written: Path, tmp_path: Path) -> None:
    """No script of any combination has a finding of shellcheck, however small."""
    found = {
        EXPRESSION.sub("1", script)
        for name in (TESTS, NIGHTLY, GITLAB)
        for file in written.glob(f"*/{name}")
        for script in scripts(parsed(file.read_text("utf-8")))
    }
    for number, script in enumerate(sorted(found)):
        (tmp_path / f"{number}.sh").write_text(script, "utf-8")

    program = str(Path(sys.executable).with_name("shellcheck"))
    command = [program, "--shell", "bash", "--severity", "style"]
    pieces = [str(file) for file in sorted(tmp_path.glob("*.sh"))]
    done = subprocess.run([*command, *pieces], capture_output=True, text=True, check=False)

    assert len(found) > 10
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "wanted, paths",
    [
        pytest.param(Pipelines.NONE, set[str](), id="none"),
        pytest.param(Pipelines.GITHUB, {TESTS, NIGHTLY, "requirements.txt"}, id="github"),
        pytest.param(Pipelines.GITLAB, {GITLAB, "requirements.txt"}, id="gitlab"),
        pytest.param(Pipelines.BOTH, {TESTS, NIGHTLY, GITLAB, "requirements.txt"}, id="both"),
    ],
)
def test_only_what_is_wanted_is_written(wanted: Pipelines, paths: set[str]) -> None:
    """A platform that is not used gets no file, and versions are pinned where they are used."""
    answers = Answers(name="shop-tests", package="shop_tests", pipelines=wanted)

    assert {file.path for file in files(answers)} == paths


def test_a_later_look_leaves_the_versions_alone() -> None:
    """Which versions are installed is the owner's, once it is written."""
    kept = [file.path for file in files(DEMO) if file.is_private]

    assert kept == ["requirements.txt"]


@BOTH
@pytest.mark.parametrize("path", [TESTS, NIGHTLY])
def test_nothing_foreign_is_put_into_shell_on_github(answers: Answers, path: str) -> None:
    """INVARIANT: shell gets values as variables, never as text: no injection, no secret shown."""
    found = [script for script in scripts(read(answers, path)) if EXPRESSION.search(script)]

    assert found == []


@BOTH
def test_no_secret_is_an_argument_on_gitlab(answers: Answers) -> None:
    """INVARIANT: what other processes see of a command holds no secret."""
    secrets = {*answers.secrets, "GITLAB_TOKEN"}
    lines = "\n".join(scripts(read(answers, GITLAB))).splitlines()

    told = [line for line in lines for name in secrets if f"${name}" in line]

    # `printf` is the shell's own, and no process.
    assert [line.split()[0] for line in told] == ["printf"]


@BOTH
@pytest.mark.parametrize("path", [TESTS, NIGHTLY])
def test_a_job_may_do_no_more_than_it_must(answers: Answers, path: str) -> None:
    """Everything reads; the job that comments writes comments, and can do nothing else."""
    workflow = read(answers, path)
    more = {
        name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job
    }

    assert workflow["permissions"] == {"contents": "read"}
    assert more == ({"comment": {"pull-requests": "write"}} if path == TESTS else {})


@BOTH
@pytest.mark.parametrize("path", [TESTS, NIGHTLY])
def test_every_action_is_pinned_and_no_token_stays(answers: Answers, path: str) -> None:
    """An action is a commit with its release beside it, and a checkout leaves no credential."""
    text = texts(answers)[path]
    used = re.findall(r"uses: (.*)", text)
    checkouts = [
        one
        for job in parsed(text)["jobs"].values()
        for one in steps(job)
        if one.get("uses", "").startswith("actions/checkout@")
    ]

    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)
    assert checkouts
    assert all(one["with"]["persist-credentials"] is False for one in checkouts)


@BOTH
@pytest.mark.parametrize("path", [TESTS, NIGHTLY])
def test_no_job_lasts_for_ever_or_runs_twice(answers: Answers, path: str) -> None:
    """Each job has a limit, and a newer run of the same branch takes the place of an older one."""
    workflow = read(answers, path)

    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    assert "github.workflow" in workflow["concurrency"]["group"]


@BOTH
def test_tests_wait_for_lint_and_audit(answers: Answers) -> None:
    """No test starts, and nothing of the lock is imported, before both have passed."""
    github, gitlab = read(answers, TESTS)["jobs"], read(answers, GITLAB)

    assert github["functional"]["needs"] == gitlab["functional"]["needs"] == ["lint", "audit"]
    assert any("pip-audit" in script for script in scripts(github["audit"]))
    assert any("pip-audit" in script for script in scripts(gitlab["audit"]))
    assert not any("pytest" in script for script in scripts([github["lint"], github["audit"]]))


@BOTH
@pytest.mark.parametrize("job", ["contract", "integration"])
def test_the_dearer_tests_wait_for_the_functional_ones(answers: Answers, job: str) -> None:
    """Contract and integration tests run where the functional ones held."""
    assert read(answers, TESTS)["jobs"][job]["needs"] == "functional"
    # Without its files: their cases would count once more.
    assert read(answers, GITLAB)[job]["needs"] == [{"job": "functional", "artifacts": False}]


@BOTH
def test_integration_waits_for_its_address_and_trusts_no_fork(answers: Answers) -> None:
    """Where nobody said which API, or a stranger's code would run, it does not run."""
    github = read(answers, TESTS)["jobs"]["integration"]["if"]
    never, otherwise = read(answers, GITLAB)["integration"]["rules"]

    assert github.startswith("vars.STAGING_URL != '' && ")
    assert "head.repo.full_name == github.repository" in github
    assert "login != 'dependabot[bot]'" in github
    assert never["when"] == "never"
    assert "$STAGING_URL" in never["if"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in otherwise["if"]


@BOTH
def test_only_jobs_on_staging_get_its_secrets(answers: Answers) -> None:
    """The demo's own password is no secret, and nothing that is one goes where it is not needed."""
    jobs = read(answers, TESTS)["jobs"]

    given = {
        name: "secrets." in str(job.get("env", {})) for name, job in jobs.items() if "env" in job
    }

    local = not answers.is_demo
    assert given == {"functional": local, "contract": local, "integration": True}


@BOTH
def test_a_comment_is_made_of_failing_pull_requests_alone(answers: Answers) -> None:
    """Neither a push, nor a green run, nor one of a fork, which may not write, comes there."""
    comment = read(answers, TESTS)["jobs"]["comment"]
    (rule,) = read(answers, GITLAB)["comment"]["rules"]

    assert comment["needs"] == JUDGES
    assert "contains(needs.*.result, 'failure')" in comment["if"]
    assert "github.event_name == 'pull_request'" in comment["if"]
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert rule["when"] == "on_failure"
    assert '$CI_PIPELINE_SOURCE == "merge_request_event"' in rule["if"]
    assert "$GITLAB_TOKEN" in rule["if"]


@BOTH
def test_the_job_that_may_write_runs_nothing_of_the_pull_request(answers: Answers) -> None:
    """INVARIANT: a token that writes and code that is not reviewed never meet."""
    for one in steps(read(answers, TESTS)["jobs"]["comment"]):
        assert "checkout" not in one.get("uses", "")
        assert not re.search(r"\b(pip|python|pytest|redhanded) ", one.get("run", ""))


@BOTH
@pytest.mark.parametrize(
    "path, job",
    [
        *[pytest.param(TESTS, name, id=name) for name in JUDGES],
        *[
            pytest.param(NIGHTLY, name, id=f"nightly-{name}")
            for name in ("canary", "full", "report")
        ],
    ],
)
def test_evidence_is_kept_whatever_happened(answers: Answers, path: str, job: str) -> None:
    """A red, a killed and a green job leave their evidence, hidden folder and all."""
    kept = step(read(answers, path)["jobs"][job], "Keep the evidence")

    assert kept["if"] == "always()"
    assert kept["with"]["include-hidden-files"] is True
    assert kept["with"]["path"].split() == [".redhanded", "reports"]


@BOTH
@pytest.mark.parametrize("job", [*JUDGES, "canary", "full"])
def test_evidence_is_kept_on_gitlab_with_its_cases(answers: Answers, job: str) -> None:
    """A job of any colour leaves its evidence, and GitLab shows the tests of its JUnit file."""
    kept = inherited(read(answers, GITLAB), job)["artifacts"]

    assert kept["when"] == "always"
    assert ".redhanded" in kept["paths"]
    assert kept["reports"]["junit"] == "reports/*.xml"


def inherited(pipeline: dict[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends, one level of each key."""
    job: dict[str, Any] = pipeline[name]
    above = job.get("extends", [])
    whole: dict[str, Any] = {}
    for one in [above] if isinstance(above, str) else above:
        whole |= inherited(pipeline, one)
    return whole | job


def conditions(job: object) -> list[dict[str, str]]:
    """When a job of GitLab runs, whatever else is said of that."""
    rules = job.get("rules", []) if isinstance(job, dict) else []
    return [{"if": rule["if"]} for rule in rules]


@BOTH
def test_the_canary_is_first_at_night(answers: Answers) -> None:
    """Nothing is sent to staging before the canary is green, by day either."""
    jobs, pipeline = read(answers, NIGHTLY)["jobs"], read(answers, GITLAB)
    nightly = {name: job for name, job in pipeline.items() if {"if": AT_NIGHT} in conditions(job)}

    assert "needs" not in jobs["canary"]
    assert all("canary" in str(job["needs"]) for name, job in jobs.items() if name != "canary")
    assert list(nightly) == ["canary", "full", "nightly-report"]
    assert nightly["full"]["needs"] == ["canary"]
    assert "needs" not in nightly["canary"]
    for staging in (read(answers, TESTS)["jobs"]["integration"], pipeline["integration"]):
        shell = "\n".join(scripts(staging))
        assert shell.index("redhanded canary") < shell.index("pytest")


@BOTH
def test_a_canary_that_could_not_judge_lets_nothing_past(answers: Answers) -> None:
    """What could not be judged is a warning on GitLab, but for the canary, which stops the rest."""
    pipeline = read(answers, GITLAB)

    warned = {name for name, job in pipeline.items() if "allow_failure" in str(job)}

    assert warned == {"functional", "contract", "integration", "full"}
    assert all(pipeline[name]["allow_failure"] == {"exit_codes": [75]} for name in warned)


@BOTH
def test_parts_of_a_night_are_one_run(answers: Answers) -> None:
    """All parts have one run id, each a shard of its own, and one report is made of them."""
    github = read(answers, NIGHTLY)["jobs"]["full"]
    gitlab = read(answers, GITLAB)["full"]

    assert github["strategy"]["fail-fast"] is False
    assert github["strategy"]["matrix"] == {"part": [1, 2]}
    assert github["env"]["REDHANDED_SHARD"] == "${{ matrix.part }}/2"
    assert "matrix" not in github["env"]["REDHANDED_RUN_ID"]
    assert gitlab["parallel"] == 2
    assert gitlab["variables"]["REDHANDED_SHARD"] == "$CI_NODE_INDEX/$CI_NODE_TOTAL"
    assert "NODE" not in gitlab["variables"]["REDHANDED_RUN_ID"]


def test_tests_that_stand_elsewhere_are_run_there() -> None:
    """Where a project has tests of its own, the suite's folder is named in every command."""
    answers = next(one for one in every_answer() if one.tests == "tests/api")

    runs = [
        line.strip()
        for path in (TESTS, GITLAB)
        for script in scripts(read(answers, path))
        for line in script.splitlines()
        if line.startswith(("pytest", "find"))
    ]

    assert len(runs) > 5
    assert all(
        line.startswith(("pytest tests/api ", "find tests/api ", "pytest @")) for line in runs
    )
