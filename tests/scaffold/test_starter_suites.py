"""A suite that was just written runs green, and red when the API has a bug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.lab import Running, running
from tests.lean import LEAN
from tests.scaffold.suites import DEMO, OWN, Done, run, written

pytestmark = pytest.mark.timeout(180)

QUICK = ("-p", "no:cacheprovider", *LEAN, "-p", "no:asyncio")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo API for the tests of this file, without defects at the end of each."""
    with running(tmp_path_factory.mktemp("demo") / "demo.db") as demo:
        yield demo


def judged(folder: Path, api: Running, *arguments: str) -> Done:
    """What came of the suite in the folder, run against the demo API."""
    return run(folder, "pytest", *QUICK, *arguments, REDHANDED_BASE_URL=api.url)


def test_the_demo_suite_is_green_at_once(tmp_path: Path, api: Running) -> None:
    """In two processes: nothing in it minds who runs beside it, and nothing is left behind."""
    folder = written(DEMO, tmp_path)

    result = judged(folder, api, "-n", "2")

    assert result.exit_code == 0, result.text
    held = re.search(r"Green: all (\d+) tests held", result.text)
    assert held is not None, result.text
    assert int(held[1]) > 60
    assert "left behind" not in result.text


@pytest.mark.parametrize(
    "arguments", [("-m", "canary"), ("-m", "contract")], ids=["canary", "contract"]
)
def test_a_kind_of_tests_runs_alone(tmp_path: Path, api: Running, arguments: tuple[str]) -> None:
    """Each is chosen by its marker."""
    result = judged(written(DEMO, tmp_path), api, *arguments)

    assert result.exit_code == 0, result.text
    assert "deselected" in result.text


def test_the_demo_suite_catches_a_bug_with_its_evidence(tmp_path: Path, api: Running) -> None:
    """Red names the defect, the request and the report's page, which is there."""
    folder = written(DEMO, tmp_path)

    api.switch("D31")
    try:
        result = judged(folder, api)
    finally:
        api.switch()

    assert result.exit_code == 1, result.text
    assert re.search(r"Red: \d+ (defect|drift)", result.text), result.text
    page = re.search(r"report: (\S+report\.html)", result.text)
    assert page is not None
    assert (folder / page[1]).stat().st_size > 10_000


def test_a_suite_for_any_api_is_green_at_once(tmp_path: Path, api: Running) -> None:
    """All it knows is where the API is, and how it says that it is well."""
    result = judged(written(replace(OWN, base_url=api.url), tmp_path), api)

    assert result.exit_code == 0, result.text
    assert "Green: all 7 tests held" in result.text


def test_a_suite_beside_others_is_green_at_once(tmp_path: Path, api: Running) -> None:
    """It has a folder of its own among the project's tests."""
    answers = replace(OWN, tests="tests/api")
    folder = written(answers, tmp_path)
    (folder / "tests" / "test_unit.py").write_text("def test_it_adds():\n    assert 1 + 1 == 2\n")

    result = judged(folder, api, "tests/api")

    assert result.exit_code == 0, result.text
