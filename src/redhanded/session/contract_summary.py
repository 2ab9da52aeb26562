"""What a run has to say of its contracts when all tests are over: conclusions, lines, notes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from redhanded.core.verdicts import Finding, Verdict
from redhanded.session.conclusion import Conclusion
from redhanded.verdict.drift import DOCUMENT, REFUSED, told
from redhanded.verdict.words import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.session.breaches import Breach

_SHOWN: Final = 10
_LET_PASS: Final = {"baseline": "by the baseline", "ignored": "by contract.ignore"}


def conclusions(breaches: Sequence[Breach]) -> list[Conclusion]:
    """The findings on a run whose tests needed parts of a document that cannot be used."""
    flaws = [breach for breach in breaches if _is_flaw(breach) and not breach.passed]
    return [
        Conclusion(f"contract::{place}", _finding(of_place), "")
        for place in dict.fromkeys(_place(flaw) for flaw in flaws)
        if (of_place := [flaw for flaw in flaws if _place(flaw) == place])
    ]


def lines(breaches: Sequence[Breach], *, are_all_named: bool = False) -> Iterator[str]:
    """What was broken and fails nothing, grouped by cause, and how much was let pass."""
    weak = [breach for breach in breaches if _is_told(breach)]
    if weak:
        yield f"contract: broken without failing a test: {many(len(weak), 'kind')}"
    shown = weak if are_all_named else weak[:_SHOWN]
    for breach in shown:
        times = f"{breach.count} times" if breach.count > 1 else "once"
        tests = f" in {len(breach.tests)} tests" if len(breach.tests) > 1 else ""
        yield f"  {told(breach.violation)}: {breach.cause.operation}, {times}{tests}"
    if len(weak) > len(shown):
        yield f"  + {len(weak) - len(shown)} more: -v names them all"
    passed = Counter(breach.passed for breach in breaches if breach.passed in _LET_PASS)
    if passed:
        named = ", ".join(f"{count} {_LET_PASS[why]}" for why, count in sorted(passed.items()))
        yield f"contract: let pass {named}"


def _finding(flaws: Sequence[Breach]) -> Finding:
    first = flaws[0].violation
    needed = list(dict.fromkeys(flaw.cause.operation for flaw in flaws))
    return Finding(
        verdict=Verdict.DRIFT,
        code=DOCUMENT,
        message=f"{_place(flaws[0])}: {first.actual}",
        violations=(first,),
        evidence=(
            f"answers of {', '.join(needed[:_SHOWN])} could not be held against this part of it",
            "all else of the document was used",
        ),
    )


def _is_told(breach: Breach) -> bool:
    """Whether it is worth a line; that refusals were tested, and came, is none."""
    is_test_of_refusal = breach.passed == "warning" and breach.cause.code == REFUSED
    return breach.passed in ("warning", "drift") and not is_test_of_refusal


def _is_flaw(breach: Breach) -> bool:
    return breach.cause.code == DOCUMENT


def _place(flaw: Breach) -> str:
    return flaw.violation.source or flaw.violation.where
