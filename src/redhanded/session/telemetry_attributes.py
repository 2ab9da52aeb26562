"""What spans tell, in the words of OpenTelemetry's semantic conventions.

Source: the stable HTTP conventions and those of tests in semantic conventions 1.44; what they have
no word for begins with `redhanded.`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from redhanded.core.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.events import AttemptEnded, TestEnded
    from redhanded.core.exchange import Exchange
    from redhanded.core.verdicts import Finding

Attributes: TypeAlias = dict[str, str | int]

SYNTHETIC: Final = {"user_agent.synthetic.type": "test"}
METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}
)
OTHER: Final = "_OTHER"
_MEASURED: Final = frozenset(
    {
        "http.request.method",
        "http.response.status_code",
        "error.type",
        "network.protocol.version",
        "server.address",
        "server.port",
        "url.scheme",
        "url.template",
        "user_agent.synthetic.type",
    }
)
_PORTS: Final = {"http": 80, "https": 443}
_ENDS: Final = {0: "success", 1: "failure", 2: "aborted", 3: "aborted", 5: "failure"}


def of_method(method: str) -> Attributes:
    """What is known of an attempt before it is sent, and a sampler may look at."""
    known = method if method in METHODS else OTHER
    return {"http.request.method": known, **SYNTHETIC}


def of_attempt(event: AttemptEnded) -> Attributes:
    """What an attempt came to."""
    exchange = event.exchange
    template = _template(event.operation)
    told: Attributes = {
        **of_method(exchange.method),
        **_server(exchange.url),
        "url.full": exchange.url,
        "redhanded.call": exchange.call_id,
        "redhanded.attempt": exchange.number,
        "redhanded.purpose": exchange.purpose,
    }
    told |= {"url.template": template} if template else {}
    if exchange.method not in METHODS:
        told["http.request.method_original"] = exchange.method
    if exchange.number > 1:
        told["http.request.resend_count"] = exchange.number - 1
    return told | _answer(exchange)


def _answer(exchange: Exchange) -> Attributes:
    told: Attributes = {}
    version = exchange.http_version.partition("/")[2]
    if version:
        told["network.protocol.version"] = version
    if exchange.status is not None:
        told["http.response.status_code"] = exchange.status
    error = error_of(exchange)
    return told | ({"error.type": error} if error else {})


def error_of(exchange: Exchange) -> str:
    """What class of failure an attempt ended with: an error's name or a status; else empty."""
    if exchange.failure is not None:
        return exchange.failure.error
    return f"{exchange.status}" if (exchange.status or 0) >= 400 else ""


def name_of(method: str, operation: str) -> str:
    """The name of an attempt's span: its method, and its route where one is known."""
    known = method if method in METHODS else "HTTP"
    return f"{known} {_template(operation)}".rstrip()


def _template(operation: str) -> str:
    return operation.partition(" ")[2]


def _server(url: str) -> Attributes:
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:  # what a mask left is no URL
        return {}
    told: Attributes = {"url.scheme": split.scheme, "server.address": host or ""}
    port = port or _PORTS.get(split.scheme)
    return told | ({"server.port": port} if port else {})


def measured(attributes: Attributes) -> Attributes:
    """What of an attempt a metric is told: nothing that has a value for each attempt."""
    return {name: told for name, told in attributes.items() if name in _MEASURED}


def of_test(event: TestEnded) -> Attributes:
    """What a round of a test came to.

    Its status knows only pass and fail, so that an open verdict has none.
    """
    verdict = event.verdict
    if verdict is None:
        return {}
    told: Attributes = {"redhanded.verdict": str(verdict)}
    if event.findings:
        told["redhanded.cause"] = event.findings[0].code
    if verdict is not Verdict.INCONCLUSIVE:
        told["test.case.result.status"] = "fail" if verdict.is_red else "pass"
    return told


def of_findings(findings: tuple[Finding, ...]) -> Iterator[Attributes]:
    """What each finding says, in its first line."""
    for found in findings:
        yield {
            "redhanded.verdict": str(found.verdict),
            "redhanded.cause": found.code,
            "redhanded.headline": found.message.partition("\n")[0],
        }


def of_end(exit_code: int) -> Attributes:
    """What a run ended with; one that was merely inconclusive has no status of the conventions."""
    told: Attributes = {"redhanded.exit_code": exit_code}
    status = _ENDS.get(exit_code)
    return told | ({"test.suite.run.status": status} if status else {})
