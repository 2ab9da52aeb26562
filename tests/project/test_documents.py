from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from unittest import SkipTest

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from tests.project.checkout import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!https?:|#)(?P<target>[^)#\s]+)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_the_code_of_a_document_runs(path: Path) -> None:
    """What a reader copies works: blocks run from top to bottom, in one namespace a page."""
    sybil = Sybil([PythonCodeBlockParser(), SkipParser()], path=str(path.parent))

    blocks = list(sybil.parse(path).examples())

    for block in blocks:
        with suppress(SkipTest):  # a skipped block says why it cannot run here
            block.evaluate()
    assert len(blocks) >= path.read_text("utf-8").count("\n```python\n")


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_a_link_between_documents_leads_somewhere(path: Path) -> None:
    """A file that is linked to exists."""
    targets = [match["target"] for match in LINK.finditer(path.read_text("utf-8"))]

    assert [target for target in targets if not (path.parent / target).exists()] == []
