from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from unittest import SkipTest

import pytest
import yaml
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from redhanded.core.settings import Settings, leaves
from redhanded.verdict.causes import causes
from tests.project.checkout import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
CODE = re.compile(r"`([a-z]+\.[a-z_]+)`")
FILE = re.compile(r"^```python\n# (\w+)\.py\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Save: TypeAlias = Callable[[Path], list[Path]]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!https?:|#)(?P<target>[^)#\s]+)")


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Save]:
    """Writes the blocks of a page that name their file into a folder to import from."""
    names: list[str] = []

    def save(page: Path) -> list[Path]:
        for name, code in FILE.findall(page.read_text("utf-8")):
            (tmp_path / f"{name}.py").write_text(code, "utf-8")
            names.append(name)
        return [tmp_path / f"{name}.py" for name in names]

    monkeypatch.syspath_prepend(tmp_path)
    yield save
    for name in names:  # the next page has files of its own
        sys.modules.pop(name, None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_the_code_of_a_document_runs(path: Path, saved: Save) -> None:
    """What a reader copies works: blocks run from top to bottom, in one namespace a page."""
    saved(path)
    sybil = Sybil([PythonCodeBlockParser(), SkipParser()], path=str(path.parent))

    blocks = list(sybil.parse(path).examples())

    for block in blocks:
        with suppress(SkipTest):  # a skipped block says why it cannot run here
            block.evaluate()
    assert len(blocks) >= path.read_text("utf-8").count("\n```python\n")


def test_a_file_of_a_document_imports_what_it_uses(saved: Save) -> None:
    """Who copies each block into the file that it names has a suite that is collected."""
    files = saved(ROOT / "docs" / "how-to" / "cleanup.md")

    for file in files:
        runpy.run_path(str(file))

    assert [file.stem for file in files] == ["models", "conftest", "test_bookings"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_a_link_between_documents_leads_somewhere(path: Path) -> None:
    """A file that is linked to exists."""
    targets = [match["target"] for match in LINK.finditer(path.read_text("utf-8"))]

    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_each_page_can_be_found() -> None:
    """A page that the navigation does not name is one that nobody reads."""
    named = list(_pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.glob("**/*.md")}

    assert sorted(named) == sorted(page for page in pages if not page.startswith("adr/"))


def test_decisions_are_numbered_one_after_the_other() -> None:
    """Two records of one number cannot be told apart where one is cited."""
    numbers = sorted(int(path.name[:4]) for path in ROOT.glob("docs/adr/*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_a_cause_that_a_document_names_is_known(path: Path) -> None:
    """What a reader looks up with `redhanded explain` is there, by that very code."""
    known = set(causes())
    families = {code.partition(".")[0] for code in known if "." in code}
    settings = {
        "auth.body",
        "auth.token",
        *(key for key, _ in leaves(Settings())),
    }  # written like causes
    named = set(CODE.findall(path.read_text("utf-8"))) - settings

    assert {code for code in named if code.partition(".")[0] in families} <= known


def _pages(entry: str | list[Any] | dict[str, Any]) -> Iterator[str]:
    """Every page that a part of the navigation names, in its order."""
    if isinstance(entry, str):
        yield entry
        return
    for inner in entry.values() if isinstance(entry, dict) else entry:
        yield from _pages(inner)
