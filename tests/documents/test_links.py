"""Links between documents, to the very heading, and pages that can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.documents.blocks import DOCUMENTS, ROOT, prose
from tests.documents.reference.pages import PAGES

IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)(?P<file>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")


@cache
def anchors(page: Path) -> frozenset[str]:
    """The ids of a page's headings, as the site's own Markdown makes them."""
    markdown: Any = import_module("markdown")  # it comes with the site's builder, without types
    extensions = ["attr_list", "tables", "toc", "pymdownx.superfences"]
    html = markdown.markdown(page.read_text("utf-8"), extensions=extensions)
    return frozenset(re.findall(r'<h[1-6] id="([^"]+)"', html))


@pytest.mark.parametrize("page", DOCUMENTS, ids=IDS)
def test_a_link_to_a_heading_finds_it(page: Path) -> None:
    """A heading that was renamed takes its links along."""
    links = [match.group("file", "anchor") for match in LINK.finditer(prose(page))]

    lost = [
        f"{file}#{anchor}"
        for file, anchor in links
        if anchor and file.endswith((".md", "")) and (target := _target(page, file)) is not None
        if anchor not in anchors(target)
    ]

    assert lost == []


def _target(page: Path, file: str) -> Path | None:
    """The document that a link leads to; None where it is no document."""
    target = (page.parent / file).resolve() if file else page
    return target if target.suffix == ".md" else None


def _pages(entry: Any) -> Iterator[str]:  # noqa: ANN401  whatever YAML holds
    """Every page that a part of the navigation names."""
    if isinstance(entry, str):
        yield entry
        return
    for inner in entry.values() if isinstance(entry, dict) else entry:
        yield from _pages(inner)


def test_every_page_is_reached_from_the_front_page() -> None:
    """Who follows links from the front page comes to each page, decisions included."""
    reached, ahead = set(), [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        links = (match["file"] for match in LINK.finditer(prose(page)))
        ahead += [target for file in links if (target := _target(page, file)) is not None]

    orphans = {path for path in DOCS.glob("**/*.md") if path not in reached}

    assert sorted(path.relative_to(DOCS).as_posix() for path in orphans) == []


def test_a_folder_of_the_navigation_holds_its_pages() -> None:
    """Tutorial, how-to, reference, explanation: a page lies where its part of the site does."""
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    parts = [part for part in nav if isinstance(part, dict)]

    folders = [{page.partition("/")[0] for page in _pages(part)} for part in parts]

    assert all(len(folder) == 1 for folder in folders)


def test_programs_find_every_page_of_the_navigation() -> None:
    """`llms.txt` has a title, a summary, and lists of links, as https://llmstxt.org says."""
    lines = (DOCS / "llms.txt").read_text("utf-8").splitlines()
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]

    assert lines[0] == "# redhanded"
    assert lines[2].startswith("> ")
    linked = [match["file"] for line in lines if (match := LINK.search(line))]
    assert linked == [page for part in nav for page in _pages(part)]
    assert all(re.match(r"- \[.+\]\(.+\): \S.{10,}", line) for line in lines if line[:1] == "-")


def test_the_generated_pages_say_how_they_are_made() -> None:
    """Who wants to change one finds the command in it."""
    texts = [page.path.read_text("utf-8") for page in PAGES if page.name.endswith(".md")]

    assert all("<!-- generated" in text for text in texts)
