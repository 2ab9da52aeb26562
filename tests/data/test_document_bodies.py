"""Bodies for the documents of real APIs: each can be made, and each is valid."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.request_schemas import RequestSchemas
from redhanded.data.factory import Factory
from redhanded.lab.app import create_app
from redhanded.lab.store import Store

ROOT = Path(__file__).parents[2]


def _realworld(_: Path) -> Document:
    file = ROOT / "tests" / "corpus" / "specs" / "realworld.yml"
    return read(file.read_bytes(), file.name)


def _box(month: str) -> Document:
    file = ROOT / "bench" / "contracts" / "documents" / f"box-{month}.json.gz"
    return read(gzip.decompress(file.read_bytes()), f"box-{month}.json")


def _demo(folder: Path) -> Document:
    with Store(folder / "lab.db") as store:
        described = create_app(store).openapi()
    return read(json.dumps(described).encode(), "demo.json")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((_realworld, 6), id="realworld"),
        pytest.param((lambda _: _box("2024-07"), 98), id="box-2024"),
        pytest.param((lambda _: _box("2026-06"), 112), id="box-2026"),
        pytest.param((_demo, 12), id="demo"),
    ],
)
def document(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RequestSchemas, int]:
    """The schemas of a document, and how many JSON bodies it asks for at least."""
    opened: Callable[[Path], Document]
    opened, count = request.param
    return RequestSchemas(opened(tmp_path_factory.mktemp("document"))), count


def _refused(schemas: dict[str, Any]) -> list[str]:
    make = Factory(7, "test", "0a1b2c3d", today=date(2026, 11, 22))
    refused = []
    for name, schema in schemas.items():
        judge = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
        if not judge.is_valid(make.schema(schema)):
            refused.append(name)
    return refused


def test_every_request_body_can_be_made(document: tuple[RequestSchemas, int]) -> None:
    """INVARIANT: valid by the schema that the contract would hold it against, all of them."""
    schemas, fewest = document
    bodies = {name: schemas.bundle(node) for name, node in schemas.bodies.items() if node}

    assert len(bodies) >= fewest
    assert _refused(bodies) == []


def test_every_named_schema_can_be_made(document: tuple[RequestSchemas, int]) -> None:
    """Those of answers too, with trees and unions in them."""
    schemas, _ = document

    assert _refused({name: schemas.bundle(node) for name, node in schemas.named.items()}) == []
