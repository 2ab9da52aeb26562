"""What a replay came to, in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.session.replay.values import parts_of
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.cli.replays import Replayed
    from redhanded.session.replay.outcome import Answer, Difference, Outcome

SHOWN: Final = 10
_BESIDE: Final = 3
_COLOURS: Final = {"same": "green", "different": "red", "cannot": "yellow"}
_PURPOSES: Final = {
    "auth": ("login", "logins"),
    "canary": ("canary", "canaries"),
    "probe": ("probe", "probes"),
    "cleanup": ("request of the cleanup", "requests of the cleanup"),
}
_MEANING: Final = {
    "same": "Same: every answer is as it was recorded.",
    "different": "Different: the API does not answer as it did.",
    "cannot": "Cannot say: not everything could be sent, or was answered.",
}
_FAILED: Final = "no answer"


class Line(NamedTuple):
    """A line, its colour, and whether it stands out."""

    text: str
    colour: str = ""
    is_bold: bool = False


def lines(replayed: Replayed) -> Iterator[Line]:
    """The whole of a replay: what it was of, each request, and the word for all."""
    case, head = replayed.recorded.case, replayed.recorded.head
    run = next((part.name for part in head.parts), "")
    what = f"attempt {replayed.recorded.attempt_id} of " * bool(replayed.recorded.attempt_id)
    yield Line(f"{what}{case.row.test_id}, run {run}, sent to {replayed.target}")
    if case.row.headline:
        yield Line(f"  recorded: {case.row.headline}")
    for outcome in replayed.outcomes:
        yield from _request(outcome)
    if _may_be_gone(replayed):
        yield Line(f"what the test had made may be gone: for all its calls, replay {case.row.id}")
    if replayed.left_out:
        yield Line(f"not sent again: {_listed(replayed.left_out)}")
    if _made(replayed.outcomes):
        yield Line("what these writes made stays: nothing cleans up after a replay")
    yield Line(_sentence(replayed), _COLOURS[replayed.result], is_bold=True)


def _sentence(replayed: Replayed) -> str:
    results = [outcome.result for outcome in replayed.outcomes]
    if len(results) == 1:
        return _MEANING[replayed.result]
    counts = {word: results.count(word) for word in _COLOURS if word in results}
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    return f"{_MEANING[replayed.result]} ({told})"


def _request(outcome: Outcome) -> Iterator[Line]:
    made = outcome.exchange
    split = parts_of(made.url)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    word = f"{outcome.result:<9}"
    yield Line(f"  {word}  {made.method} {target}", _COLOURS[outcome.result])
    yield Line(f"             {_beside(outcome)}")
    if outcome.reason:
        yield Line(f"             {outcome.reason}")
    yield from _differences(outcome.differences, SHOWN)
    if outcome.beside:
        yield Line("             differs in value, which decides nothing:")
        yield from _differences(outcome.beside, _BESIDE)
    for note in outcome.notes:
        yield Line(f"             note: {note}")


def _beside(outcome: Outcome) -> str:
    """Both answers side by side."""
    recorded = f"recorded {_answer(outcome.recorded)}"
    return f"{recorded}; now {_answer(outcome.now)}" if outcome.now else recorded


def _answer(answer: Answer) -> str:
    if answer.status is None or answer.row:
        return f"{_FAILED} ({answer.row}) after {duration(answer.seconds)}"
    media = f" {answer.media}" if answer.media else ""
    return f"{answer.status}{media}, {answer.size:,} bytes in {duration(answer.seconds)}"


def _differences(found: Sequence[Difference], shown: int) -> Iterator[Line]:
    for one in found[:shown]:
        yield Line(f"               {one.where}: recorded {one.recorded}, now {one.replayed}")
    if len(found) > shown:
        yield Line(f"               + {len(found) - shown} more")


def _listed(left_out: Mapping[str, int]) -> str:
    told = []
    for purpose, count in left_out.items():
        one, several = _PURPOSES.get(purpose, (purpose, purpose))
        told.append(f"{count} {one if count == 1 else several}")
    return ", ".join(told)


def _may_be_gone(replayed: Replayed) -> bool:
    """Whether one attempt alone finds nothing, where an earlier call may have made something."""
    found = (outcome.now for outcome in replayed.outcomes)
    return bool(replayed.recorded.attempt_id) and any(
        now is not None and now.status in {404, 410} for now in found
    )


def _made(outcomes: Sequence[Outcome]) -> bool:
    """Whether a request may have made something."""
    return any(
        outcome.exchange.method == "POST"
        and outcome.now is not None
        and 200 <= (outcome.now.status or 0) < 300
        for outcome in outcomes
    )
