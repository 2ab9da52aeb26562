"""How a failure and a verdict are said: the only place that formats either. Values in, text out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from redhanded.contracts.glimpse import unmasked
from redhanded.core.secret_names import SecretNames
from redhanded.core.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.verdicts import Finding
    from redhanded.core.violation import Violation

WIDTH = 100
SHOWN = 10
_SELF_EVIDENT = frozenset({"status", "latency"})
_CONFIDENCE = {
    Verdict.DEFECT: "certain: one whole answer of the API's own is proof",
    Verdict.DRIFT: "certain: one whole answer of the API's own is proof",
    Verdict.SLOW: "high: the time was the server's, by what was measured around it",
    Verdict.RECOVERED: "certain: the answer that counts is whole and the API's own",
}
_COLUMN = 44
_KEPT = "\n\t"
_PLURALS = {
    Verdict.DEFECT: ("defect", "defects"),
    Verdict.DRIFT: ("drift", "drifts"),
    Verdict.SLOW: ("slow", "slow"),
    Verdict.TEST_BUG: ("test bug", "test bugs"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The author's own line: where it stands, the lines around it, and the columns meant."""

    path: str
    line: int
    lines: tuple[tuple[int, str], ...] = ()
    caret: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The same result of one or more looks in a row; times are seconds since the window opened."""

    first: float
    last: float
    result: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What surrounds a finding: the attempt it rests on and how to see it again.

    `report` stands before the ids, `page` is where the test stands in the run's own report.
    """

    attempt: Attempt | None = None
    attempts: int = 1
    environment: str = ""
    build: str = ""
    frame: Frame | None = None
    replay: Sequence[str] = ()
    report: str = ""
    page: str = ""


def headline(finding: Finding, *, width: int = WIDTH, mask: Callable[[str], str] = unmasked) -> str:
    """The verdict, the code and the one fact, in at most `width` characters."""
    more = len(finding.violations) - 1
    tail = f" (+{more})" if more > 0 else ""
    head = f"{finding.verdict.value.upper().replace('_', ' ')} {finding.code}: "
    fact = _line(mask(finding.message))
    return head + _cut(fact, width - len(head) - len(tail)) + tail


def complaint(
    finding: Finding, scene: Scene | None = None, *, mask: Callable[[str], str] = unmasked
) -> str:
    """What an exception says: headline, request and breaches; a traceback stands around it."""
    scene = scene or Scene()
    return _told(finding, [_request(scene), _contract(finding.violations)], mask)


def failure_text(
    finding: Finding, scene: Scene | None = None, *, mask: Callable[[str], str] = unmasked
) -> str:
    """The whole story of a finding: headline, request, breaches, the author's line, facts, replay.

    Everything passes the mask before it is cut: half a secret would not be known as one.
    """
    scene = scene or Scene()
    parts = _request(scene), _contract(finding.violations), _frame(scene), _facts(finding, scene)
    return _told(finding, parts, mask)


def _told(finding: Finding, parts: Iterable[Iterable[str]], mask: Callable[[str], str]) -> str:
    lines = [printable(mask(line)) for part in parts for line in part]
    return "\n".join([headline(finding, mask=mask), "", *lines]).rstrip()


def said(violation: Violation) -> str:
    """A violation as a clause: where, what stands there, what should."""
    actual = _shown(violation)
    if violation.expected == "required":
        return f"{violation.where} is {actual}"
    subject = "" if violation.where in _SELF_EVIDENT else f"{violation.where} is "
    return f"{subject}{actual}, want {violation.expected}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def printable(text: str) -> str:
    """The text without what could steer a terminal; its lines and tabs stay."""
    return "".join(
        sign
        if sign.isprintable() or sign in _KEPT
        else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )


def seconds_in(text: str) -> float | None:
    """The time that a text of `duration` names, in seconds; None where it names none."""
    found = re.search(r"([\d.]+) (ms|s)\b", text)
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


def sentence(counts: Mapping[Verdict, int], beside: int = 0) -> str:
    """What a run means, in one sentence; `beside` counts findings that no single test made."""
    total = sum(counts.values())
    if not total and not beside:
        return "Nothing was judged: no test ran."
    red = [_counted(counts[verdict], verdict) for verdict in _PLURALS if counts.get(verdict)]
    red += [f"{many(beside, 'finding')} on the run as a whole"] * (beside > 0)
    unjudged = counts.get(Verdict.INCONCLUSIVE, 0)
    held = _held(counts, total)
    if red:
        kept = f", {unjudged} kept from judging" if unjudged else ""
        return f"Red: {_listed(red)}{kept}; {held}."
    if unjudged:
        kept = f"{unjudged} of {many(total, 'test')} kept from judging by the environment"
        return f"Not judged: {kept}; {held}."
    return f"Green: {held}."


def history(seen: Iterable[Seen], *, total: int, within: float) -> str:
    """What `eventually` saw, the last of it last."""
    told = list(seen)
    times = many(total, "observation")
    head = _cut(f"nothing held within {within:g} s ({times}): {_line(told[-1].result)}", WIDTH)
    earlier = total - sum(one.times for one in told)
    lines = [f"  ... {many(earlier, 'observation')} before"] if earlier else []
    return "\n".join([head, "", *lines, *map(_seen, told)])


def _seen(one: Seen) -> str:
    when = f"at {one.first:.2f} s"
    if one.times > 1:
        when = f"{when} to {one.last:.2f} s, {one.times} times"
    return f"  {when:<32}  {_cut(_line(one.result), WIDTH)}"


def _line(text: str) -> str:
    return printable(" ".join(text.split()))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def _shown(violation: Violation) -> str:
    """What stands there, unless the place is called like a secret."""
    name = violation.where.rpartition(".")[2]
    actual = violation.actual
    if actual == "missing" or violation.where in _SELF_EVIDENT or name not in SecretNames():
        return actual
    return f"masked ({len(actual)} characters)"


def _request(scene: Scene) -> Iterator[str]:
    attempt = scene.attempt
    if attempt is None:
        return
    split = urlsplit(attempt.url)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    left = f"  {attempt.method} {target} -> {_outcome(attempt)} in {duration(attempt.elapsed)}"
    count = f"attempt {attempt.number} of {max(scene.attempts, attempt.number)}"
    build = f"build {scene.build}" if scene.build else ""
    waited = f"after {duration(attempt.wait.seconds)}" if attempt.wait.seconds else ""
    right = ", ".join(part for part in (count, waited, scene.environment, build) if part)
    yield f"{left:<{_COLUMN}}  {right}"


def _outcome(attempt: Attempt) -> str:
    failure = attempt.failure
    return str(attempt.status) if failure is None else f"no answer (phase {failure.phase})"


def _contract(violations: Sequence[Violation]) -> Iterator[str]:
    if not violations:
        return
    title = f"  contract  {_sources(violations) or 'as the test says'}"
    yield f"{title:<{_COLUMN}}  {many(len(violations), 'violation')}"
    rows = [(found.where, _shown(found), _wanted(found)) for found in violations[:SHOWN]]
    where, actual = (max(len(row[column]) for row in rows) for column in (0, 1))
    for row in rows:
        yield f"      {row[0]:<{where}}  {row[1]:<{actual}}  {row[2]}"
    if len(violations) > SHOWN:
        yield f"      + {len(violations) - SHOWN} more"


def _sources(violations: Sequence[Violation]) -> str:
    """The contracts by name; of places in documents the first, and how many more there are."""
    named = list(dict.fromkeys(found.source for found in violations if found.source))
    if len(named) > 1 and "#" in named[0]:
        return f"{named[0]} + {len(named) - 1} more"
    return ", ".join(named)


def _wanted(violation: Violation) -> str:
    required = violation.expected == "required"
    want = violation.expected if required else f"want {violation.expected}"
    return f"{want}  ({violation.rule})" if violation.rule else want


def _frame(scene: Scene) -> Iterator[str]:
    frame = scene.frame
    if frame is None:
        return
    yield f"  {frame.path}:{frame.line}"
    digits = max((len(str(number)) for number, _ in frame.lines), default=0)
    for number, text in frame.lines:
        mark = ">" if number == frame.line else " "
        yield f" {mark} {number:>{digits}} | {text}"
        if mark == ">" and frame.caret is not None:
            begin, end = frame.caret
            yield f"   {'':>{digits}} | {' ' * begin}{'^' * max(end - begin, 1)}"


def _facts(finding: Finding, scene: Scene) -> Iterator[str]:
    yield from _labelled("why red" if finding.verdict.is_red else "why", finding.evidence)
    yield from _labelled("sure", list(filter(None, [_confidence(finding)])))
    yield from _labelled("replay", scene.replay)
    attempt = scene.attempt
    if attempt is not None and attempt.trace_id:
        ids = f"trace {attempt.trace_id}  attempt {attempt.id}"
        told = f"{scene.report}  {ids}" if scene.report else ids
        yield from _labelled("evidence", [told, *([scene.page] if scene.page else [])])
    yield from _labelled("explain", [f"redhanded explain {finding.code}"])


def _confidence(finding: Finding) -> str:
    """How sure the verdict is, in words; nothing of a mistake that is plain to see."""
    if finding.confidence:
        return finding.confidence
    if finding.verdict is Verdict.INCONCLUSIVE:
        return "not judged: the facts above are the environment's, or nobody's yet"
    return _CONFIDENCE.get(finding.verdict, "")


def _labelled(label: str, parts: Sequence[str]) -> Iterator[str]:
    for number, part in enumerate(parts):
        yield f"  {'' if number else label:<8}  {part}"


def many(count: int, noun: str) -> str:
    """So many of a thing whose plural ends in s."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _counted(count: int, verdict: Verdict) -> str:
    return f"{count} {_PLURALS[verdict][count != 1]}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _held(counts: Mapping[Verdict, int], total: int) -> str:
    """How many tests held, as the end of the sentence."""
    recovered = counts.get(Verdict.RECOVERED, 0)
    held = counts.get(Verdict.PASS, 0) + recovered
    after = f", {recovered} of them recovered from weather" if recovered else ""
    if held == total:
        return f"{'all ' if total > 1 else ''}{many(total, 'test')} held{after}"
    return f"{held} of {many(total, 'test')} held{after}"
