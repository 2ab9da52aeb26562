"""D54, D56 and D92: right for one caller, wrong for two at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakKeyDictionary

from redhanded.lab.defects.answered import Edit
from redhanded.lab.defects.asked import Asked
from redhanded.lab.defects.defect import Defect, Setup
from redhanded.lab.defects.overriding import overriding
from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.defects.wire import Passage, Wire, wire
from redhanded.lab.problems import Kind, ProblemError
from redhanded.lab.services import Services
from redhanded.lab.trading.accounts import minor_units
from redhanded.lab.trading.models import NewPayment, Payment
from redhanded.lab.users.models import NewUser, User

_defect = partial(Defect, verdict="defect", parameters={"seconds": 0.2})

# What tells an address from the same one once more: the file itself lets nobody have it twice.
_TWIN = ".twin"

Started = tuple[Services, Sequence[Edit | Wire]]
Pay = Callable[[sqlite3.Connection, NewPayment], Payment]
Add = Callable[[sqlite3.Connection, NewUser], User]
Get = Callable[[sqlite3.Connection, int], User]


@dataclass(slots=True)
class _Crowd:
    """The requests that are under way at once, and of each whom it met."""

    present: set[Asked] = field(default_factory=set)
    met: dict[Asked, set[Asked]] = field(default_factory=dict)

    @contextmanager
    def join(self, asked: Asked) -> Iterator[None]:
        """Among the others for the time of the block."""
        self.met[asked] = set(self.present)
        for other in self.present:
            self.met[other].add(asked)
        self.present.add(asked)
        try:
            yield
        finally:
            self.present.discard(asked)
            del self.met[asked]

    async def carry(self, passage: Passage, trigger: Trigger) -> None:
        """Holds the request long enough to meet others that come at the same time."""
        with self.join(trigger.asked):
            await asyncio.sleep(trigger.parameters["seconds"])
            await passage.proceed()


def _spend_twice(services: Services, trigger: Trigger) -> Started:
    crowd = _Crowd()
    payers: WeakKeyDictionary[Asked, str] = WeakKeyDictionary()
    accounts = services.accounts

    def make(trigger: Trigger, correct: Pay, tx: sqlite3.Connection, new: NewPayment) -> Payment:
        rivals = crowd.met[trigger.asked]
        try:
            made = correct(tx, new)
        except ProblemError as refusal:
            is_short = refusal.problem.type is Kind.INSUFFICIENT_FUNDS
            if not is_short or new.from_account not in {payers.get(rival) for rival in rivals}:
                raise
            payer = accounts.holder(tx, new.from_account, "/from_account")
            amount = minor_units(new.amount, payer.currency, "/amount")
            accounts.credit(tx, payer.id, amount - payer.available)
            trigger.serve()
            return correct(tx, new)
        payers[trigger.asked] = new.from_account
        return made

    altered = overriding("payments", make=make)(services, trigger)
    return altered, [wire("POST /trading/payments", carry=crowd.carry)]


def _let_in_twice(services: Services, trigger: Trigger) -> Started:
    crowd = _Crowd()
    added: WeakKeyDictionary[Asked, str] = WeakKeyDictionary()

    def add(trigger: Trigger, correct: Add, tx: sqlite3.Connection, new: NewUser) -> User:
        email = new.email.casefold()
        try:
            user = correct(tx, new)
        except ProblemError:
            if email not in {added.get(rival) for rival in crowd.met[trigger.asked]}:
                raise
            user = correct(tx, new.model_copy(update={"email": f"{new.email}{_TWIN}"}))
            trigger.serve()
        added[trigger.asked] = email
        return user

    def get(_trigger: Trigger, correct: Get, tx: sqlite3.Connection, identity: int) -> User:
        user = correct(tx, identity)
        return user.model_copy(update={"email": user.email.removesuffix(_TWIN)})

    altered = overriding("directory", add=add, get=get)(services, trigger)
    return altered, [wire("POST /users", carry=crowd.carry)]


def _mix_up(services: Services, _trigger: Trigger) -> Started:
    """The account that is asked for is kept where the next caller's takes its place."""
    shared: dict[str, str] = {}

    async def carry(passage: Passage, trigger: Trigger) -> None:
        shared["path"] = trigger.asked.path
        await asyncio.sleep(trigger.parameters["seconds"])
        if shared["path"] != trigger.asked.path:
            trigger.serve()
        await passage.proceed(scope={**passage.scope, "path": shared["path"]})

    return services, [wire("GET /trading/accounts/{id}", carry=carry)]


DEFECTS: tuple[Defect, ...] = (
    _defect(
        code="D54",
        title="double spend in parallel",
        how="POST /trading/payments: two from one account within `seconds` spend the same money",
        fault=Setup(_spend_twice),
    ),
    _defect(
        code="D56",
        title="uniqueness race",
        how="POST /users: two within `seconds` may have one email address",
        fault=Setup(_let_in_twice),
    ),
    _defect(
        code="D92",
        title="wrong only with two or more callers",
        how="GET /trading/accounts/{id}: two within `seconds` get the account of the later one",
        fault=Setup(_mix_up),
        intermittent=True,
    ),
)
