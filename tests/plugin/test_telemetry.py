"""Spans of real runs: one trace a test, tied to its run over workers, beside an instrumentation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import raw

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.suites import Suite
    from tests.servers.fixtures import StartRaw

TOML = 'telemetry = true\ntrace_url = "https://traces.test/{trace_id}"\n'
PROVIDER = """
import os
from pathlib import Path
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

file = Path(__file__).with_name(f"spans.{os.getpid()}.ndjson").open("w")
told = ConsoleSpanExporter(out=file, formatter=lambda span: span.to_json(indent=None) + "\\n")
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(told))
trace.set_tracer_provider(provider)
HTTPX2ClientInstrumentor().instrument()
"""
SUITE = """
from redhanded import expect
def test_good(api): expect(api.get("/orders/1"), 200)
def test_bad(api): expect(api.get("/orders/2"), 201)
"""


def spans(folder: Path) -> list[dict[str, Any]]:
    """What all processes of the run exported."""
    files = sorted(folder.glob("spans.*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=["one-process", "workers"])
def test_a_run_and_its_tests_are_traced(
    suite: Suite, raw_server: StartRaw, pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    """INVARIANT: the trace that evidence names is the one that a backend shows, and leads on."""
    (pytester.path / "conftest.py").write_text(PROVIDER, "utf-8")
    server = raw_server(raw.answer())

    ran = suite(SUITE, *arguments, base_url=server.url, toml=TOML, apart=True)

    assert ran.verdicts == {"test_good": "pass", "test_bad": "defect"}, ran.text
    made = spans(ran.folder)
    (run,) = [one for one in made if "test.suite.name" in one["attributes"]]
    tests = {one["name"]: one for one in made if "test.case.name" in one["attributes"]}
    calls = [one for one in made if one["kind"] == "SpanKind.CLIENT"]
    own = [one for one in calls if one["attributes"].get("redhanded.purpose") == "test"]
    recorded = {one["test_id"]: one["trace_id"] for one in ran.of("test_ended")}
    assert {name: one["context"]["trace_id"][2:] for name, one in tests.items()} == recorded
    assert {one["links"][0]["context"]["span_id"] for one in tests.values()} == {
        run["context"]["span_id"]
    }
    assert sorted(one["parent_id"] for one in own) == sorted(
        one["context"]["span_id"] for one in tests.values()
    )
    exchanges = [one["exchange"]["id"] for one in ran.of("attempt_ended")]
    assert sorted(one["context"]["span_id"][2:] for one in calls) == sorted(exchanges)
    assert f"https://traces.test/{recorded['test_suite.py::test_bad']}" in ran.text
