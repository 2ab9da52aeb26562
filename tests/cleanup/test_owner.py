"""Owners: nobody's things are taken for a dead one's while their process may live."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.cleanup.lock import Lock
from redhanded.cleanup.machine import Machine, runs, started, this_machine
from redhanded.cleanup.owner import Owner, Standing, address, standing, this_process

HERE = Machine("build-1", "boot-1", "pid:[1]")
ALIVE, DEAD, UNKNOWN = Standing.ALIVE, Standing.DEAD, Standing.UNKNOWN


def _owner(
    machine: Machine = HERE, *, pid: int = 10, start: str = "77", holds: bool = True
) -> Owner:
    return Owner(
        run="3f2a9c1e",
        worker="gw0",
        base_url="http://localhost",
        machine=machine,
        pid=pid,
        start=start,
        holds=holds,
    )


def _journal(folder: Path, *, is_held: bool = False, has_lock: bool = True) -> tuple[Path, Lock]:
    path = folder / "a.ndjson"
    lock = Lock(path)
    if has_lock:
        assert lock.take()
        if not is_held:
            lock.let_go()
    return path, lock


@pytest.mark.parametrize(
    "machine, is_held, expected",
    [
        pytest.param(HERE, False, DEAD, id="free"),
        pytest.param(HERE, True, ALIVE, id="held"),
        pytest.param(Machine("build-1", "boot-0", "pid:[1]"), False, DEAD, id="before a restart"),
        pytest.param(Machine("build-1", "", ""), False, DEAD, id="no boot known"),
        pytest.param(Machine("9f0c1", "boot-1", "pid:[8]"), False, DEAD, id="a container, gone"),
        pytest.param(Machine("9f0c1", "boot-1", "pid:[8]"), True, ALIVE, id="a container"),
        pytest.param(Machine("build-2", "boot-2", "pid:[1]"), False, UNKNOWN, id="another machine"),
        pytest.param(Machine("build-2", "", ""), False, UNKNOWN, id="another, no boot known"),
    ],
)
def test_on_a_disk_of_this_machine_the_lock_tells(
    tmp_path: Path, machine: Machine, *, is_held: bool, expected: Standing
) -> None:
    """The kernel lets go of it on any death; process numbers, which are used again, say nothing."""
    path, lock = _journal(tmp_path, is_held=is_held)

    found = standing(_owner(machine, pid=os.getpid()), path, here=HERE, of_network=lambda _: "")

    lock.let_go()
    assert found is expected


@pytest.mark.parametrize(
    "machine, pid, start, expected",
    [
        pytest.param("same", "own", "own", ALIVE, id="the same process"),
        pytest.param("same", "own", "1", DEAD, id="its number was given again"),
        pytest.param("same", "none", "own", DEAD, id="no such process"),
        pytest.param("same", "own", "", ALIVE, id="no start known"),
        pytest.param("same", "none", "", DEAD, id="no such process, no start known"),
        pytest.param("space", "none", "own", UNKNOWN, id="a container"),
        pytest.param("boot", "none", "own", UNKNOWN, id="a name that other machines have too"),
        pytest.param("host", "none", "own", UNKNOWN, id="another machine"),
        pytest.param("no boot", "none", "own", UNKNOWN, id="no boot known"),
    ],
)
@pytest.mark.parametrize("why", ["network", "not locked", "lock gone"])
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_where_no_lock_can_be_trusted_the_process_itself_is_looked_for(  # noqa: PLR0917
    tmp_path: Path, why: str, machine: str, pid: str, start: str, expected: Standing
) -> None:
    """INVARIANT: dead is only who can be seen to be dead; all others may live."""
    here = Machine("build-1", "" if machine == "no boot" else "boot-1", "pid:[1]")
    other = {
        "same": here,
        "space": replace(here, space="pid:[2]"),
        "boot": replace(here, boot="boot-2"),
        "host": replace(here, host="build-2"),
        "no boot": here,
    }
    path, _ = _journal(tmp_path, has_lock=why != "lock gone")
    number = os.getpid() if pid == "own" else _no_process()
    since = started(os.getpid()) if start == "own" else start
    owner = _owner(other[machine], pid=number, start=since, holds=why != "not locked")

    found = standing(
        owner, path, here=here, of_network=lambda _: "nfs4" if why == "network" else ""
    )

    assert found is expected


def _no_process() -> int:
    """A number that no process has: it is above what the kernel gives."""
    return int(Path("/proc/sys/kernel/pid_max").read_text()) + 1


@pytest.mark.parametrize(
    "is_held, has_lock, expected",
    [
        pytest.param(True, True, ALIVE, id="held"),
        pytest.param(False, True, DEAD, id="free"),
        pytest.param(False, False, UNKNOWN, id="gone"),
    ],
)
def test_an_owner_whose_line_is_lost_is_known_by_the_lock_alone(
    tmp_path: Path, *, is_held: bool, has_lock: bool, expected: Standing
) -> None:
    """A process that was killed at its very first write has left a lock as well."""
    path, lock = _journal(tmp_path, is_held=is_held, has_lock=has_lock)

    found = standing(None, path, here=HERE, of_network=lambda _: "")

    lock.let_go()
    assert found is expected


def test_looking_leaves_the_lock_as_it_was(tmp_path: Path) -> None:
    """Whoever looks holds nothing afterwards, and makes no lock where there was none."""
    path, _ = _journal(tmp_path)
    standing(_owner(), path, here=HERE, of_network=lambda _: "")

    assert Lock(path).take()
    Lock(tmp_path / "b.ndjson").remove()
    standing(_owner(), tmp_path / "b.ndjson", here=HERE, of_network=lambda _: "")
    assert not (tmp_path / "b.lock").exists()


def test_a_lock_that_cannot_be_opened_proves_nothing(tmp_path: Path) -> None:
    """A folder in its place is neither held nor free."""
    path = tmp_path / "a.ndjson"
    path.with_suffix(".lock").mkdir()

    assert standing(_owner(), path, here=HERE, of_network=lambda _: "") is UNKNOWN


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_this_process_is_known_by_number_start_and_machine() -> None:
    """All of it comes from the kernel, and stays the same as long as the process lives."""
    owner = this_process(
        run="r", worker="gw1", base_url="http://h:80/", profile="ci", now=lambda: 5.0
    )

    assert owner.pid == os.getpid()
    assert owner.start.isdigit()
    assert len(owner.machine.boot) == 36
    assert owner.machine.space.startswith("pid:[")
    assert (owner.base_url, owner.profile, owner.at) == ("http://h", "ci", 5.0)
    assert owner == this_process(
        run="r", worker="gw1", base_url="http://h", profile="ci", now=lambda: 5.0
    )


@pytest.mark.parametrize(
    "base_url, shown",
    [
        pytest.param("http://h", "http://h", id="plain"),
        pytest.param("HTTP://H.Example/", "http://h.example", id="capital letters"),
        pytest.param("http://h:80/", "http://h", id="own port"),
        pytest.param("https://h:443/api/", "https://h/api", id="own port and a path"),
        pytest.param("https://h:80", "https://h:80", id="another port"),
        pytest.param("http://ann:pw@h:8080/v1?key=s#x", "http://h:8080/v1", id="credentials"),
        pytest.param("http://[::1]:8000", "http://[::1]:8000", id="sixth version"),
        pytest.param("http://h/API", "http://h/API", id="a path keeps its letters"),
        pytest.param("http://h:port", "", id="no port"),
        pytest.param("http://[", "", id="no address"),
    ],
)
def test_base_urls_are_compared_without_what_differs_by_chance(base_url: str, shown: str) -> None:
    """The same API is known again, another path or port is another API."""
    assert address(base_url) == shown


def _proc(folder: Path, *, pid: int = 10, state: str = "S", start: str = "77") -> Path:
    process = folder / str(pid)
    process.mkdir(parents=True)
    fields = ["1"] * 18 + [start] + ["0"] * 30
    (process / "stat").write_text(f"{pid} (a ) b (c) {state} {' '.join(fields)}\n")
    return folder


@pytest.mark.parametrize(
    "state, since, expected",
    [
        pytest.param("S", "77", True, id="it"),
        pytest.param("S", "78", False, id="another one"),
        pytest.param("Z", "77", False, id="dead, not yet waited for"),
        pytest.param("X", "77", False, id="dead"),
    ],
)
def test_a_process_is_told_from_its_successor_by_its_start(
    tmp_path: Path, state: str, since: str, *, expected: bool
) -> None:
    """The name of a command may hold parentheses; what follows the last one counts."""
    proc = _proc(tmp_path, state=state)

    assert runs(10, since, proc) is expected
    assert started(10, proc) == ("77" if state == "S" else "")


def test_what_the_kernel_does_not_tell_is_unknown(tmp_path: Path) -> None:
    """Without /proc there is no start, no boot and no space; unknown ones are never the same."""
    (tmp_path / "10").mkdir()
    (tmp_path / "10" / "stat").write_text("10 (cut")

    machine = this_machine(tmp_path)

    assert started(10, tmp_path) == started(11, tmp_path) == ""
    assert not machine.has_kernel_of(machine) or sys.platform == "darwin"
    assert machine.host == this_machine().host


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_without_a_start_the_number_alone_tells(tmp_path: Path) -> None:
    """Then a process of that number counts as the one, also where it is another user's."""
    assert runs(os.getpid(), "", tmp_path)
    assert runs(1, "", tmp_path)
    assert runs(2**70, "", tmp_path)
    assert not runs(2**31 - 1, "5", tmp_path)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_asked_in_their_own_way(tmp_path: Path, system: str) -> None:
    """Where their commands are not there, the boot is unknown; nothing is raised."""
    machine = this_machine(tmp_path, system)

    assert machine.host == this_machine().host
    assert machine.boot == "" or sys.platform == system
    assert runs(os.getpid(), "", tmp_path, system)


def test_on_windows_no_signal_is_sent_to_look_at_a_process(tmp_path: Path) -> None:
    """INVARIANT: there the signal 0 would end it; it counts as alive."""
    assert runs(2**31 - 1, "5", tmp_path, "win32")


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_a_file_system_without_locks_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There no lock is taken for one that a process holds."""
    path, _ = _journal(tmp_path)

    def refused(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refused)

    assert standing(_owner(), path, here=HERE, of_network=lambda _: "") is UNKNOWN
