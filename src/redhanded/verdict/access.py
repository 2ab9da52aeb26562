"""Access: whether a 401 is the API's fault, the credential's, or the settings'."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.table import SAFE_METHODS
from redhanded.verdict.almanac import credentials_of, is_good
from redhanded.verdict.arms import Arm, Ask, Diagnosis, Situation, outcome
from redhanded.verdict.findings import path_of
from redhanded.verdict.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

LOOKS = 5  # one refusal in five is met again with a chance of 1 in 3,000 all the same
_ENDING = ("logout", "signout", "sign-out", "revoke", "password", "token", "session", "reset")


def of_refusal(found: Finding, attempt: Attempt, situation: Situation) -> Diagnosis[Finding]:
    """What a 401 means where a success was expected.

    A credential that the API lets in elsewhere, or a moment later, was valid: the refusal is the
    API's. One that it lets in nowhere is at fault itself.
    """
    shown = credentials_of(attempt)
    if not shown:
        return (yield from _of_login(found, attempt, situation))
    ask = Questions(situation.inquiry, attempt)
    if attempt.method in SAFE_METHODS:
        again = yield Ask(Arm.TARGET, attempt)
        ask.let_in(again)
        if again is not None and again.is_complete and again.status != 401:
            return _rejected(found, f"asked again with the same credential, it {outcome(again)}")
    elsewhere = _opened_by(shown, situation)
    if elsewhere is None:
        ask.elsewhere(None, None)
        return found.excused("auth.never_worked", "no call has been let in by it in this run")
    probe = yield Ask(Arm.INPUT, _carrying(elsewhere, shown))
    ask.elsewhere(elsewhere, probe)
    if probe is None:
        return found
    where = f"{elsewhere.method} {path_of(elsewhere)}"
    if probe.status == 401:
        fact = f"the credential is refused by {where} as well, which it opened before"
        cost = cost_of(shown, elsewhere, situation)
        return found.excused("auth.revoked", fact, *filter(None, [cost]))
    return found.also(f"the same credential is let in by {where} ({outcome(probe)})")


def _of_login(found: Finding, attempt: Attempt, situation: Situation) -> Diagnosis[Finding]:
    """What a 401 means for a request that carries its credential in its body, or none at all.

    Where a route is closed now that another credential had opened, it is not this one's fault.
    """
    known = situation.almanac.latest(
        lambda seen: seen.method in SAFE_METHODS and is_good(seen) and bool(credentials_of(seen))
    )
    opened = next(known, None)
    ask = Questions(situation.inquiry, attempt)
    if opened is not None:
        probe = yield Ask(Arm.INPUT, opened)
        ask.elsewhere(opened, probe)
        if probe is None or probe.status != 401:
            return found
        fact = f"{opened.method} {path_of(opened)} is closed now to a credential that had opened it"
        return found.excused("auth.revoked", fact)
    # A refusal stands for a while, in which nobody logs in again: then the last login speaks.
    own = yield Ask(Arm.LOGIN)
    own = own or next(situation.almanac.latest(lambda seen: seen.purpose == "auth"), None)
    is_refused = own is not None and own.purpose == "auth" and own.status in (401, 403)
    ask.login(own, is_refused=is_refused)
    if is_refused:
        return found.excused("auth.never_worked", "the run's own logins are refused as well")
    return found


def since_refusal(attempts: Sequence[Attempt]) -> Sequence[Attempt]:
    """The attempts of a call from its first 401 on; none where that was the last of them."""
    places = (place for place, made in enumerate(attempts) if made.row == "unauthorised")
    first = next(places, len(attempts))
    return attempts[first:] if first < len(attempts) - 1 else ()


def of_renewal(attempts: Sequence[Attempt], situation: Situation) -> Diagnosis[Finding | None]:
    """Whether a credential was refused that is valid, where a fresh one was let in after that.

    A valid credential is let in again; one that has expired is not. None where it has. What the
    weather answers in its place is no refusal.
    """
    refused, granted = attempts[0], attempts[-1]
    shown = credentials_of(refused)
    if refused.method in SAFE_METHODS:
        like: Attempt | None = refused
    else:
        known = _opened_by(credentials_of(granted), situation)
        like = None if known is None else _carrying(known, shown)
    if not shown or like is None or shown == credentials_of(granted):
        return None
    good, asked = yield from _let_in_again(like)
    Questions(situation.inquiry, refused).renewal(asked, good)
    return None if good is None else _rejected_before(refused, good)


def _let_in_again(like: Attempt) -> Diagnosis[tuple[Attempt | None, list[Attempt]]]:
    """The success of a request that was refused, None where it has none, and all that was asked."""
    asked: list[Attempt] = []
    for _ in range(2 * LOOKS):
        again = yield Ask(Arm.INPUT, like)
        if again is None:
            break
        asked.append(again)
        if is_good(again):
            return again, asked
        if sum(made.status == 401 for made in asked) == LOOKS:
            break
    return None, asked


def _rejected_before(refused: Attempt, again: Attempt) -> Finding:
    message = f"{refused.method} {path_of(refused)}: answered 401 to a valid credential"
    fact = f"the credential that was refused is let in: it {outcome(again)}"
    return Finding(Verdict.DEFECT, "auth.rejected_valid", message, refused.id, evidence=(fact,))


def loss_of(attempts: Sequence[Attempt], situation: Situation) -> str:
    """Which call cost a credential that had worked and was renewed, in a sentence; else empty."""
    shown = credentials_of(attempts[0])
    opened = _opened_by(shown, situation, exactly=True)
    if opened is None:
        return ""
    cost = cost_of(shown, opened, situation)
    return f"the run lost its own credential and logged in again: {cost}" if cost else ""


def cost_of(shown: dict[str, str], opened: Attempt, situation: Situation) -> str:
    """The call after which the credential was no longer let in, as far as the run has seen it."""
    carrying = situation.almanac.latest(
        lambda seen: (
            seen.method not in SAFE_METHODS
            and seen.purpose == "test"
            and seen.started_at >= opened.started_at - 1
            and _is_shown(shown, seen)
            and _may_end(seen)
        )
    )
    last = next(carrying, None)
    if last is None:
        return ""
    test = situation.almanac.test_of(last)
    return f"{last.method} {path_of(last)} in {test} was the last call of its kind that carried it"


def _may_end(attempt: Attempt) -> bool:
    path = path_of(attempt).lower()
    return is_good(attempt) and any(word in path for word in _ENDING)


def _opened_by(
    shown: dict[str, str], situation: Situation, *, exactly: bool = False
) -> Attempt | None:
    """The latest safe request that a credential of this kind, or this very one, has opened."""
    found = situation.almanac.latest(
        lambda seen: (
            seen.method in SAFE_METHODS
            and seen.purpose == "test"
            and is_good(seen)
            and (_is_shown(shown, seen) if exactly else _is_kind(shown, seen))
        )
    )
    return next(found, None)


def _is_shown(shown: dict[str, str], seen: Attempt) -> bool:
    return any(shown.get(name) == value for name, value in credentials_of(seen).items())


def _is_kind(shown: dict[str, str], seen: Attempt) -> bool:
    return not shown.keys().isdisjoint(credentials_of(seen))


def _carrying(like: Attempt, shown: dict[str, str]) -> Attempt:
    """The request of that attempt, with these credentials in the place of its own."""
    own = credentials_of(like)
    kept = [
        (name, value)
        for name, value in like.raw_request_headers
        if name.decode("latin-1").lower() not in own
    ]
    new = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in shown.items()]
    return like._replace(raw_request_headers=(*kept, *new))


def _rejected(found: Finding, fact: str) -> Finding:
    return replace(found, verdict=Verdict.DEFECT, code="auth.rejected_valid").also(fact)
