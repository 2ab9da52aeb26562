"""D60 to D69: who is let in, and what they are told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from redhanded.lab.answers import answer
from redhanded.lab.auth import Grant
from redhanded.lab.bookings.ledger import Page, fold
from redhanded.lab.bookings.models import BookingFilter
from redhanded.lab.bookings.routes import REALM
from redhanded.lab.defects.answered import Answered, Edit, document_edit, edit
from redhanded.lab.defects.asked import Asked
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.refusing import refuse
from redhanded.lab.defects.rereading import again, json_object, whole_body
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire, wire
from redhanded.lab.problems import Kind, ProblemError, unauthenticated
from redhanded.lab.seed import API_KEYS
from redhanded.lab.services import Services
from redhanded.lab.users.models import User, UserChange

_defect = partial(Defect, verdict="defect")

Started = tuple[Services, Sequence[Edit | Wire]]
GetUser = Callable[[sqlite3.Connection, int], User]
Change = Callable[[sqlite3.Connection, User, UserChange], User]
Find = Callable[[sqlite3.Connection, BookingFilter], Page]
FindGrant = Callable[[sqlite3.Connection, str, str], Grant | None]
WithKey = Callable[[sqlite3.Connection, str], User | None]
End = Callable[[sqlite3.Connection, str], None]

_TRACE = (
    'Traceback (most recent call last): File "/srv/lab/bookings/store.py", line 61, in insert: '
    'OperationalError: connection to "postgresql://lab:hunter2@db.internal/lab" was lost'
)


def _let_anyone_patch(services: Services, trigger: Trigger) -> Started:
    async def carry(passage: Passage, trigger: Trigger) -> None:
        headers = passage.scope["headers"]
        if _is_nobody(trigger.asked):
            headers = [*headers, (b"authorization", b"Bearer none")]
        await passage.proceed(scope={**passage.scope, "headers": headers})

    def find(
        trigger: Trigger, correct: FindGrant, tx: sqlite3.Connection, realm: str, token: str
    ) -> Grant | None:
        asked = trigger.asked
        if realm != REALM or asked.method != "PATCH" or not _is_nobody(asked):
            return correct(tx, realm, token)
        trigger.serve()
        return Grant(subject="nobody", scope="editor")

    altered = overriding("tokens", find=find)(services, trigger)
    return altered, [wire("PATCH /booking/{id}", carry=carry)]


def _is_nobody(asked: Asked) -> bool:
    return not {"authorization", "cookie"} & set(asked.headers)


def _show_to_anyone(services: Services, _trigger: Trigger) -> Started:
    def change(answered: Answered, _trigger: Trigger) -> None:
        user = _kept_secret(services, answered)
        if user is not None:
            shown = answer(user)
            answered.status, answered.body = shown.status_code, bytes(shown.body)
            answered.headers["content-type"] = shown.headers["content-type"]

    return services, [edit("GET /users/{id}", change=change)]


def _admit_that_it_exists(services: Services, _trigger: Trigger) -> Started:
    def change(answered: Answered, _trigger: Trigger) -> None:
        if _kept_secret(services, answered) is not None:
            refuse(answered, ProblemError(Kind.FORBIDDEN, "A viewer may not see this user."))

    return services, [edit("GET /users/{id}", change=change)]


def _kept_secret(services: Services, answered: Answered) -> User | None:
    """The user who is there although the answer says that nobody is."""
    identity = answered.asked.path.rpartition("/")[2]
    if answered.status != 404 or not identity.isdecimal():
        return None
    with services.store.reading() as tx:
        try:
            return services.directory.get(tx, int(identity))
        except ProblemError:
            return None


def _take_for_an_admin(
    trigger: Trigger, correct: WithKey, tx: sqlite3.Connection, key: str
) -> User | None:
    user = correct(tx, key)
    is_agent = user is not None and user.role == "agent"
    if not is_agent or user is None or not _sets_a_role(trigger.asked):
        return user
    return user.model_copy(update={"role": "admin"})


def _serve_an_agent(
    trigger: Trigger, correct: GetUser, tx: sqlite3.Connection, identity: int
) -> User:
    if _sets_a_role(trigger.asked) and trigger.asked.headers.get("x-api-key") == API_KEYS["agent"]:
        trigger.serve()
    return correct(tx, identity)


def _sets_a_role(asked: Asked) -> bool:
    return asked.path.endswith("/role") and "authorization" not in asked.headers


def _take_the_role_as_well(services: Services, trigger: Trigger) -> Started:
    wanted: WeakKeyDictionary[Asked, Any] = WeakKeyDictionary()
    directory = services.directory

    async def carry(passage: Passage, trigger: Trigger) -> None:
        body = await whole_body(passage)
        sent = json_object(body)
        if sent.get("role") in {"admin", "agent", "viewer"}:
            wanted[trigger.asked] = sent.pop("role")
            body = json.dumps(sent).encode()
        await passage.proceed(receive=again(body, passage))

    def change(
        trigger: Trigger, correct: Change, tx: sqlite3.Connection, user: User, change: UserChange
    ) -> User:
        changed = correct(tx, user, change)
        role = wanted.pop(trigger.asked, None)
        if role is None:
            return changed
        trigger.serve()
        return directory.set_role(tx, changed, role)

    altered = overriding("directory", change=change)(services, trigger)
    return altered, [wire("PATCH /users/{id}", carry=carry)]


def _keep_what_was_ended(services: Services, trigger: Trigger) -> Services:
    ended: set[str] = set()

    def end(trigger: Trigger, correct: End, tx: sqlite3.Connection, session: str) -> None:
        if trigger.asked.path == "/users/logout":
            ended.add(session)
        else:
            correct(tx, session)

    def find(
        trigger: Trigger, correct: FindGrant, tx: sqlite3.Connection, realm: str, token: str
    ) -> Grant | None:
        grant = correct(tx, realm, token)
        if grant is not None and grant.session in ended:
            trigger.serve()
        return grant

    return overriding("tokens", end=end, find=find)(services, trigger)


def _ask_to_log_in(answered: Answered, _trigger: Trigger) -> None:
    if answered.status == 403:
        refuse(answered, unauthenticated(REALM, "Log in to change bookings."))


def _tell_of_the_inside(problem: Any) -> object:  # noqa: ANN401 - a JSON document
    return {**problem, "detail": _TRACE}


def _open_to_every_origin(answered: Answered, _trigger: Trigger) -> None:
    if "origin" in answered.asked.headers:
        answered.headers["access-control-allow-origin"] = "*"
        answered.headers["access-control-allow-credentials"] = "true"


def _paste(trigger: Trigger, correct: Find, tx: sqlite3.Connection, wanted: BookingFilter) -> Page:
    if wanted.lastname is None:
        return correct(tx, wanted)
    query = f"SELECT bookingid FROM bookings WHERE folded_lastname = '{fold(wanted.lastname)}'"  # noqa: S608 - it is the defect
    try:
        pasted = {row["bookingid"] for row in tx.execute(query).fetchall()}
    except (sqlite3.Error, sqlite3.Warning):
        trigger.serve()
        raise
    anyone = wanted.model_copy(update={"lastname": None, "limit": -1, "offset": 0})
    found = [identity for identity in correct(tx, anyone).bookingids if identity in pasted]
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    return trigger.instead(correct(tx, wanted), Page(bookingids=shown, total=len(found)))


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D60",
        title="no auth check on one method",
        how="PATCH /booking/{id}: without credentials",
        fault=Setup(_let_anyone_patch),
    ),
    _defect(
        code="D61",
        title="another user's object readable",
        how="GET /users/{id}: a viewer sees everybody",
        fault=Setup(_show_to_anyone),
    ),
    _defect(
        code="D62",
        title="user reaches an admin function",
        how="PUT /users/{id}/role: with an agent's API key",
        fault=overriding("directory", with_key=_take_for_an_admin, get=_serve_an_agent),
    ),
    _defect(
        code="D63",
        title="mass assignment",
        how="PATCH /users/{id}: a role in the body is taken over",
        fault=Setup(_take_the_role_as_well),
    ),
    _defect(
        code="D64",
        title="token valid after logout",
        how="POST /users/logout: the access token goes on to work",
        fault=_keep_what_was_ended,
    ),
    _defect(
        code="D65",
        title="existence leak by 403 for 404",
        how="GET /users/{id}: 403 for a viewer when there is such a user",
        fault=Setup(_admit_that_it_exists),
    ),
    _defect(
        code="D66",
        title="401 for authenticated but forbidden",
        how="PUT, PATCH and DELETE /booking/{id}: with the token of a guest",
        fault=edit(
            "PUT /booking/{id}",
            "PATCH /booking/{id}",
            "DELETE /booking/{id}",
            change=_ask_to_log_in,
        ),
    ),
    _defect(
        code="D67",
        title="stack trace and secret in a body",
        how="POST /booking: in the detail of a 422",
        fault=document_edit("POST /booking", statuses={422}, change=_tell_of_the_inside),
    ),
    _defect(
        code="D68",
        title="CORS * with credentials",
        how="GET /users/me: with an Origin",
        fault=edit("GET /users/me", change=_open_to_every_origin),
    ),
    _defect(
        code="D69",
        title="injection",
        how="GET /booking?lastname=...: the name is pasted into the query",
        fault=overriding("bookings", find=_paste),
    ),
)
