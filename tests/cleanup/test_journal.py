"""The journal: on the disk before anything is made, readable whatever became of it."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.cleanup.contents import Contents, read
from redhanded.cleanup.entries import Created, Declared, Deleted, Intended, decode, encode
from redhanded.cleanup.journal import Journal
from redhanded.cleanup.lock import Lock
from redhanded.cleanup.owner import Standing, this_process
from redhanded.cleanup.remnants import Remnants
from redhanded.core.settings import Resource
from tests.cleanup.dead import BASE, RUN, Dead, mark
from tests.cleanup.fake_api import ROOM, SEAT

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
needs_modes = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


def test_a_process_that_makes_nothing_writes_nothing(dead: Dead) -> None:
    """Neither a declaration nor an end brings the file."""
    journal = dead.journal()

    journal.close()

    assert journal.path is None
    assert not dead.folder.exists()


def test_everything_that_a_sweep_needs_stands_in_the_file(dead: Dead) -> None:
    """Who made it, on which API, how its kind is removed and found, and the kind above it."""
    path = dead.leave(lambda log: log.intend("seat", mark(1), parent="9"))

    contents = read(path)

    assert contents.owner is not None
    assert (contents.owner.run, contents.owner.worker) == (RUN, "gw0")
    assert (contents.owner.base_url, contents.owner.pid) == (BASE, os.getpid())
    assert contents.owner.holds
    assert contents.declared == {"seat": SEAT, "room": ROOM}
    assert contents.entries == (Intended(kind="seat", tag=mark(1), parent="9", at=dead.clock.now),)
    assert not contents.problem


@posix
def test_only_its_owner_may_read_it(dead: Dead) -> None:
    """Ids of other people's objects are nobody else's business."""
    path = dead.leave(lambda log: log.created("room", "1"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_name_tells_run_worker_and_process(dead: Dead) -> None:
    """And no two journals share one: a number of a process is given again."""
    first = dead.leave(lambda log: log.created("room", "1"))
    second = dead.leave(lambda log: log.created("room", "1"))

    assert first != second
    assert first.name.startswith(f"{RUN}-gw0-{os.getpid()}-")


def test_an_intent_is_on_the_disk_before_the_request_goes_out(dead: Dead) -> None:
    """INVARIANT: file, and the folder's entry of it, are synced when `intend` returns."""
    synced: list[str] = []

    def sync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")

    journal = dead.journal(sync=sync)
    journal.intend("room", mark(1))
    after_first = list(synced)
    journal.created("room", "1", tag=mark(1))
    journal.deleted("room", "1")
    journal.intend("room", mark(2))

    folders = ["folder"] if os.name == "posix" else []
    assert after_first == ["file", *folders]
    assert synced == ["file", *folders, "file"]
    journal.close()


def test_an_object_without_an_intent_is_synced_itself(dead: Dead) -> None:
    """Nothing else would lead to it after a crash of the machine."""
    synced: list[int] = []
    journal = dead.journal(sync=synced.append)

    journal.created("room", "1")
    count = len(synced)
    journal.deleted("room", "1")

    assert count >= 1
    assert len(synced) == count
    journal.close()


def test_a_line_is_written_by_one_call(dead: Dead, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill between two writes cannot part what belongs together."""
    writes: list[bytes] = []
    real = os.write

    def watched(file: int, data: bytes) -> int:
        writes.append(data)
        return real(file, data)

    monkeypatch.setattr(os, "write", watched)

    dead.leave(lambda log: log.intend("seat", mark(1)), lambda log: log.intend("seat", mark(2)))

    mine = [data for data in writes if data.startswith(b'{"crc":')]
    assert [data.count(b"\n") for data in mine] == [4, 1]
    assert all(data.endswith(b"\n") for data in mine)


@pytest.mark.parametrize(
    "acts, left",
    [
        pytest.param(["intend"], 1, id="an intent"),
        pytest.param(["intend", "created"], 1, id="an object"),
        pytest.param(["created"], 1, id="an object without an intent"),
        pytest.param(["created", "gave_up"], 1, id="given up"),
        pytest.param(["intend", "gave up the intent"], 1, id="an intent given up"),
        pytest.param(["intend", "created", "deleted"], 0, id="removed"),
        pytest.param(["intend", "not_applied"], 0, id="refused"),
        pytest.param(["created", "gave_up", "deleted"], 0, id="removed later"),
        pytest.param(["created", "deleted", "created"], 1, id="the same id again"),
        pytest.param(["created", "created", "deleted"], 0, id="told twice"),
        pytest.param(["gave_up"], 0, id="what was never made"),
    ],
)
def test_the_file_stays_as_long_as_something_is_left(
    dead: Dead, acts: list[str], left: int
) -> None:
    """What it says when its process ends is what was left behind."""
    perform: dict[str, Callable[[Journal], None]] = {
        "intend": lambda log: log.intend("room", mark(1)),
        "created": lambda log: log.created("room", "1", tag=mark(1)),
        "deleted": lambda log: log.deleted("room", "1"),
        "not_applied": lambda log: log.not_applied("room", mark(1)),
        "gave_up": lambda log: log.gave_up("room", "1", "why"),
        "gave up the intent": lambda log: log.gave_up("room", "", "why", tag=mark(1)),
    }

    path = dead.leave(*[perform[act] for act in acts])

    assert path.exists() is bool(left)
    assert len(Remnants(read(path).entries).all()) == left
    assert len(list(dead.folder.iterdir())) == 2 * left


def test_what_comes_after_the_end_goes_to_a_file_of_its_own(dead: Dead) -> None:
    """A last cleanup behind the end of the session is not lost."""
    journal = dead.journal()
    journal.created("room", "1")
    first = journal.path
    journal.close()
    journal.created("room", "2")
    second = journal.path
    journal.close()

    assert first is not None
    assert second is not None
    assert first != second
    assert read(second).declared == {"room": ROOM}


def test_a_changed_declaration_is_written_with_the_next_object(dead: Dead) -> None:
    """What was found out about a kind, such as that its mark is cut, holds from then on."""
    cut = replace(ROOM, untracked="the API cuts it")
    path = dead.leave(
        lambda log: log.intend("room", mark(1)),
        lambda log: log.declare(cut),
        lambda log: log.intend("room", mark(2)),
        lambda log: log.intend("room", mark(3)),
    )

    assert read(path).declared["room"] == cut
    assert path.read_bytes().count(b'"op":"declared"') == 2


def test_a_declaration_is_that_of_the_settings() -> None:
    """Every field of a resource that a sweep needs is kept; credentials by their name alone."""
    resource = Resource(
        delete="DELETE /rooms/{id}",
        create="POST /rooms",
        identity="admin",
        gone=(404, 403),
        tag="$.note",
        list_by_tag="GET /rooms?note={tag}",
        at="$.items",
        id="$.number",
        parent="house",
    )

    declared = Declared.of("room", resource, untracked="why")

    assert declared == Declared(
        kind="room",
        delete="DELETE /rooms/{id}",
        identity="admin",
        gone=(404, 403),
        tag="$.note",
        list_by_tag="GET /rooms?note={tag}",
        at="$.items",
        id="$.number",
        parent="house",
        untracked="why",
    )


def test_no_secret_stands_in_a_journal(dead: Dead) -> None:
    """INVARIANT: reasons pass the gate, and a base URL is kept without its credentials."""
    owner = partial(
        this_process,
        run=RUN,
        worker="gw0",
        base_url="https://ann:s3cret@api.example.com/?key=s3cret",
    )
    journal = Journal(
        dead.folder,
        owner,
        complain=dead.notes.append,
        mask=lambda text: text.replace("s3cret", "***"),
    )
    journal.created("room", "1")
    journal.gave_up("room", "1", "DELETE /rooms/1?key=s3cret answered 500")
    path = journal.path
    journal.close()

    assert path is not None
    assert b"s3cret" not in path.read_bytes()
    assert b"?key=*** answered 500" in path.read_bytes()


def test_a_folder_that_cannot_be_made_costs_one_note(dead: Dead) -> None:
    """The tests go on, and everything else is as if the journal were written."""
    dead.folder.parent.mkdir(parents=True, exist_ok=True)
    dead.folder.write_text("a file in its place")
    journal = dead.journal()

    journal.intend("room", mark(1))
    journal.created("room", "1", tag=mark(1))
    journal.close()

    assert journal.path is None
    assert len(dead.notes) == 1
    assert dead.notes[0].startswith(f"the journal of cleanup cannot be written in {dead.folder}: ")
    assert dead.notes[0].endswith("(the tests go on, and what a killed run made may stay behind)")


@needs_modes
def test_a_read_only_folder_costs_one_note(dead: Dead) -> None:
    """So does one in which nobody may write."""
    dead.folder.mkdir()
    dead.folder.chmod(0o500)

    dead.journal().intend("room", mark(1))

    assert "Permission denied" in dead.notes[0]


def test_a_full_disk_costs_one_note(dead: Dead) -> None:
    """What stood in the file before stays readable."""
    room = [1, 1]

    def sync(_descriptor: int) -> None:
        if not room:
            raise OSError(28, "No space left on device")
        room.pop()

    journal = dead.journal(sync=sync)
    for number in range(5):
        journal.intend("room", mark(number))
    path = journal.path
    journal.close()

    assert path is not None
    assert len(read(path).entries) == 2 if os.name == "posix" else 3
    assert [note.partition(": ")[2][:23] for note in dead.notes] == ["No space left on device"]


def test_a_write_that_was_cut_short_harms_no_later_line(
    dead: Dead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt in the midst of a write leaves half a line; the next one begins anew."""
    journal = dead.journal()
    journal.intend("room", mark(1))
    real = os.write

    def interrupted(file: int, data: bytes) -> int:
        real(file, data[:20])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.intend("room", mark(2))
    journal.intend("room", mark(3))
    path = journal.path
    journal.close()

    assert path is not None
    assert [getattr(entry, "tag", "") for entry in read(path).entries] == [mark(1), mark(3)]
    assert read(path).damaged == 1


def test_an_interrupt_at_the_first_write_leaves_a_file_with_a_head(
    dead: Dead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: whatever cuts it, owner and declaration stand before the first whole entry."""
    journal = dead.journal()

    def interrupted(file: int, data: bytes) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal.intend("room", mark(1))
    journal.intend("room", mark(2))
    path = journal.path
    journal.close()

    assert path is not None
    assert read(path).owner is not None
    assert read(path).declared == {"room": ROOM}
    assert len(read(path).entries) == 1


def test_a_journal_on_a_network_is_told_and_not_locked(dead: Dead) -> None:
    """A lock there proves nothing to other machines, so that it is not relied on."""
    owner = partial(this_process, run=RUN, worker="gw0", base_url=BASE)
    journal = Journal(dead.folder, owner, complain=dead.notes.append, of_network=lambda _: "nfs4")
    journal.intend("room", mark(1))
    journal.intend("room", mark(2))
    path = journal.path
    journal.close()

    assert path is not None
    contents = read(path)
    assert contents.owner is not None
    assert not contents.owner.holds
    assert [note.partition(",")[0] for note in dead.notes] == [
        f"the journal of cleanup is in {dead.folder}"
    ]
    assert "(nfs4)" in dead.notes[0]


def _long(dead: Dead) -> bytes:
    """A journal of two hundred entries."""
    journal = dead.journal()
    for number in range(67):
        journal.intend("seat", mark(number), parent='ä\u2028\n"')
        journal.created("seat", str(number), tag=mark(number))
        if number % 3 == 0:
            journal.deleted("seat", str(number))
        elif number % 3 == 1:
            journal.gave_up("seat", str(number), "DELETE answered 500")
        else:
            journal.intend("room", mark(1_000 + number))
    path = journal.path
    journal.close()
    assert path is not None
    return path.read_bytes()


def test_every_prefix_of_a_journal_is_readable(dead: Dead, tmp_path: Path) -> None:
    """INVARIANT: cut anywhere, a journal tells all whole lines, and no line that is not whole."""
    whole = _long(dead)
    lines = whole.splitlines(keepends=True)
    file = tmp_path / "prefix.ndjson"
    file.write_bytes(whole)
    every = read(file)

    # A line is read without regard to its neighbours: each is cut everywhere alone, and the whole
    # is cut everywhere in its first lines and its last one, and at the end of others.
    for line in lines:
        assert not any(decode(line[:end]) for end in range(len(line) - 1))
    ends = list(accumulate(map(len, lines)))
    for end in [*range(ends[4] + 1), *ends[::4], *range(ends[-2], ends[-1])]:
        file.write_bytes(whole[:end])
        contents = read(file)
        told = sum(place - 1 <= end for place in ends)  # its checksum ends a line, not its end
        assert contents.entries == every.entries[: max(0, told - 3)]
        assert contents.owner == (every.owner if told else None)
        assert (contents.damaged, contents.problem) == (0, "")

    assert len(every.entries) == 201


def _read(folder: Path, data: bytes) -> Contents:
    file = folder / "some.ndjson"
    file.write_bytes(data)
    return read(file)


@given(data=st.binary(max_size=400))
def test_garbage_is_read_as_nothing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Whatever bytes stand in the file, nothing is raised and nothing is made of them."""
    contents = _read(tmp_path_factory.getbasetemp(), data)

    assert contents == Contents(damaged=contents.damaged)


@given(
    place=st.integers(0, 10**6), changed=st.binary(min_size=1, max_size=3), gone=st.integers(0, 300)
)
def test_damage_costs_the_lines_that_it_touches(
    tmp_path_factory: pytest.TempPathFactory, place: int, changed: bytes, gone: int
) -> None:
    """INVARIANT: a damaged line is left out and counted, and no other is changed by it."""
    folder = tmp_path_factory.getbasetemp()
    entries = [Created(kind="room", id=str(number), at=1.5) for number in range(20)]
    whole = b"".join(map(encode, entries))
    start = place % len(whole)

    contents = _read(folder, whole[:start] + changed + whole[start + gone :])

    assert set(contents.entries) <= set(entries)
    lost = len(entries) - len(contents.entries)
    assert lost <= 2 + gone // min(map(len, map(encode, entries)))


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(b'"op":"unheard of","kind":"room"', id="unknown act"),
        pytest.param(b'"op":"created","kind":"room"', id="field missing"),
        pytest.param(b'"op":"created","kind":5,"id":"1","at":1', id="wrong type"),
        pytest.param(b'"op":"created","kind":"room","id":"1","at":"now"', id="no time"),
        pytest.param(b'"op":' + b"[" * 5_000, id="deep"),
        pytest.param(b'"op":"owner","v":2', id="a later version"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_whole_line_that_says_nothing_known_counts_as_damaged(
    tmp_path: Path, rest: bytes
) -> None:
    """A journal of another version is not guessed at."""
    line = b'{"crc":"%08x",%s}\n' % (crc32(rest), rest)
    entry = encode(Created(kind="room", id="1", at=0.0))

    contents = _read(tmp_path, line + entry)

    assert contents.damaged == 1
    assert len(contents.entries) == 1


def test_fields_that_a_later_version_adds_are_left_out(tmp_path: Path) -> None:
    """A line that says more than we know still says what we know."""
    rest = b'"op":"deleted","kind":"room","id":"1","at":2,"who":"ann"'
    line = b'{"crc":"%08x",%s}\n' % (crc32(rest), rest)

    assert _read(tmp_path, line).entries == (Deleted(kind="room", id="1", at=2.0),)


def test_a_line_is_plain_json(dead: Dead) -> None:
    """Any reader of JSON lines can look into a journal."""
    path = dead.leave(lambda log: log.intend("room", mark(1)))

    told = [json.loads(line) for line in path.read_text("ascii").splitlines()]

    assert [each["op"] for each in told] == ["owner", "declared", "intended"]


@pytest.mark.parametrize("kind", ["folder", "missing", "a line of a mebibyte"])
def test_what_is_no_journal_is_told_in_a_sentence(tmp_path: Path, kind: str) -> None:
    """A folder, a file that is gone and one without line ends end no sweep."""
    path = tmp_path / "some.ndjson"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(b"x" * (1 << 20))

    contents = read(path)

    assert not contents.entries
    assert contents.problem == ("" if path.is_file() else f"{path} is no file; move it away")


@needs_modes
def test_a_journal_of_somebody_else_is_told_in_a_sentence(tmp_path: Path) -> None:
    """What we may not read is named."""
    path = tmp_path / "some.ndjson"
    path.write_bytes(b"")
    path.chmod(0o000)

    assert read(path).problem == f"{path} cannot be read: Permission denied; make it readable"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_a_journal_of_its_own(dead: Dead) -> None:
    """It may outlive us or die before us: what it makes is its own, and our lock stays ours."""
    journal = dead.journal()
    journal.created("room", "ours")

    child = os.fork()
    if not child:
        journal.created("room", "the child's")
        os._exit(0)
    os.waitpid(child, 0)

    found = {holding.path: holding for holding in dead.holdings()}
    mine = found.pop(journal.path)  # type: ignore[arg-type]
    (other,) = found.values()
    journal.close()
    assert [one.id for one in mine.remnants] == ["ours"]
    assert [one.id for one in other.remnants] == ["the child's"]
    assert (mine.standing, other.standing) == (Standing.ALIVE, Standing.DEAD)
    assert other.contents.owner is not None
    assert other.contents.owner.pid == child


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_that_ends_leaves_its_parents_journal_alone(dead: Dead) -> None:
    """INVARIANT: what the parent makes later stands in a file that is still there."""
    journal = dead.journal()
    journal.created("room", "1")
    journal.deleted("room", "1")

    child = os.fork()
    if not child:
        journal.close()
        os._exit(0)
    os.waitpid(child, 0)
    journal.created("room", "2")

    (found,) = dead.holdings()
    journal.close()
    assert [one.id for one in found.remnants] == ["2"]


def test_a_journal_that_fails_under_the_reader_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that gives errors ends no sweep."""
    path = tmp_path / "some.ndjson"
    path.write_bytes(b"")

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)

    assert read(path).problem == f"{path} cannot be read: Input/output error; make it readable"


def test_a_file_that_cannot_be_made_leaves_no_lock(
    dead: Dead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left of a journal that never was."""

    def full(path: Path, *, is_new: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("redhanded.cleanup.file.Appender", full)
    journal = dead.journal()

    journal.intend("room", mark(1))
    journal.close()

    assert len(dead.notes) == 1
    assert not list(dead.folder.iterdir())


def test_where_there_are_no_locks_the_journal_says_so(
    dead: Dead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it then looks for the process itself."""

    def refused(_: Lock) -> bool:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(Lock, "take", refused)
    path = dead.leave(lambda log: log.intend("room", mark(1)))

    owner = read(path).owner
    assert owner is not None
    assert not owner.holds
    assert dead.notes == []
