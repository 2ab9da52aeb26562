from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.project.checkout import ROOT

INDEX_ADDRESS = re.compile(
    r"https?://[\w.:/@-]*(?:pypi|pythonhosted|npmjs|/simple\b)|--(?:extra-)?index-[u]rl|--find-[l]inks"
)
MACHINE_PATH = re.compile(
    r"(?<![\w.}/-])/(?:root|work|home/[a-z]+|Users/[A-Za-z]+|tmp)/\w|[A-Z]:\\Users\\"
)


def committed_files() -> list[Path]:
    """Every text file that is, or is about to be, committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


@pytest.fixture(scope="module")
def committed() -> dict[str, str]:
    """The text of each committed file, by its path."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is an unpacked archive: which files are committed cannot be told")
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8", errors="replace")
        for path in committed_files()
    }


def found(committed: dict[str, str], pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs, as `path: text`."""
    return [
        f"{path}: {match.group()}"
        for path, text in committed.items()
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_package_index(committed: dict[str, str]) -> None:
    """Who installs the project says where from; the project ties nobody to one index."""
    assert found(committed, INDEX_ADDRESS) == []


def test_no_file_names_a_place_on_a_machine(committed: dict[str, str]) -> None:
    """A path of one machine is wrong on all others."""
    assert found(committed, MACHINE_PATH) == []


def test_no_lock_that_holds_addresses_is_committed(committed: dict[str, str]) -> None:
    """Locks of other tools name the index that they were made with."""
    assert {"uv.lock", "package-lock.json", "poetry.lock"} & set(committed) == set()


@pytest.mark.parametrize(
    "text, pattern",
    [
        pytest.param("see https:" + "//index.example/simple/httpx2", INDEX_ADDRESS, id="an index"),
        pytest.param("--" + "index-url x", INDEX_ADDRESS, id="an option"),
        pytest.param("open('/" + "tmp/file')", MACHINE_PATH, id="a temporary file"),
        pytest.param("/" + "home/ann/code", MACHINE_PATH, id="a home"),
    ],
)
def test_the_patterns_find_what_they_are_for(text: str, pattern: re.Pattern[str]) -> None:
    """A rule that can find nothing would always hold."""
    assert found({"file": text}, pattern)
