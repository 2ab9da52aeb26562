"""A refusal in the place of an answer, in the shape of every refusal of the API."""

from __future__ import annotations

from http import HTTPStatus

from redhanded.lab.defects.answered import Answered
from redhanded.lab.problems import MEDIA_TYPE, Kind, ProblemError


def refuse(answered: Answered, problem: ProblemError) -> None:
    """Puts the refusal in the place of the answer, whose common headers stay."""
    answered.status = problem.status_code
    answered.body = problem.body().encode()
    answered.headers.update({"content-type": MEDIA_TYPE, **(problem.headers or {})})


def refuse_service(answered: Answered, status: HTTPStatus, detail: str) -> None:
    """Puts a refusal in the place of the answer that a correct API of this kind never gives."""
    answered.status = status
    name = status.phrase.lower().replace(" ", "-")
    answered.write(
        {
            "type": f"urn:problem:{name}",
            "title": status.phrase,
            "status": status,
            "detail": detail,
        }
    )
    answered.headers["content-type"] = MEDIA_TYPE


def failure() -> ProblemError:
    """What the API says when it fails."""
    return ProblemError(Kind.INTERNAL, "The service failed; its log says why.")
