"""The site as it is published."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.documents.blocks import ROOT
from tests.documents.site import build


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of the pages as they are."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "docs", root / "docs")
    shutil.copy(ROOT / "mkdocs.yml", root)
    assert build(root) == 0
    return root / "site"


def test_programs_find_their_index_at_the_root(site: Path) -> None:
    """`llms.txt` stands where https://llmstxt.org looks for it, and its links lead to texts."""
    text = (site / "llms.txt").read_text("utf-8")

    links = re.findall(r"\]\(([^)]+)\)", text)

    assert [link for link in links if not (site / link).is_file()] == []
    assert text == (ROOT / "docs" / "llms.txt").read_text("utf-8")


def test_a_page_fetches_nothing_from_elsewhere(site: Path) -> None:
    """Who reads the documentation behind a firewall sees it whole, and nobody is told of it."""
    html = (site / "reference" / "causes" / "index.html").read_text("utf-8")

    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://[^"]+"', html) == []


def test_links_within_the_site_lead_to_ids_that_are_there(site: Path) -> None:
    """The builder makes the ids that the documents count on."""
    html = (site / "reference" / "causes" / "index.html").read_text("utf-8")
    anchors = set(re.findall(r'href="#([\w-]+)"', html)) - {"__toc"}

    assert "auth" in anchors
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in html} == set()


def test_a_warning_of_the_builder_stops_it(tmp_path: Path) -> None:
    """A link that leads nowhere is no matter of taste."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# T\n\n[gone](gone.md)\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: t\n", "utf-8")

    assert build(tmp_path) != 0
