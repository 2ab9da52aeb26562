"""Whether a breach of the record is seen again, by what stands in its place now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.core.violation import Violation
from redhanded.session.replay.outcome import Difference
from redhanded.session.replay.reproduction import Told, unseen


def told(body: object = None, *, status: int = 200, seconds: float = 0.1, **headers: str) -> Told:
    """An answer."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Told(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, text, seconds
    )


def breach(where: str, *, expected: str = "number", rule: str = "", actual: str = "") -> Violation:
    """A breach at that place."""
    return Violation("value", where, actual, expected, rule)


@pytest.mark.parametrize(
    "violation, before, after",
    [
        pytest.param(breach("status"), {"status": 500}, {"status": 500}, id="status"),
        pytest.param(
            breach("latency", expected="at most 100 ms"), {}, {"seconds": 0.2}, id="late-again"
        ),
        pytest.param(breach("headers.etag", expected="required"), {}, {}, id="no-header-again"),
        pytest.param(
            breach("headers.Cache-Control"),
            {"cache_control": "x"},
            {"cache_control": "x"},
            id="the-same-header",
        ),
        pytest.param(
            breach("$.a", rule="required"), {"body": {}}, {"body": {"b": 1}}, id="missing-again"
        ),
        pytest.param(
            breach("$.a", rule="equal"), {"body": {"a": 1}}, {"body": {"a": 1}}, id="the-same-value"
        ),
        pytest.param(
            breach("$.a", rule="int_type"), {"body": {"a": "x"}}, {"body": {"a": "y"}}, id="type"
        ),
        pytest.param(
            breach("$.a", rule="type"), {"body": {"a": None}}, {"body": {"a": None}}, id="null"
        ),
        pytest.param(
            breach("$.a", rule="extra_forbidden"),
            {"body": {"a": "x"}},
            {"body": {"a": "y"}},
            id="undeclared-whatever-it-holds",
        ),
        pytest.param(
            breach("$.a", rule="additionalProperties"),
            {"body": {"a": 1}},
            {"body": {"a": 2}},
            id="undeclared-in-a-document",
        ),
        pytest.param(breach("body"), {"body": "<html>"}, {"body": "<html>"}, id="no-json-again"),
    ],
)
def test_a_breach_is_seen_again(
    violation: Violation, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """What stands there is as wrong as it was."""
    assert unseen(violation, told(**before), told(**after)) is None


@pytest.mark.parametrize(
    "violation, before, after, found",
    [
        pytest.param(
            breach("latency", expected="at most 100 ms", actual="301 ms"),
            {},
            {"seconds": 0.05},
            ("latency", "301 ms", "50 ms"),
            id="in-time",
        ),
        pytest.param(
            breach("latency", expected="soon", actual="301 ms"),
            {},
            {"seconds": 9},
            ("latency", "301 ms", "9.00 s"),
            id="no-limit-is-known",
        ),
        pytest.param(
            breach("headers.etag"), {}, {"etag": "a"}, ("headers.etag", "missing", '"a"'), id="h"
        ),
        pytest.param(
            breach("$.a"), {"body": {}}, {"body": {"a": 1}}, ("$.a", "missing", "1"), id="there-now"
        ),
        pytest.param(
            breach("$.a", rule="int_type"),
            {"body": {"a": "1"}},
            {"body": {"a": 1}},
            ("$.a", '"string"', '"number"'),
            id="of-the-right-type",
        ),
        pytest.param(
            breach("$.a", rule="extra_forbidden"),
            {"body": {"a": 1}},
            {"body": {}},
            ("$.a", "1", "missing"),
            id="gone",
        ),
        pytest.param(
            breach("$.a", rule="equal"),
            {"body": {"a": 91}},
            {"body": {"a": 90}},
            ("$.a", "91", "90"),
            id="another-value",
        ),
        pytest.param(
            breach("$.a", rule="equal"),
            {"body": {"a": 1}},
            {"body": {"a": True}},
            ("$.a", "1", "true"),
            id="true-is-not-1",
        ),
        pytest.param(
            breach("body"), {"body": "x"}, {"body": "y"}, ("body", '"x"', '"y"'), id="body"
        ),
        pytest.param(
            breach("$.a"), {"body": {"a": 1}}, {"body": "<"}, ("$.a", "1", "missing"), id="no-json"
        ),
    ],
)
def test_a_breach_is_not_there_as_it_was(
    violation: Violation,
    before: dict[str, Any],
    after: dict[str, Any],
    found: tuple[str, str, str],
) -> None:
    """What stands there now is told; whether it is right, the test must say."""
    assert unseen(violation, told(**before), told(**after)) == Difference(*found)


@pytest.mark.parametrize("where", ["$..a", "$[", "$.a[x]"])
def test_a_place_that_is_none_is_nowhere_in_either(where: str) -> None:
    """A record may hold anything."""
    assert unseen(breach(where), told({}), told({"a": 1})) is None
