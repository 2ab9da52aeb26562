"""Allure: results that its readers take, with retries, steps and attachments in their places."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.allure import write
from redhanded.reports.allure_run import categories, environment, executor
from redhanded.reports.dossier.reading import read
from tests.reports.dossier.made import NOON, dossier_of, making
from tests.reports.rich import SAID, rich
from tests.reports.schemas import breaches

TEST = "tests/api/test_a.py::TestB::test_c[1-x]"
PLAIN = "test_a.py::test_b"


def results(folder: Path) -> list[Any]:
    """The results in a folder, as a reader has them, the earliest first."""
    found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*-result.json")]
    return sorted(found, key=lambda result: (result["start"], result["name"]))


def written(tmp_path: Path, text: str = "", **described: Any) -> list[Any]:  # noqa: ANN401
    """The results of a run with a test of every kind; they lie in the folder `allure`."""
    write(rich(tmp_path / "run", text, **described), tmp_path / "allure")
    return results(tmp_path / "allure")


def named(found: list[Any], name: str) -> Any:  # noqa: ANN401
    """The result of the test with this name."""
    (result,) = (result for result in found if result["name"] == name)
    return result


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_every_result_holds_to_the_schema(tmp_path: Path, text: str) -> None:
    """Whatever servers and tests have said."""
    found = written(tmp_path, text)

    assert [breach for result in found for breach in breaches("allure", result)] == []
    assert len(found) == 15


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    """A check that could not fail would show nothing."""
    result = written(tmp_path)[0]

    assert breaches("allure", {**result, "status": "green"}) != []


@pytest.mark.parametrize(
    "name, status",
    [
        pytest.param("test_pass", "passed", id="pass"),
        pytest.param("TestB::test_recovered[]", "passed", id="recovered"),
        pytest.param("test_defect[1]", "failed", id="defect"),
        pytest.param("test_drift", "failed", id="drift"),
        pytest.param("test_slow", "failed", id="slow"),
        pytest.param("test_bug", "broken", id="test-bug"),
        pytest.param("test_out", "broken", id="inconclusive"),
        pytest.param("test_unjudged", "broken", id="unjudged"),
        pytest.param("test_quarantine", "skipped", id="quarantine"),
        pytest.param("test_xfail", "skipped", id="xfail"),
        pytest.param("test_skip", "skipped", id="skip"),
    ],
)
def test_each_verdict_has_its_status(tmp_path: Path, name: str, status: str) -> None:
    """Only a fault of the API is failed; what kept a test from judging it is broken."""
    result = named(written(tmp_path), name.rpartition("::")[2])

    assert result["status"] == status


def test_a_failure_is_told_with_its_story(tmp_path: Path) -> None:
    """The message begins with the verdict, by which categories sort."""
    result = named(written(tmp_path, " wrong"), "test_defect[1]")

    message = "DEFECT body.schema: $.total wrong"
    assert result["statusDetails"] == {"message": message, "trace": "E   wrong"}
    kinds = [attached["name"] for attached in result["attachments"]]
    assert kinds == ["story", "output"]


def test_what_is_known_and_what_came_back_is_marked(tmp_path: Path) -> None:
    """Allure shows the first apart, and counts the second as flaky."""
    found = written(tmp_path)

    assert named(found, "test_quarantine")["statusDetails"]["known"] is True
    assert named(found, "test_recovered[]")["statusDetails"]["flaky"] is True


def test_steps_are_nested_with_the_attempts_in_them(tmp_path: Path) -> None:
    """An attempt stands in the step that it was sent in, with its bodies."""
    result = named(written(tmp_path), "test_defect[1]")

    (call,) = result["steps"]
    (pay,) = call["steps"]
    (sent,) = pay["steps"]
    assert (call["name"], pay["name"]) == ("call", "pay ")
    assert sent["name"].startswith("POST https://shop.test/orders?page=2")
    assert sent["name"].endswith(" -> 200")
    request, response = sent["attachments"]
    content = (tmp_path / "allure" / response["source"]).read_text("utf-8")
    assert (response["type"], json.loads(content)) == ("application/json", {"total": "90.00"})
    assert (tmp_path / "allure" / request["source"]).is_file()


def test_an_attempt_without_an_answer_is_broken(tmp_path: Path) -> None:
    """It says in which phase it failed, and how."""
    lost, held = named(written(tmp_path), "test_recovered[]")["steps"]

    assert lost["name"].endswith(" -> no answer (connect)")
    assert (lost["status"], held["status"]) == ("broken", "passed")
    assert lost["statusDetails"] == {"message": "ConnectError: connection refused"}


def test_a_step_that_failed_says_so(tmp_path: Path) -> None:
    """With what it ended."""
    (call,) = named(written(tmp_path, "boom"), "test_defect[1]")["steps"]

    assert (call["status"], call["statusDetails"]["message"]) == ("failed", "boom")


def test_rounds_of_a_test_are_its_retries(tmp_path: Path) -> None:
    """They share what Allure follows a test by, and have a name of their own each."""
    first, last = (each for each in written(tmp_path) if each["name"] == "test_again")

    assert (first["status"], last["status"]) == ("broken", "passed")
    assert first["historyId"] == last["historyId"]
    assert first["uuid"] != last["uuid"]
    assert first["statusDetails"]["message"] == "INCONCLUSIVE net.refused: refused"


@pytest.mark.parametrize(
    "verdict, status",
    [
        pytest.param(None, "skipped", id="none"),
        pytest.param(Verdict.PASS, "passed", id="pass"),
        pytest.param(Verdict.DEFECT, "failed", id="defect"),
        pytest.param(Verdict.TEST_BUG, "broken", id="test-bug"),
    ],
)
def test_an_earlier_round_keeps_its_own_status(
    tmp_path: Path, verdict: Verdict | None, status: str
) -> None:
    """A later success does not erase it."""
    with making(tmp_path / "run") as run:
        for round_, came_to in enumerate((verdict, Verdict.PASS)):
            run.start(PLAIN, at=round_, round_=round_)
            run.end(PLAIN, came_to, round=round_)
        run.report(PLAIN)
    write(read([tmp_path / "run"]), tmp_path / "allure")

    assert [result["status"] for result in results(tmp_path / "allure")] == [status, "passed"]


def test_nothing_is_attached_to_a_pass(tmp_path: Path) -> None:
    """A run has thousands of them."""
    result = named(written(tmp_path), "test_pass")

    assert result["attachments"] == []
    assert all(step["attachments"] == [] for step in result["steps"])


def test_every_attachment_lies_beside_the_results(tmp_path: Path) -> None:
    """And every file there is attached to something."""
    told = json.dumps(written(tmp_path, "x"))

    lying = {path.name for path in (tmp_path / "allure").glob("*-attachment.*")}
    assert lying == set(re.findall(r"[0-9a-f-]{36}-attachment\.\w+", told))


def test_a_test_stands_in_the_tree_of_suites(tmp_path: Path) -> None:
    """Folders, file and classes, as Allure's own plugin has them."""
    write(dossier_of(tmp_path / "run", (TEST, Verdict.DRIFT, "contract.type")), tmp_path / "allure")

    (result,) = results(tmp_path / "allure")
    labels = {label["name"]: label["value"] for label in result["labels"]}
    assert (labels["parentSuite"], labels["suite"]) == ("tests.api", "test_a")
    assert (labels["subSuite"], labels["package"]) == ("TestB", "tests.api.test_a.TestB")
    assert result["fullName"] == "tests.api.test_a.TestB#test_c"
    assert result["titlePath"] == ["tests", "api", "test_a.py", "TestB"]
    assert result["parameters"] == [{"name": "parameters", "value": "1-x"}]


def test_a_test_is_known_by_the_same_names_in_every_run(tmp_path: Path) -> None:
    """Its history spans runs; its results do not, unless the same run is written again."""
    for name in ("one", "two"):
        with making(tmp_path / name) as run:
            run.test(TEST)
        write(read([tmp_path / name]), tmp_path / name / "allure")
    write(read([tmp_path / "one"]), tmp_path / "one" / "allure")

    (one,), (two,) = (results(tmp_path / name / "allure") for name in ("one", "two"))
    assert (one["historyId"], one["testCaseId"]) == (two["historyId"], two["testCaseId"])


def test_parameters_are_parts_of_one_test_case(tmp_path: Path) -> None:
    """Each has a history of its own."""
    tests = [(f"{PLAIN}[{n}]", Verdict.PASS, "") for n in (1, 2)]
    write(dossier_of(tmp_path / "run", *tests), tmp_path / "allure")

    one, two = results(tmp_path / "allure")
    assert one["testCaseId"] == two["testCaseId"]
    assert one["historyId"] != two["historyId"]


def test_a_trace_is_linked_where_it_can_be_found(tmp_path: Path) -> None:
    """The template of the settings makes the link; without one there is none."""
    settings = (("trace_url", "https://traces.test/{trace_id}", "pyproject.toml"),)
    result = named(written(tmp_path, settings=settings), "test_pass")

    (link,) = result["links"]
    assert (link["name"], link["url"][:20]) == ("trace", "https://traces.test/")


def test_steps_that_hold_each_other_are_no_trap(tmp_path: Path) -> None:
    """A spool may say anything; what belongs to nothing is left out, and depth has an end."""
    with making(tmp_path / "run") as run:
        run.start(PLAIN)
        run.step(PLAIN, "a", id="a", parent="b")
        run.step(PLAIN, "b", id="b", parent="a")
        for number in range(100):
            run.step(PLAIN, f"{number}", id=f"{number}", parent=f"{number - 1}", at=NOON)
        run.end(PLAIN)
    write(read([tmp_path / "run"]), tmp_path / "allure")

    (result,) = results(tmp_path / "allure")
    assert json.dumps(result["steps"]).count('"name"') == 50


def test_categories_sort_by_the_word_that_messages_begin_with(tmp_path: Path) -> None:
    """Each verdict that is worth one has a category, which takes its own results alone."""
    found = [one for one in written(tmp_path) if one["statusDetails"].get("message")]

    for category in categories():
        taken = [
            one["name"]
            for one in found
            if one["status"] in category["matchedStatuses"]
            and re.fullmatch(category["messageRegex"], one["statusDetails"]["message"])
        ]
        assert taken != []
    assert json.loads((tmp_path / "allure" / "categories.json").read_text("utf-8")) == categories()


def test_the_environment_is_a_properties_file_in_ascii(tmp_path: Path) -> None:
    """Readers take it for Latin-1: what is beyond ASCII is escaped, and no value ends its line."""
    head = rich(tmp_path, env="stäging\n\\😀", source={"odd key=": "v"}).head

    text = environment(head)

    assert "environment = st\\u00e4ging\\u000a\\u005c\\ud83d\\ude00\n" in text
    assert "odd_key_ = v\n" in text
    assert "target = http://shop.test\n" in text
    assert text.isascii()


def test_shards_of_a_run_have_an_environment_each(tmp_path: Path) -> None:
    """Their seeds differ, and so may their targets."""
    for shard in ("1", "2"):
        with making(tmp_path / shard, shard=shard) as run:
            run.test(PLAIN)

    text = environment(read([tmp_path / "1", tmp_path / "2"]).head)

    assert "1.target = http://shop.test\n" in text
    assert "2.seed = 7\n" in text


@pytest.mark.parametrize(
    "job, kind",
    [
        pytest.param("https://github.com/o/r/actions/runs/7", "github", id="github"),
        pytest.param("https://gitlab.example/o/r/-/jobs/7", "gitlab", id="gitlab"),
        pytest.param("https://ci.example/7", None, id="another"),
        pytest.param("javascript:alert(1)", None, id="no-address"),
    ],
)
def test_the_executor_is_who_ran_the_job(tmp_path: Path, job: str, kind: str | None) -> None:
    """What is no address of the web is no link."""
    told = executor(rich(tmp_path, source={"job": job}).head)

    assert told.get("type") == kind
    assert ("buildUrl" in told) is job.startswith("https")


def test_a_run_without_tests_has_no_results(tmp_path: Path) -> None:
    """Its folder says what it was."""
    write(read([tmp_path / "none"]), tmp_path / "allure")

    names = sorted(path.name for path in (tmp_path / "allure").iterdir())
    assert names == ["categories.json", "environment.properties", "executor.json"]
