"""How long it takes to hold an answer against its document, beside what others take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from jsonschema_rs import Draft202012Validator

from bench.contracts import rivals
from bench.contracts.exchanges import answered
from bench.contracts.orders import DOCUMENT, page
from bench.contracts.timing import medians
from bench.figures import Figure
from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.loading import read
from redhanded.core.contracting import Contracting

_SIZES = {"2 KB": 2_000, "200 KB": 200_000}
_OURS, _BARE = "check", "bare parse and validation"
_GOALS: Mapping[tuple[str, str], float] = {
    ("openapi-core validate_response", "2 KB"): 10,
    ("openapi-core validate_response", "200 KB"): 10,
    ("schemathesis validate_response", "2 KB"): 3,
}
_MOST_OVER_BARE = 6.0  # what nobody here could notice; a slow machine strikes both alike


def figures(*, short: bool) -> Iterator[Figure]:
    """What a check takes, and how many times that others take, in one process and one run."""
    for name, size in _SIZES.items():
        body = page(size)
        others = {} if short else rivals.rivals(body)
        ways: dict[str, Callable[[], object]] = {_OURS: checking(body), _BARE: _bare(body)}
        times = medians({**ways, **others}, rounds=3 if short else 15)
        yield _own(name, times)
        yield from (_beside(other, name, times) for other in others)
    if not (short or others):
        yield Figure(name="openapi-core and schemathesis", measured=rivals.MISSING)


def checking(body: bytes) -> Callable[[], object]:
    """Our check of one answer, all in, which raises where it finds a breach."""
    contract, attempt = of_orders(), answered(body)

    def check() -> None:
        if contract.check(attempt):
            raise AssertionError(contract.check(attempt))

    return check


def of_orders() -> OpenAPIContract:
    """The contract of the document of orders, of which nothing is compiled yet."""
    document = read(json.dumps(DOCUMENT).encode(), "orders.json")
    return OpenAPIContract(document, Contracting(), "http://127.0.0.1")


def _bare(body: bytes) -> Callable[[], object]:
    """The least that anybody must do: parse the text, and ask the validator that we use."""
    text = json.dumps(DOCUMENT["components"]["schemas"])
    schemas = json.loads(text.replace("#/components/schemas/", "#/$defs/"))
    schema = {**_without_nullable(schemas["Page"]), "$defs": _without_nullable(schemas)}
    validator = Draft202012Validator(schema, validate_formats=True, offline=True)
    if not validator.is_valid(json.loads(body)):
        raise AssertionError("the page does not hold to its schema")
    return lambda: validator.is_valid(json.loads(body))


def _without_nullable(schemas: dict[str, object]) -> dict[str, object]:
    """The schemas as JSON Schema has them, which knows no `nullable`."""
    text = json.dumps(schemas)
    plain = text.replace('"type": "string", "nullable": true', '"type": ["string", "null"]')
    found: dict[str, object] = json.loads(plain)
    return found


def _own(size: str, times: Mapping[str, float]) -> Figure:
    ratio = times[_OURS] / times[_BARE]
    return Figure(
        name=f"a valid answer of {size}, checked",
        measured=f"{times[_OURS] * 1000:.3f} ms, {ratio:.1f} x bare",
        goal=f"<= {_MOST_OVER_BARE:.0f} x bare",
        is_met=ratio <= _MOST_OVER_BARE,
    )


def _beside(other: str, size: str, times: Mapping[str, float]) -> Figure:
    ratio, goal = times[other] / times[_OURS], _GOALS.get((other, size))
    return Figure(
        name=f"{other} of the same {size}, over ours",
        measured=f"{times[other] * 1000:.2f} ms, {ratio:.1f} x",
        goal=f">= {goal:.0f} x" if goal else "",
        is_met=goal is None or ratio >= goal,
    )
