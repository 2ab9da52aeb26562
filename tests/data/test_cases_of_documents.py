"""Cases and searches for the bodies of a real API: each is what it says it is."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.request_schemas import RequestSchemas
from redhanded.data import Case, boundaries, hostile, negatives, strategy
from redhanded.data.factory import Factory

ROOT = Path(__file__).parents[2]
make = Factory(3, "cases", "0" * 8, today=date(2026, 11, 22))


def bodies() -> dict[str, dict[str, Any]]:
    """The schema of each JSON request body; of Box every third, which has all kinds of them."""
    realworld = ROOT / "tests" / "corpus" / "specs" / "realworld.yml"
    box = ROOT / "bench" / "contracts" / "documents" / "box-2026-06.json.gz"
    found: list[tuple[str, dict[str, Any]]] = []
    for name, text, step in (
        ("realworld.yml", realworld.read_bytes(), 1),
        ("box.json", gzip.decompress(box.read_bytes()), 3),
    ):
        schemas = RequestSchemas(read(text, name))
        told = [(each, node) for each, node in schemas.bodies.items() if node]
        found += [(each, schemas.bundle(node)) for each, node in told[::step]]
    return dict(found)


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """The bodies, read once."""
    return bodies()


def judge(schema: dict[str, Any]) -> Any:  # noqa: ANN401  jsonschema-rs's
    """An independent validator."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)


def of(parameters: list[pytest.ParameterSet]) -> list[Case]:
    """The cases alone."""
    return [each.values[0] for each in parameters]  # type: ignore[misc]


def test_negative_cases_are_refused_and_boundary_cases_allowed(
    schemas: dict[str, dict[str, Any]],
) -> None:
    """INVARIANT: also in another body than the one that they were proven with."""
    wrong: list[str] = []
    count = 0
    for name, schema in schemas.items():
        body, valid = make.schema(schema), judge(schema).is_valid
        below, within = of(negatives(schema)), of(boundaries(schema))
        count += len(below) + len(within)
        wrong += [f"{name} {case.id}" for case in below if valid(case.of(body))]
        wrong += [f"{name} {case.id}" for case in within if not valid(case.of(body))]

    assert wrong == []
    assert count > 1500


def test_hostile_cases_can_be_sent(schemas: dict[str, dict[str, Any]]) -> None:
    """As JSON or as bytes, whatever the body is."""
    for schema in schemas.values():
        body = make.schema(schema)
        requests = [case.request(body) for case in of(hostile(schema))]
        assert all({"json"} == sent.keys() or "content" in sent for sent in requests)


def test_what_is_drawn_is_allowed(schemas: dict[str, dict[str, Any]]) -> None:
    """INVARIANT: a strategy of a document's body draws nothing that its contract would refuse."""
    drawn: list[str] = []
    for name, schema in schemas.items():
        valid = judge(schema).is_valid

        @settings(
            max_examples=3,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy(schema))
        def each(value: Any) -> None:  # noqa: ANN401  any JSON value
            assert valid(value)  # noqa: B023  called in this turn
            drawn.append(name)  # noqa: B023

        each()

    assert set(drawn) == schemas.keys()
