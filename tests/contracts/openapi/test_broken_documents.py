"""Documents that are broken at random: read or refused, and whole for whoever reads them later."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redhanded.contracts.openapi import text
from redhanded.contracts.openapi.document import Document, DocumentUnusable, Unresolvable
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.packing import pack, unpack
from redhanded.contracts.openapi.structure import mend

REALWORLD = Path(__file__).parents[2] / "corpus" / "specs" / "realworld.yml"
JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1.5, "", "x", "#/", [], {}, [None], {"": {}}),
    *({"$ref": "#"}, {"$ref": "#/components"}, {"$ref": "no.yaml"}, {"$ref": 7}, {"$ref": "::"}),
    *({"$ref": "http://[/"}, {"$ref": "#/%ff"}, {"$id": "http://[/"}, {"$anchor": "x"}),
)


@pytest.fixture(scope="module")
def whole() -> str:
    """A document that is in order, as JSON."""
    return json.dumps(text.parse(REALWORLD.read_bytes(), "realworld.yml").value)


def broken(whole: str, chance: random.Random) -> bytes:
    """The document with something else at three places."""
    value = json.loads(whole)
    for _ in range(3):
        container, key = chance.choice(list(_places(value)))
        container[key] = chance.choice(JUNK)
    return json.dumps(value).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  JSON is what it is
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


@pytest.mark.parametrize("seed", range(8))
def test_a_broken_document_is_read_or_refused(whole: str, seed: int) -> None:
    """INVARIANT: no other error, and nothing of another shape than specified is left in it."""
    chance = random.Random(seed)
    found: list[Document] = []
    refusals: list[str] = []
    for _ in range(25):
        try:
            found.append(read(broken(whole, chance), "api.json"))
        except DocumentUnusable as refusal:
            refusals.append(str(refusal))

    assert found
    assert [refusal for refusal in refusals if "\n" in refusal] == []
    assert [flaw for document in found for flaw in mend(document)] == []
    assert all(unpack(json.loads(json.dumps(pack(document)))) == document for document in found)


@pytest.mark.parametrize("seed", range(4))
def test_the_place_of_a_flaw_is_in_the_document(whole: str, seed: int) -> None:
    """INVARIANT: each place leads somewhere, but for what was taken out."""
    chance = random.Random(100 + seed)
    flaws = []
    for _ in range(25):
        content = broken(whole, chance)
        try:
            flaws += [(flaw, content) for flaw in read(content, "api.json").flaws]
        except DocumentUnusable:
            continue

    assert flaws
    assert [str(flaw) for flaw, content in flaws if not _leads_somewhere(flaw, content)] == []


def _leads_somewhere(flaw: Flaw, content: bytes) -> bool:
    document = Document("api.json", (3, 1), json.loads(content), "file:///api.json")
    try:
        document.node(flaw.place.removeprefix("api.json#"))
    except Unresolvable:
        return False
    return True
