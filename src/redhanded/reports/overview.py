"""The run on one page of Markdown, within a number of bytes: the worst stands first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.core.verdicts import Verdict
from redhanded.reports.kinds import QUARANTINED, UNJUDGED, word
from redhanded.reports.links import anchor, place, replay_of, trace, web
from redhanded.reports.markdown import cell, code, fence, link, prose
from redhanded.reports.paces import slowest
from redhanded.reports.signatures import alike, counted, is_failure, kind
from redhanded.verdict.words import duration, many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head, Part
    from redhanded.reports.paces import Pace
    from redhanded.reports.signatures import Alike

_UNJUDGED_EXIT: Final = 75
_FOLDER: Final = ".redhanded"  # where a run writes unless its settings say otherwise
_SIGNS: Final = {Verdict.INCONCLUSIVE: "⚠️", Verdict.RECOVERED: "♻️", Verdict.PASS: "✅"}
_FEW: Final = 10  # lines of a table, each of a bounded length
_RESERVE: Final = 200  # bytes for the line that says what was left out


class Extent(NamedTuple):
    """How much may be told: bytes in all, tests of a group, characters of a story, operations."""

    limit: int
    tests: int
    story: int
    operations: int


def overview(dossier: Dossier, extent: Extent) -> str:
    """The page; what there is no room for is counted, and stands in the run's own page."""
    top = "".join(_top(dossier))
    room = extent.limit - _size(top) - _RESERVE
    end = "".join(_within(_sections(dossier, extent), room // 2))
    return f"{top}{''.join(_failures(dossier, extent, room - _size(end)))}{end}"


def _within(sections: Iterable[str], room: int) -> Iterator[str]:
    """The sections that there is room for."""
    for section in sections:
        if _size(section) <= room:
            room -= _size(section)
            yield section


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _top(dossier: Dossier) -> Iterator[str]:
    head = dossier.head
    sentence = " ".join(head.sentences) or "Nothing is known of how the run ended."
    yield f"## {_sign_of_run(head)} {prose(sentence[:2_000])}\n\n"
    for note in head.missing[:_FEW]:
        yield f"> {prose(note[:300])}\n\n"
    counts = counted(dossier.rows)
    if counts:
        yield "| verdict | tests |\n| --- | ---: |\n"
        yield from (
            f"| {_sign(kind)} {prose(word(kind))} | {count} |\n" for kind, count in counts.items()
        )
        beside = sum(row.is_beside for row in dossier.rows)
        yield f"| ❌ finding on the run as a whole | {beside} |\n" if beside else ""
        yield "\n"


def _sign_of_run(head: Head) -> str:
    if head.exit_code == 0:
        return "✅"
    return "⚠️" if head.exit_code in (None, _UNJUDGED_EXIT) else "❌"


def _sign(kind: str) -> str:
    """One sign for a verdict, never without its word."""
    try:
        return _SIGNS.get(Verdict(kind), "❌")
    except ValueError:
        return "❌" if kind == UNJUDGED else "⏭️"


def _failures(dossier: Dossier, extent: Extent, room: int) -> Iterator[str]:
    """The groups of failures, whole as long as there is room, then in a line each."""
    rows = [row for row in dossier.rows if is_failure(row) and kind(row) != Verdict.INCONCLUSIVE]
    groups = alike(rows)
    if not groups:
        return
    yield "### What failed\n\n"
    by_id = {group.first.id: group for group in groups}
    told = 0
    for case in dossier.of(group.first for group in groups):
        block = _fitting(dossier.head, by_id[case.row.id], case, extent, room)
        if not block:
            break
        room -= _size(block)
        told += 1
        yield block
    left = sum(len(group.rows) for group in groups[told:])
    if left:
        yield f"\n{many(left, 'more test')} that failed: see `report.html`.\n\n"


def _fitting(head: Head, group: Alike, case: Case, extent: Extent, room: int) -> str:
    """The group in the longest form that there is room for; empty where there is none."""
    tests, story = extent.tests, extent.story
    for most_tests, most_story in ((tests, story), (min(tests, 3), story // 10), (1, 0)):
        block = "".join(_group(head, group, case, most_tests, most_story))
        if _size(block) <= room:
            return block
    return ""


def _replay(row: Row) -> str:
    command = replay_of(row)
    return f", {code(command)}" if command else ""


def _group(head: Head, group: Alike, case: Case, tests: int, story: int) -> Iterator[str]:
    row = group.first
    among = f" ({many(len(group.rows), 'test')})" if len(group.rows) > 1 else ""
    yield f"<details><summary>{_sign(group.kind)} {cell(row.headline or word(group.kind))}{among}"
    yield "</summary>\n\n"
    yield f"- {code(row.test_id)} at {code(str(place(case)))}{_replay(row)}"
    address = trace(head.trace_url, row.trace_id)
    yield f", {link('trace', address)}\n" if address else "\n"
    yield from (f"- {code(row.test_id)}{_replay(row)}\n" for row in group.rows[1:tests])
    if len(group.rows) > tests:
        yield f"- {len(group.rows) - tests} more, from {code(anchor(row.id))}\n"
    if story and case.story:
        yield f"\n{fence(case.story, most=story)}"
    yield "\n</details>\n\n"


def _sections(dossier: Dossier, extent: Extent) -> Iterator[str]:
    """What follows the failures; each section is of a bounded length."""
    for kind_, title in _TABLES.items():
        rows = [row for row in dossier.rows if kind(row) == kind_]
        if rows:
            yield f"### {title}\n\n{''.join(_causes(rows))}"
    if extent.operations and dossier.rows:
        yield "".join(_slowest(slowest(dossier, most=extent.operations)))
    for part in dossier.head.parts[:_FEW]:
        yield "\n".join(_of_part(part)) + "\n\n"
    yield "".join(_provenance(dossier.head))


_TABLES: Final = {
    str(Verdict.INCONCLUSIVE): "Kept from judging",
    str(Verdict.RECOVERED): "Recovered",
    QUARANTINED: "Quarantined",
}


def _causes(rows: Sequence[Row]) -> Iterator[str]:
    groups = sorted(_by_code(rows).items(), key=lambda each: -len(each[1]))
    yield "| cause | tests | for example |\n| --- | ---: | --- |\n"
    for cause, members in groups[:_FEW]:
        first = members[0]
        said = cell(first.headline or first.test_id, most=200)
        yield f"| {cell(cause, most=80)} | {len(members)} | {said}<br>{cell(replay_of(first))} |\n"
    if len(groups) > _FEW:
        yield f"\n{many(len(groups) - _FEW, 'more cause')}: see `report.html`.\n"
    yield "\n"


def _by_code(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.code or kind(row), []).append(row)
    return found


def _slowest(paces: Sequence[Pace]) -> Iterator[str]:
    if not paces:
        return
    yield "### Slowest operations\n\n"
    yield "| operation | answers | median | p95 | declared |\n| --- | ---: | ---: | ---: | --- |\n"
    for pace in paces:
        times = f"{duration(pace.median)} | {duration(pace.p95)}"
        yield f"| {cell(pace.operation, most=200)} | {pace.answers} | {times} | {_held(pace)} |\n"
    yield "\n"


def _held(pace: Pace) -> str:
    """What is declared for an operation, and whether it kept to that."""
    if pace.limit is None:
        return ""
    said = "too few to judge" if not pace.is_enough else "❌ above" if pace.is_over else "kept"
    return f"{pace.measure} {duration(pace.limit)}: {said}"


def _provenance(head: Head) -> Iterator[str]:
    if len(head.parts) > _FEW:
        yield f"{many(len(head.parts) - _FEW, 'more part')}: see `report.html`.\n\n"
    if head.builds:
        builds = ", ".join(code(build, most=80) for build in head.builds[:_FEW])
        yield f"Builds of the API: {builds}.\n"
    yield f"{many(head.masked, 'value')} masked.\n"


def _of_part(part: Part) -> Iterator[str]:
    source = part.source
    told = {"target": part.target, "environment": part.env, "shard": part.shard}
    told |= {"commit": source.get("commit", ""), "branch": source.get("branch", "")}
    told |= {"seed": f"{part.seed}", "evidence": _folder(part)}
    yield "- " + ", ".join(f"{name} {code(value)}" for name, value in told.items() if value)
    if part.command:
        yield f"- command {code(' '.join(part.command))}"
    job = web(source.get("job", ""))
    if job:
        yield f"- {link('the job', job)}"
    yield from (f"- note: {prose(note[:300])}" for note in part.notes[:_FEW])


def _folder(part: Part) -> str:
    """Where the evidence lies, as the run was told to put it."""
    folders = [value for key, value, _ in part.settings if key == "folder"]
    return f"{(folders or [_FOLDER])[0]}/runs/{part.name}" if part.name else ""
