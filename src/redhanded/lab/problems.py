"""Every refusal the API knows, as a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

from fastapi.responses import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from redhanded.lab.fields import Wire

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20  # a hostile body can be wrong in a hundred thousand places

Where = Literal["body", "query", "path", "header", "cookie"]
OAuthCode = Literal["invalid_client", "invalid_request", "invalid_scope", "unsupported_grant_type"]


class Kind(StrEnum):
    """The types a problem can have."""

    MALFORMED = "urn:problem:malformed-request"
    UNAUTHENTICATED = "urn:problem:unauthenticated"
    FORBIDDEN = "urn:problem:forbidden"
    SUSPENDED = "urn:problem:suspended"
    NOT_FOUND = "urn:problem:not-found"
    METHOD_NOT_ALLOWED = "urn:problem:method-not-allowed"
    ILLEGAL_TRANSITION = "urn:problem:illegal-transition"
    NOT_UNIQUE = "urn:problem:not-unique"
    IN_FLIGHT = "urn:problem:in-flight"
    PRECONDITION_FAILED = "urn:problem:precondition-failed"
    TOO_LARGE = "urn:problem:too-large"
    ADDRESS_TOO_LONG = "urn:problem:address-too-long"
    UNSUPPORTED_MEDIA_TYPE = "urn:problem:unsupported-media-type"
    INVALID = "urn:problem:invalid"
    KEY_REUSED = "urn:problem:key-reused"
    INSUFFICIENT_FUNDS = "urn:problem:insufficient-funds"
    INSUFFICIENT_POSITION = "urn:problem:insufficient-position"
    CURRENCY_MISMATCH = "urn:problem:currency-mismatch"
    INTERNAL = "urn:problem:internal"


_MEANING: Mapping[Kind, tuple[int, str]] = {
    Kind.MALFORMED: (400, "The request cannot be read"),
    Kind.UNAUTHENTICATED: (401, "Credentials are missing or not valid"),
    Kind.FORBIDDEN: (403, "The caller may not do this"),
    Kind.SUSPENDED: (403, "The user is suspended"),
    Kind.NOT_FOUND: (404, "There is no such resource"),
    Kind.METHOD_NOT_ALLOWED: (405, "The resource does not have this method"),
    Kind.ILLEGAL_TRANSITION: (409, "The state of the resource does not allow this"),
    Kind.NOT_UNIQUE: (409, "The value is already taken"),
    Kind.IN_FLIGHT: (409, "A request with this key is still being processed"),
    Kind.PRECONDITION_FAILED: (412, "The resource has changed"),
    Kind.TOO_LARGE: (413, "The body is too large"),
    Kind.ADDRESS_TOO_LONG: (414, "The address is too long"),
    Kind.UNSUPPORTED_MEDIA_TYPE: (415, "The media type is not supported"),
    Kind.INVALID: (422, "The request is not valid"),
    Kind.KEY_REUSED: (422, "The key was used for another request"),
    Kind.INSUFFICIENT_FUNDS: (422, "The account does not hold enough money"),
    Kind.INSUFFICIENT_POSITION: (422, "The account does not hold enough of the instrument"),
    Kind.CURRENCY_MISMATCH: (422, "The currencies differ"),
    Kind.INTERNAL: (500, "The service failed"),
}


class FieldProblem(Wire):
    """One value that is not valid: a part of the request and a JSON pointer into that part."""

    where: Where = Field(alias="in")
    pointer: str
    detail: str


class Problem(Wire):
    """A refusal in the shape of RFC 9457; `errors` is there when single values are not valid."""

    type: Kind
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)


class OAuthProblem(Problem):
    """A refusal of the token endpoint: a problem that also carries the code of RFC 6749, 5.2."""

    error: OAuthCode


class ProblemError(HTTPException):
    """A refusal on its way to the caller."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        status, title = _MEANING[kind]
        super().__init__(status, detail, headers)
        self.problem: Problem = Problem(
            type=kind, title=title, status=status, detail=detail, errors=list(errors)
        )

    def body(self) -> str:
        """The problem as the JSON text that is sent."""
        return self.problem.model_dump_json(by_alias=True, exclude_defaults=True)

    def response(self) -> Response:
        """The problem as a response."""
        return Response(self.body(), self.status_code, self.headers, MEDIA_TYPE)


class OAuthError(ProblemError):
    """A refusal of the token endpoint."""

    def __init__(self, code: OAuthCode, detail: str) -> None:
        refused = code == "invalid_client"
        super().__init__(
            Kind.UNAUTHENTICATED if refused else Kind.MALFORMED,
            detail,
            headers={"WWW-Authenticate": 'Basic realm="trading"'} if refused else None,
        )
        self.problem: Problem = OAuthProblem(
            error=code, **self.problem.model_dump(exclude={"errors"})
        )


def invalid(pointer: str, detail: str, *, where: Where = "body") -> ProblemError:
    """A refusal of one value for a reason that a schema cannot state."""
    return _invalid([_field_problem(where, pointer, detail)])


def from_validation(errors: Iterable[Mapping[str, Any]]) -> ProblemError:
    """A refusal that names each value the framework found not valid."""
    return _invalid(
        [
            _field_problem(
                error["loc"][0],
                "".join(f"/{_escape(part)}" for part in error["loc"][1:]),
                error["msg"].removeprefix("Value error, "),
            )
            for error, _ in zip(errors, range(_MOST_ERRORS), strict=False)
        ]
    )


def not_found(what: str, identity: object) -> ProblemError:
    """A refusal because nothing has this identity, as far as the caller may know."""
    return ProblemError(Kind.NOT_FOUND, f"There is no {what} {identity}.")


def unauthenticated(realm: str, detail: str, *, code: str = "") -> ProblemError:
    """A refusal that names the way to authenticate (RFC 9110, 11.6.1; RFC 6750, 3)."""
    challenge = f'Bearer realm="{realm}"' + (f', error="{code}"' if code else "")
    return ProblemError(Kind.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


def _invalid(errors: Sequence[FieldProblem]) -> ProblemError:
    places = ", ".join(f"{error.where} {error.pointer or '(whole)'}" for error in errors)
    return ProblemError(Kind.INVALID, f"Not valid: {places}.", errors=errors)


def _field_problem(where: Where, pointer: str, detail: str) -> FieldProblem:
    return FieldProblem.model_validate({"in": where, "pointer": pointer, "detail": detail})


def _escape(part: object) -> str:
    """The part as a reference token (RFC 6901), cut where a caller chose an endless name."""
    return str(part)[:100].replace("~", "~0").replace("/", "~1")
