"""The routes of the bookings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from redhanded.lab.answers import (
    BODY,
    answer,
    is_unchanged,
    nothing,
    refusals,
    require_match,
    with_headers,
)
from redhanded.lab.auth import Grant, is_password
from redhanded.lab.bookings.ledger import Entry, merge
from redhanded.lab.bookings.models import (
    Booking,
    BookingChange,
    BookingCredentials,
    BookingFilter,
    BookingId,
    BookingRef,
    BookingToken,
    CreatedBooking,
    NewBooking,
)
from redhanded.lab.problems import Kind, ProblemError, unauthenticated
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Serving

REALM = "bookings"
WRITING = (401, 403, 404, 412)

router: APIRouter = APIRouter(route_class=CheckedRoute, tags=["bookings"])

_bearer = HTTPBearer(scheme_name="BookingBearer", auto_error=False)
_cookie = APIKeyCookie(name="token", scheme_name="BookingCookie", auto_error=False)

IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="Change only this version of the booking.")
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="Send nothing if this is the version.")
]


def require_editor(
    lab: Serving,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> None:
    """Refuses a caller without a valid token, and one whose token does not allow changes."""
    token = bearer.credentials if bearer else cookie
    if not token:
        raise unauthenticated(REALM, "Send a token of POST /auth as a bearer token or as cookie.")
    with lab.store.reading() as tx:
        grant = lab.tokens.find(tx, REALM, token)
    if grant is None:
        raise unauthenticated(REALM, "The token is not known or has expired.", code="invalid_token")
    if grant.scope != "editor":
        raise ProblemError(Kind.FORBIDDEN, f"{grant.subject} may read bookings, not change them.")


@router.post("/auth", response_model=BookingToken, responses=refusals(401, *BODY))
def create_booking_token(credentials: BookingCredentials, lab: Serving) -> Response:
    """A token for changing bookings."""
    with lab.store.writing() as tx:
        row = tx.execute(
            "SELECT password, role FROM staff WHERE username = ?", (credentials.username,)
        ).fetchone()
        if not row or not is_password(credentials.password.get_secret_value(), row["password"]):
            raise unauthenticated(REALM, "The user name or the password is wrong.")
        grant = Grant(subject=credentials.username, scope=row["role"])
        token = lab.tokens.issue(tx, REALM, grant, seconds=lab.token_seconds)
    return answer(BookingToken(token=token))


@router.get(
    "/booking",
    response_model=list[BookingRef],
    responses={200: with_headers("X-Total-Count"), **refusals(422)},
)
def list_bookings(wanted: Annotated[BookingFilter, Query()], lab: Serving) -> Response:
    """The ids of a page of bookings."""
    with lab.store.reading() as tx:
        page = lab.bookings.find(tx, wanted)
    refs = [BookingRef(bookingid=bookingid) for bookingid in page.bookingids]
    return answer(refs, headers={"X-Total-Count": str(page.total)})


@router.post(
    "/booking",
    status_code=201,
    response_model=CreatedBooking,
    responses={201: with_headers("Location", "ETag"), **refusals(*BODY)},
)
def create_booking(new: NewBooking, lab: Serving) -> Response:
    """The new booking; anyone may book."""
    with lab.store.writing() as tx:
        entry = lab.bookings.add(tx, new)
    return answer(
        CreatedBooking(bookingid=entry.bookingid, booking=entry.booking),
        status=201,
        headers={"Location": f"/booking/{entry.bookingid}", "ETag": entry.etag},
    )


@router.get(
    "/booking/{bookingid:int}",
    response_model=Booking,
    responses={
        200: with_headers("ETag"),
        304: {"description": "Not Modified", **with_headers("ETag")},
        **refusals(404, 422),
    },
)
def get_booking(bookingid: BookingId, lab: Serving, if_none_match: IfNoneMatch = None) -> Response:
    """The booking."""
    with lab.store.reading() as tx:
        entry = lab.bookings.get(tx, bookingid)
    if is_unchanged(if_none_match, entry.etag):
        return Response(status_code=304, headers=_version(entry))
    return answer(entry.booking, headers=_version(entry))


@router.put(
    "/booking/{bookingid:int}",
    response_model=Booking,
    responses={200: with_headers("ETag"), **refusals(*BODY, *WRITING)},
    dependencies=[Depends(require_editor)],
)
def replace_booking(
    bookingid: BookingId, new: NewBooking, lab: Serving, if_match: IfMatch = None
) -> Response:
    """The booking after the new one took its place."""
    with lab.store.writing() as tx:
        entry = lab.bookings.get(tx, bookingid)
        require_match(if_match, entry.etag)
        entry = lab.bookings.replace(tx, entry, new)
    return answer(entry.booking, headers=_version(entry))


@router.patch(
    "/booking/{bookingid:int}",
    response_model=Booking,
    responses={200: with_headers("ETag"), **refusals(*BODY, *WRITING)},
    dependencies=[Depends(require_editor)],
)
def change_booking(
    bookingid: BookingId, change: BookingChange, lab: Serving, if_match: IfMatch = None
) -> Response:
    """The booking after the change; what the change does not mention stays as it was."""
    with lab.store.writing() as tx:
        entry = lab.bookings.get(tx, bookingid)
        require_match(if_match, entry.etag)
        entry = lab.bookings.replace(tx, entry, merge(entry.booking, change))
    return answer(entry.booking, headers=_version(entry))


@router.delete(
    "/booking/{bookingid:int}",
    status_code=204,
    responses=refusals(422, *WRITING),
    dependencies=[Depends(require_editor)],
)
def delete_booking(bookingid: BookingId, lab: Serving, if_match: IfMatch = None) -> Response:
    """Nothing; the booking is gone."""
    with lab.store.writing() as tx:
        entry = lab.bookings.get(tx, bookingid)
        require_match(if_match, entry.etag)
        lab.bookings.remove(tx, entry)
    return nothing()


def _version(entry: Entry) -> dict[str, str]:
    return {"ETag": entry.etag, "Cache-Control": "no-cache"}
