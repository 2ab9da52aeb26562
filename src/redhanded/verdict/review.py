"""Review: what a verdict on a test becomes when all that is known of the environment is weighed.

The semantic observation stands: a whole answer of the API's own that broke an expectation is never
excused. What is looked at is whether it was such an answer, and whether the one before it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.ceiling import first_own
from redhanded.pipeline.table import ROWS, SAFE_METHODS
from redhanded.verdict import access, builds, pace
from redhanded.verdict.arms import CANARY, Diagnosis, Situation, outcome
from redhanded.verdict.drift import PREFIX, UNDOCUMENTED
from redhanded.verdict.findings import is_weather, path_of
from redhanded.verdict.provenance import (
    LEARNED,
    foreign_sign,
    is_own,
    is_page,
    is_stranger,
    speaks_json,
    stranger_sign,
)
from redhanded.verdict.questions import Questions
from redhanded.verdict.words import seconds_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.call import Call
    from redhanded.verdict.almanac import Almanac

_DONE_BEFORE = frozenset({404, 409, 410, 412})
_OF_STATUS = frozenset({"status", UNDOCUMENTED})
_STATUS = re.compile(r"\b[1-5]\d\d\b")
_OF_CODE = frozenset({"test.exception", "test.fixture"})
_RED = frozenset({Verdict.DEFECT, Verdict.DRIFT, Verdict.SLOW})


def of_red(found: Finding, calls: Sequence[Call], situation: Situation) -> Diagnosis[Finding]:
    """What a finding against the API becomes; another finding is what it was."""
    if found.verdict is Verdict.SLOW:
        late = _late(found, calls)
        return (yield from pace.of_lateness(found, late, situation)) if late else found
    if found.code in _OF_CODE:
        return _of_exception(found, calls, situation)
    attempt, attempts = _behind(found, calls)
    if found.verdict is Verdict.RECOVERED:
        _tell_recovery(attempt, attempts, situation)
    if found.verdict not in _RED or attempt is None or attempt.status is None:
        return found
    excuse = _excuse(found, attempt, attempts, calls, situation)
    if excuse is None and (sign := (yield from _of_unstamped(attempt, situation, by_stamp=True))):
        excuse = "provenance.foreign", sign
    if excuse is not None:
        return found.excused(*excuse)
    if not is_weather(attempt):  # else the diagnosis has asked already
        found = yield from builds.of_builds(found, attempt, situation)
    return (yield from _of_refusal(found, attempt, situation))


def _tell_recovery(
    attempt: Attempt | None, attempts: Sequence[Attempt], situation: Situation
) -> None:
    """Why a call that was answered in the end is told of: what became of its other attempts."""
    for lost in attempts[:-1]:
        if attempt is not None and is_weather(lost):
            ask = Questions(situation.inquiry, lost)
            ask.whole()
            ask.recovered(attempt)


def _of_exception(found: Finding, calls: Sequence[Call], situation: Situation) -> Finding:
    """The finding on the test's own code, where that met an answer which is not the API's own."""
    last = [call.attempts[-1] for call in _own(calls)]
    signs = (foreign(one, situation.almanac) for one in last if _may_be_foreign(one))
    sign = next(filter(None, signs), "")
    if last:
        Questions(situation.inquiry, last[-1]).own(sign)
    return found.excused("provenance.foreign", sign) if sign else found


def _excuse(
    found: Finding,
    attempt: Attempt,
    attempts: Sequence[Attempt],
    calls: Sequence[Call],
    situation: Situation,
) -> tuple[str, str] | None:
    """The cause, and the fact that shows it, for which nobody need be asked; None without one."""
    if is_weather(attempt):  # the diagnosis has weighed where it came from
        return None
    ask = Questions(situation.inquiry, attempt)
    ask.whole()
    looked_at = [(attempt, attempts)]
    if not found.attempt_id:  # nobody knows which answers a plain assert looked at
        looked_at = [(call.attempts[-1], call.attempts) for call in _own(calls)]
    sign = next(filter(None, (foreign(one, situation.almanac) for one, _ in looked_at)), "")
    ask.own(sign)
    if sign:
        return "provenance.foreign", sign
    was_lost = any(_repeats_a_write(found, *one) for one in looked_at)
    ask.repeated_write(was_lost=was_lost)
    if was_lost:
        fact = "an earlier attempt of this write was lost on its way back and may have done it"
        return "write.retried", fact
    fact = builds.met(_own(calls))
    ask.builds(fact)
    if fact:
        return "provenance.deploy", fact
    # What others do to an object changes its values, and never the form in which it is sent.
    fact = "" if _is_of_contract(found) else _interference(attempt, calls)
    ask.interference(fact)
    return ("data.interference", fact) if fact else None


def _is_of_contract(found: Finding) -> bool:
    return found.code.startswith(PREFIX)


def _of_refusal(found: Finding, attempt: Attempt, situation: Situation) -> Diagnosis[Finding]:
    """The finding, where the API says that one may not, or that there is no such thing."""
    if found.verdict not in _RED:
        return found
    wants_success = _wants_success(found, attempt.status or 0)
    if attempt.status == 401 and wants_success:
        return (yield from access.of_refusal(found, attempt, situation))
    # Whoever answers at a wrong address keeps no contract, and knows of no access either.
    if attempt.status == 404 and (wants_success or not is_own(attempt)):
        return (yield from _of_address(found, attempt, situation))
    return found


def are_plain(calls: Sequence[Call]) -> bool:
    """Whether each call was answered once, in the form of the API, and refused nothing."""
    return not any(
        len(call.attempts) > 1 or _may_be_foreign(call.attempts[-1]) for call in _own(calls)
    )


def of_green(calls: Sequence[Call], situation: Situation) -> Diagnosis[list[Finding]]:
    """What keeps a test from being green although all that it checked held."""
    doubts = []
    pages = []
    for call in _own(calls):
        last = call.attempts[-1]
        if _may_be_foreign(last):
            sign = foreign(last, situation.almanac)
            if sign:
                Questions(situation.inquiry, last).own(sign)
            doubts += [_not_by_api(last, sign)] if sign else []
            pages += [last] if is_page(last) else []
    if (
        pages
        and not doubts
        and (sign := (yield from _of_unstamped(pages[-1], situation, by_stamp=False)))
    ):
        doubts.append(_not_by_api(pages[-1], sign))
    return doubts


def of_renewals(calls: Sequence[Call], situation: Situation) -> Diagnosis[list[Finding]]:
    """The refusals of valid credentials that a fresh one has covered up."""
    found = []
    for call in _own(calls):
        if renewal := access.since_refusal(call.attempts):
            rejected = yield from access.of_renewal(renewal, situation)
            found += [] if rejected is None else [rejected]
    return found


def _not_by_api(attempt: Attempt, sign: str) -> Finding:
    message = f"{attempt.method} {path_of(attempt)}: answered {attempt.status}, not by the API"
    code = "provenance.foreign"
    return Finding(Verdict.INCONCLUSIVE, code, message, attempt.id, evidence=(sign,))


def _of_unstamped(attempt: Attempt, situation: Situation, *, by_stamp: bool) -> Diagnosis[str]:
    """Why an answer without the API's stamp is not its own, in a clause; empty where it may be.

    It is held against the canary's, before enough other answers are known to compare with. What
    broke an expectation is `by_stamp` as well; a page that a test is content with may be a page.
    """
    if not attempt.is_complete or is_own(attempt) or is_weather(attempt):
        return ""
    known = situation.almanac.documents_beside(attempt)
    is_compared = not is_page(attempt) and len(known) >= LEARNED
    is_strange = by_stamp and is_stranger(attempt, known)
    if is_compared and not is_strange:
        return ""
    canary = yield CANARY
    if canary is None or canary.url == attempt.url:
        return ""
    sign = ""
    if is_strange and _is_of_one_place(canary, attempt):
        sign = f"the health endpoint is answered by {_server(canary)} too, without the stamp"
    elif not is_compared:
        sign = _sign_beside(canary, attempt, by_stamp=by_stamp)
    if sign or by_stamp:
        Questions(situation.inquiry, attempt).own(sign, canary)
    return sign


def _sign_beside(canary: Attempt, attempt: Attempt, *, by_stamp: bool) -> str:
    """Why the answer is not the API's own, held against the canary's alone; else empty."""
    is_odd = is_page(attempt) or canary.header("server") != attempt.header("server")
    if by_stamp and is_own(canary) and is_odd:
        return "the health endpoint carries the API's stamp, and this answer does not"
    # An API without a health endpoint has one page for whatever it does not know.
    is_same = is_page(canary) and canary.response_body == attempt.response_body
    is_page_for_all = is_same and is_page(attempt) and attempt.status != 404
    return "the health endpoint is answered with the same page of HTML" if is_page_for_all else ""


def _is_of_one_place(canary: Attempt, attempt: Attempt) -> bool:
    """Whether the canary comes from the same server, and without the stamp as well."""
    return not is_own(canary) and canary.header("server") == attempt.header("server")


def _server(attempt: Attempt) -> str:
    return attempt.header("server") or "a server without a name"


def _may_be_foreign(attempt: Attempt) -> bool:
    """Whether it is worth a closer look: what gateways say is no JSON, or a refusal."""
    return attempt.is_complete and (not speaks_json(attempt) or (attempt.status or 0) >= 400)


def _own(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if call.purpose == "test" and call.attempts]


def _behind(found: Finding, calls: Sequence[Call]) -> tuple[Attempt | None, Sequence[Attempt]]:
    """The attempt on which a finding rests, and all of its call; the last for a plain assert."""
    made = _own(calls)
    for call in made:
        for attempt in call.attempts:
            if found.attempt_id and attempt.id == found.attempt_id:
                return attempt, call.attempts
    if found.attempt_id or not made:
        return None, ()
    return made[-1].attempts[-1], made[-1].attempts


def foreign(attempt: Attempt, almanac: Almanac) -> str:
    """Why an answer is not the API's own, in a clause, by what is known; empty where it may be."""
    known = almanac.documents_beside(attempt)
    sign = foreign_sign(attempt, known)
    if sign or not is_stranger(attempt, known):  # to name a thousand routes takes a while
        return sign
    return stranger_sign(attempt, almanac.of_route(attempt, known))


def _repeats_a_write(found: Finding, attempt: Attempt, attempts: Sequence[Attempt]) -> bool:
    """Whether the status may be owed to an earlier attempt that had done the work."""
    status = attempt.status or 0
    if attempt.method in SAFE_METHODS or not _is_about_status(found, status):
        return False
    lost = (ROWS.get(made.row) for made in attempts[: attempt.number - 1])
    return (status in _DONE_BEFORE or status < 300) and any(
        row is not None and row.reconcile for row in lost
    )


def _is_about_status(found: Finding, status: int) -> bool:
    if found.code == "assert":
        return str(status) in found.message
    return any(violation.code in _OF_STATUS for violation in found.violations)


def _interference(attempt: Attempt, calls: Sequence[Call]) -> str:
    """That the object was changed by nobody in this test between two of its calls."""
    if attempt.method not in SAFE_METHODS or not (tag := attempt.header("etag")):
        return ""
    seen: list[str] = []
    wrote = False
    for made in (one for call in calls for one in call.attempts):
        if made.id == attempt.id:
            break
        if not made.is_complete or not _is_same_object(made, attempt):
            continue
        wrote |= made.method not in SAFE_METHODS and (made.status or 0) < 300
        seen += filter(None, [made.header("etag")])
    else:
        return ""
    if wrote and seen and tag not in seen:
        return f"its version is {tag}, and the last that this test has seen or made is {seen[-1]}"
    return ""


def _is_same_object(made: Attempt, attempt: Attempt) -> bool:
    location = made.header("location") or ""
    return path_of(made) == path_of(attempt) or (
        bool(location) and path_of(attempt) == location.partition("?")[0]
    )


def _of_address(found: Finding, attempt: Attempt, situation: Situation) -> Diagnosis[Finding]:
    """The finding, held against the base URL where nothing of the API was ever found there."""
    almanac, ask = situation.almanac, Questions(situation.inquiry, attempt)
    if almanac.answered > almanac.not_found:
        ask.found(almanac.answered, almanac.not_found, None)
        return found
    canary = yield CANARY
    ask.found(almanac.answered, almanac.not_found, canary)
    if canary is None or canary.status != 404:
        return found
    facts = (
        f"every one of {almanac.answered} answers so far was 404",
        f"the health endpoint {outcome(canary)} as well",
    )
    return found.excused("run.address", *facts)


def _wants_success(found: Finding, status: int) -> bool:
    """Whether the test expected a success; a plain assert says so in its words."""
    wanted = [one.expected for one in found.violations if one.code in _OF_STATUS]
    if not wanted and found.code == "assert":
        others = [text for text in _STATUS.findall(found.message) if text != str(status)]
        return not others or any(text.startswith("2") for text in others)
    return any(re.search(r"\b2(\d\d|xx)\b|success", text) for text in wanted)


def _late(found: Finding, calls: Sequence[Call]) -> list[pace.Late]:
    """The late attempts of the test, each with its ceiling."""
    late = [
        pace.Late(first_own(call.attempts) or call.attempts[0], call.ceiling)
        for call in calls
        if call.late is not None and call.ceiling is not None and call.attempts
    ]
    if late:
        return late
    attempt, _ = _behind(found, calls)
    ceiling = next((seconds_in(one.expected) for one in found.violations), None)
    return [pace.Late(attempt, ceiling)] if attempt is not None and ceiling is not None else []
