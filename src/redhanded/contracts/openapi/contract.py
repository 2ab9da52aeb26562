"""The contract that an OpenAPI document is: every exchange with the API is held against it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.openapi import suggestions
from redhanded.contracts.openapi.examination import ABSENT, Examination
from redhanded.contracts.openapi.ignored import ignored
from redhanded.contracts.openapi.levels import is_closed, levels_of
from redhanded.contracts.openapi.named_values import are_named
from redhanded.contracts.openapi.operations import operations_of, unusable_paths
from redhanded.contracts.openapi.parameters import security_queries
from redhanded.contracts.openapi.requests import Request
from redhanded.contracts.openapi.responses import Responses
from redhanded.contracts.openapi.routing import Router
from redhanded.contracts.openapi.schemas import Schemas
from redhanded.contracts.openapi.sent import Sent
from redhanded.contracts.openapi.servers import Origin, prefixes_of
from redhanded.contracts.openapi.terms import Terms
from redhanded.contracts.openapi.undocumented import undocumented

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Flaw
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.contracts.openapi.routing import Match
    from redhanded.core.attempt import Attempt
    from redhanded.core.contracting import Contracting
    from redhanded.core.violation import Violation

_REFUSALS = frozenset({400, 422})
"""How an API says that a request is not as it wants it; 409 and others say more than that."""


class _Plan(NamedTuple):
    """What an operation declares, as what exchanges are held against."""

    request: Request
    responses: Responses


class OpenAPIContract:
    """Holds exchanges against a document; pure but for what it compiles and keeps.

    `base_url` is the address of the API under test, and answers of other origins are not judged;
    without one, every origin is the API's. `see` shows a value of an exchange in a few safe words.
    """

    kind: ClassVar[Literal["document"]] = "document"

    def __init__(
        self,
        document: Document,
        contracting: Contracting,
        base_url: str = "",
        *,
        see: Callable[[object], str] = glimpse,
    ) -> None:
        self.name: str = document.name
        self.document = document
        self.operations: tuple[Operation, ...] = operations_of(document)
        self.schemas: Schemas = Schemas(document)
        self._terms = Terms(
            document, self.schemas, levels_of(contracting), see, is_closed(contracting)
        )
        self._origin = Origin(base_url)
        self._base_url = base_url
        self._prefix = contracting.prefix
        self._plans: dict[tuple[str, str], _Plan] = {}

    def check(self, attempt: Attempt) -> list[Violation]:
        """Everything that the exchange breaks of the document, the request's part first."""
        return list(self.examine(attempt).violations)

    def examine(self, attempt: Attempt) -> Examination:
        """What of the document the exchange has met, and what it broke of that.

        An attempt without a whole answer, or to another origin, has met nothing.
        """
        status = attempt.status
        target = self._origin.target_of(attempt.url)
        if status is None or attempt.failure is not None or target is None:
            return Examination(None)
        path, query = target
        match = self._router.find(attempt.method, path)
        if match is None or match.operation is None:
            return self._unmet(attempt, status, path, match)
        if _is_beside(attempt.method, status, match):
            return Examination(None, template=match.template)
        sent = Sent(match.values, query, attempt.raw_request_headers)
        return self._held(attempt, status, match.operation, sent)

    def _held(self, attempt: Attempt, status: int, operation: Operation, sent: Sent) -> Examination:
        plan = self._plan_of(operation)
        request, asked = plan.request.judge(sent, attempt.request_body)
        response, answered = plan.responses.judge(attempt, status)
        if status >= 400:
            # Who refuses a request that breaks the document agrees with it.
            is_odd = status in _REFUSALS or self._is_gone(attempt, status, operation, sent)
            asked = self._refused(operation, status) if is_odd and not asked else []
        elif operation.is_deprecated:
            asked = [*self._deprecated(operation), *asked]
        if status < 300 and sent.query and response.value is not ABSENT:
            parameters = plan.request.parameters
            asked += ignored(self._terms, parameters, request.parameters, response.value)
        return Examination(operation, (*asked, *answered), request, response, operation.template)

    def _unmet(self, attempt: Attempt, status: int, path: str, match: Match | None) -> Examination:
        """A request that the document has no operation for; a refusal agrees with the document."""
        below = self._router.below_prefix(path)
        template = match.template if match else suggestions.template_of(below)
        flaw = self._flaw_of(attempt, match) if match else None
        if flaw is not None:
            return Examination(None, tuple(self._terms.tell_flaw(flaw)), template=template)
        # What OPTIONS tells is the server's own (RFC 9110, section 9.3.7; CORS).
        if status >= 400 or attempt.method == "OPTIONS":
            return Examination(None, template=template)
        told = undocumented(self._terms, attempt, template, match)
        return Examination(None, tuple(told), template=template)

    def _flaw_of(self, attempt: Attempt, match: Match) -> Flaw | None:
        """Why the document has no such method; None where it does not mean to have it."""
        method = attempt.method.lower()
        found = self._flaws.get(match.template)
        return found or self._terms.flaw_at(match.path_node, method)

    def _is_gone(self, attempt: Attempt, status: int, operation: Operation, sent: Sent) -> bool:
        """Whether nothing is found where the document says itself that something is."""
        is_read = status == 404 and attempt.method in ("GET", "HEAD")
        return is_read and are_named(self.document, operation, sent.path)

    def _refused(self, operation: Operation, status: int) -> list[Violation]:
        wanted = "an answer, as the request follows the document"
        source = operation.node
        return self._terms.tell("request_refused", "status", str(status), wanted, source=source)

    def _deprecated(self, operation: Operation) -> list[Violation]:
        where, wanted = "operation", "an operation that is not"
        source = operation.node
        return self._terms.tell("operation_deprecated", where, "deprecated", wanted, source=source)

    def _plan_of(self, operation: Operation) -> _Plan:
        key = operation.method, operation.template
        try:
            return self._plans[key]
        except KeyError:
            plan = _Plan(
                Request(self._terms, operation, self._excepted), Responses(self._terms, operation)
            )
            return self._plans.setdefault(key, plan)

    @cached_property
    def _router(self) -> Router:
        broken = (operation for operation, _ in self._unusable)
        return Router(
            [*self.operations, *broken], self._prefixes_of, prefixes=self._prefixes_of(None)
        )

    @cached_property
    def _flaws(self) -> dict[str, Flaw]:
        return {operation.template: flaw for operation, flaw in self._unusable}

    @cached_property
    def _unusable(self) -> tuple[tuple[Operation, Flaw], ...]:
        return unusable_paths(self.document)

    @cached_property
    def _excepted(self) -> frozenset[str]:
        return security_queries(self.document)

    def _prefixes_of(self, operation: Operation | None) -> tuple[str, ...]:
        if self._prefix is not None:
            return (self._prefix.rstrip("/"),)
        return prefixes_of(self.document, operation, self._base_url)


def _is_beside(method: str, status: int, match: Match) -> bool:
    """Whether the document does not mean this request, and the answer says no more than that.

    A redirect is the way to the documented address where a slash at the end tells them apart; a
    HEAD that is refused is not documented, where only GET is.
    """
    is_way = not match.is_exact and 300 <= status < 400
    return is_way or (method == "HEAD" and "HEAD" not in match.known and status >= 400)
