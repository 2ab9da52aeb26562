"""`redhanded sweep`: what is listed, what is removed, and what the command ends with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from redhanded.cleanup.entries import Declared
from redhanded.cleanup.journal import Journal
from redhanded.core import ids
from redhanded.pipeline.surroundings import Surroundings
from tests.cleanup.dead import RUN, Dead, mark
from tests.cleanup.fake_api import FakeClock
from tests.cli.conftest import Run
from tests.plugin.hotel import Hotel
from tests.servers import raw
from tests.servers.fixtures import StartRaw

ROOM = Declared(
    kind="room", delete="DELETE /rooms/{id}", tag="$.note", list_by_tag="GET /rooms?note={tag}"
)
RESOURCE = """
[tool.redhanded.resources.room]
create = "POST /rooms"
delete = "DELETE /rooms/{id}"
tag = "$.note"
list_by_tag = "GET /rooms"
"""


class Open(Hotel):
    """A hotel that lists all of its rooms to whoever names no note."""

    def _list(self, path: str, query: str) -> bytes:
        if query:
            return super()._list(path, query)
        return raw.message(200, json.dumps(list(self.there.values())).encode())


@dataclass
class Scene:
    """A project whose API is a hotel, and whose folder the dead may have left journals in."""

    run: Run
    hotel: Hotel
    url: str
    root: Path
    dead: Dead

    def leave(self, *rooms: int, base_url: str = "", run: str = RUN, kind: Declared = ROOM) -> Path:
        """The journal of a dead run that made these rooms, which are in the hotel."""

        def make(journal: Journal) -> None:
            for room in rooms:
                self.put(room)
                journal.created(kind.kind, str(room))

        return self.dead.leave(make, run=run, base_url=base_url or self.url, kinds=(kind,))

    def put(self, room: int, note: str | None = None) -> None:
        """One more room in the hotel."""
        self.hotel.there[f"/rooms/{room}"] = {"id": room, "note": note}

    def sweep(self, *arguments: str, **environ: str) -> Result:
        """What the command came to."""
        return self.run("sweep", *arguments, **{"CI": "", **environ})

    def told(self, *arguments: str, **environ: str) -> dict[str, Any]:
        """What a program reads."""
        whole: dict[str, Any] = json.loads(self.sweep("--json", *arguments, **environ).stdout)
        return whole

    @property
    def rooms(self) -> list[str]:
        """What is in the hotel."""
        return list(self.hotel.there)


@pytest.fixture
def scene(run: Run, folder: Path, raw_server: StartRaw) -> Scene:
    """A project with a hotel as its API, that nobody has used."""
    hotel = Open()
    url = raw_server(hotel.script()).url
    grace = "cleanup = { grace = 0.01 }"
    table = f'[tool.redhanded]\nbase_url = "{url}"\n{grace}\n'
    (folder / "pyproject.toml").write_text(table, "utf-8")
    dead = Dead(folder / ".redhanded" / "journal", FakeClock())
    return Scene(run, hotel, url, folder, dead)


@pytest.mark.parametrize(
    "arguments, ci, removes",
    [
        pytest.param([], "", False, id="by-hand"),
        pytest.param(["--yes"], "", True, id="yes"),
        pytest.param([], "true", True, id="in-ci"),
        pytest.param([], "false", False, id="in-no-ci"),
        pytest.param(["--dry-run"], "true", False, id="dry-in-ci"),
    ],
)
def test_only_who_says_so_removes_something(
    scene: Scene, arguments: list[str], ci: str, *, removes: bool
) -> None:
    """INVARIANT: outside CI a sweep is a dry run, unless --yes is given."""
    path = scene.leave(1, 2)

    result = scene.sweep(*arguments, CI=ci)

    assert (result.exit_code, result.stderr) == (0, "")
    assert scene.rooms == ([] if removes else ["/rooms/1", "/rooms/2"])
    assert path.exists() is not removes
    assert any(one.startswith("DELETE") for one in scene.hotel.seen) is removes


def test_a_person_reads_who_left_what(scene: Scene) -> None:
    """A heading for each process, a line for each object, and one sentence on all."""
    scene.leave(1, 2)

    lines = scene.sweep().stdout.splitlines()

    assert lines[0].startswith(f"run {RUN} (gw0 on ")
    assert lines[0].endswith(f" ago, on {scene.url}")
    assert ", dead), " in lines[0]
    assert lines[1:4] == ["  would be removed  room  1", "  would be removed  room  2", ""]
    assert lines[4] == (
        "2 leftovers: 2 would be removed."
        " Nothing was removed: this was a dry run, and --yes removes."
    )


def test_a_program_reads_the_same(scene: Scene) -> None:
    """One entry for each object, with all that is known of it."""
    scene.leave(1)

    told = scene.told()

    (one,) = told["leftovers"]
    assert (told["v"], told["dry_run"], told["base_url"], told["problems"]) == (
        1,
        True,
        scene.url,
        [],
    )
    assert {name: one[name] for name in ("kind", "id", "mark", "run", "worker", "owner")} == {
        "kind": "room",
        "id": "1",
        "mark": None,
        "run": RUN,
        "worker": "gw0",
        "owner": "dead",
    }
    assert (one["outcome"], one["why"], one["made"]) == (
        "would be removed",
        None,
        "2026-09-21T14:13:20.000Z",
    )


def test_where_nothing_is_left_nothing_is_asked(scene: Scene) -> None:
    """The sentence says where was looked."""
    result = scene.sweep("--yes")

    assert (result.exit_code, scene.hotel.seen) == (0, [])
    assert result.stdout.startswith("Nothing is left behind: no journal in ")


def test_an_intent_is_searched_and_its_object_removed(scene: Scene) -> None:
    """By its mark, and by nothing that looks like it."""
    scene.put(8, mark(2))
    scene.put(9, mark(1))
    scene.dead.leave(lambda one: one.intend("room", mark(1)), base_url=scene.url, kinds=(ROOM,))

    dry, wet = scene.told()["leftovers"], scene.told("--yes")["leftovers"]

    assert [(one["id"], one["mark"], one["outcome"]) for one in (*dry, *wet)] == [
        ("9", mark(1), "would be removed"),
        ("9", mark(1), "removed"),
    ]
    assert scene.rooms == ["/rooms/8"]


def test_an_intent_that_came_to_nothing_is_off_the_list(scene: Scene) -> None:
    """The API never showed it, and the time is over in which it might."""
    path = scene.dead.leave(
        lambda one: one.intend("room", mark(1)), base_url=scene.url, kinds=(ROOM,)
    )

    assert [one["outcome"] for one in scene.told()["leftovers"]] == ["would be searched"]
    assert [one["outcome"] for one in scene.told("--yes")["leftovers"]] == ["never made"]
    assert not path.exists()


def test_what_cannot_be_removed_stays_on_the_list(scene: Scene) -> None:
    """The command ends with 1 and says why; the next one tries again."""
    scene.leave(1)
    scene.hotel.planned["DELETE /rooms/1"] = [403]

    first = scene.sweep("--yes")
    dry = scene.told()["leftovers"]
    second = scene.sweep("--yes")

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert "  left behind  room  1\n  DELETE /rooms/1 answered 403\n" in first.stdout
    assert [(one["outcome"], one["why"]) for one in dry] == [
        ("would be removed", "DELETE /rooms/1 answered 403")
    ]
    assert scene.rooms == []


@pytest.mark.parametrize("which", ["1", mark(1)], ids=["id", "mark"])
def test_an_object_may_be_taken_off_the_list(scene: Scene, which: str) -> None:
    """It is gone already, or meant to stay; nothing is asked of the API."""

    def make(journal: Journal) -> None:
        journal.created("room", "1", tag=mark(1))
        journal.created("room", "2", tag=mark(2))

    scene.dead.leave(make, base_url=scene.url, kinds=(ROOM,))

    result = scene.sweep("--forget", which)

    assert (result.exit_code, scene.hotel.seen) == (0, [])
    assert result.stdout == f"room 1 of run {RUN} is off the list.\n"
    assert [one["id"] for one in scene.told()["leftovers"]] == ["2"]


def test_an_intent_may_be_taken_off_the_list(scene: Scene) -> None:
    """By its mark, for there is nothing else; a program reads what was forgotten."""
    path = scene.dead.leave(
        lambda one: one.intend("room", mark(1)), base_url=scene.url, kinds=(ROOM,)
    )

    (one,) = scene.told("--forget", mark(1))["forgotten"]

    assert (one["mark"], one["outcome"], path.exists()) == (mark(1), "forgotten", False)


def test_what_nobody_left_cannot_be_forgotten(scene: Scene) -> None:
    """Nor what a run that lives still holds."""
    journal = scene.dead.journal(base_url=scene.url, kinds=(ROOM,))
    journal.created("room", "1")

    result = scene.sweep("--forget", "1")

    assert result.exit_code == 2
    assert result.stderr.startswith("redhanded: '1' is no id and no mark of anything that a dead ")
    journal.close()


def test_a_run_that_lives_is_left_alone(scene: Scene) -> None:
    """What it made is listed, with the reason; that is no failure."""
    journal = scene.dead.journal(base_url=scene.url, kinds=(ROOM,))
    journal.created("room", "1")

    result = scene.sweep("--yes")
    journal.close()

    assert (result.exit_code, scene.hotel.seen) == (0, [])
    assert ", alive), " in result.stdout
    assert f"  run {RUN} is under way (process " in result.stdout


def test_what_was_made_elsewhere_is_told_and_untouched(scene: Scene) -> None:
    """INVARIANT: an id of another API is never used here."""
    scene.leave(1, base_url="http://elsewhere.test")

    result = scene.sweep("--yes")

    assert (result.exit_code, scene.hotel.seen) == (0, [])
    assert "  it was made on http://elsewhere.test; sweep there\n" in result.stdout


def test_what_was_made_without_the_profile_is_told_and_untouched(scene: Scene) -> None:
    """Its credentials may be those of another customer; that is no failure."""
    scene.leave(1)
    with (scene.root / "pyproject.toml").open("a") as file:
        file.write("\n[tool.redhanded.env.acme]\n")

    with_profile = scene.sweep("--yes", "--env", "acme")
    there = scene.rooms
    without = scene.sweep("--yes")

    assert (with_profile.exit_code, there) == (0, ["/rooms/1"]), with_profile.output
    assert "made with another profile; sweep without --env" in with_profile.stdout
    assert (without.exit_code, scene.rooms) == (0, [])


def test_more_than_a_few_removals_want_a_look(scene: Scene) -> None:
    """Nothing of them is removed."""
    scene.leave(1, 2, 3)

    result = scene.sweep("--yes", REDHANDED_CLEANUP__MOST="2")

    assert (result.exit_code, len(scene.rooms)) == (1, 3)
    assert result.stderr.startswith("redhanded: 3 objects would be removed, and cleanup.most ")


def test_an_api_that_is_away_costs_nothing_but_the_wait(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """The list is whole, the reason is told, and the journal stays."""
    monkeypatch.setattr("redhanded.cli.sweeper.Surroundings", hurried)
    url = f"http://127.0.0.1:{closed_port}"
    path = scene.leave(1, base_url=url)

    result = scene.sweep("--yes", REDHANDED_BASE_URL=url)

    assert (result.exit_code, path.exists()) == (1, True)
    assert "  left behind  room  1" in result.stdout
    assert "the API does not answer (" in result.stderr


def test_an_identity_that_nobody_declares_is_told(scene: Scene) -> None:
    """What it is needed for is left behind."""
    scene.leave(1, kind=Declared(kind="room", delete="DELETE /rooms/{id}", identity="admin"))

    result = scene.sweep("--yes")

    assert (result.exit_code, scene.hotel.seen) == (1, [])
    assert 'a "room" is removed as "admin", who is not declared' in result.stdout


def test_a_missing_credential_is_told(scene: Scene) -> None:
    """Before anything is looked at; nothing is lost."""
    path = scene.leave(1)
    auth = '[tool.redhanded.auth]\nkind = "bearer"\ntoken = "env:API_TOKEN"\n'
    with (scene.root / "pyproject.toml").open("a") as file:
        file.write(auth)

    result = scene.sweep("--yes")

    assert (result.exit_code, path.exists()) == (2, True)
    assert "the variable API_TOKEN is not set" in result.stderr


@pytest.mark.parametrize(
    "damage, said, code",
    [
        pytest.param(
            lambda text: text.replace(b'"run"', b'"rum"', 1),
            "is damaged, and nothing tells whose the rest is",
            1,
            id="first-line",
        ),
        pytest.param(
            lambda text: text.replace(b'"declared"', b'"declored"', 1),
            "a line of ",
            1,
            id="other-line",
        ),
        pytest.param(lambda text: text[:-20], "", 0, id="torn-end"),
        pytest.param(lambda _: b"\x00\xff" * 500, "is damaged", 1, id="garbage"),
    ],
)
def test_a_damaged_journal_is_told(
    scene: Scene, damage: Callable[[bytes], bytes], said: str, code: int
) -> None:
    """What can be read counts; what a kill tore off was never sent."""
    path = scene.leave(1, 2)
    path.write_bytes(damage(path.read_bytes()))

    result = scene.sweep("--dry-run")

    assert (result.exit_code, result.exception and type(result.exception)) == (
        code,
        SystemExit if code else None,
    )
    assert said in result.stderr
    assert result.stderr.count("\n") == (1 if said else 0)


def test_a_folder_that_cannot_be_read_is_told(scene: Scene) -> None:
    """In one sentence."""
    journals = scene.root / ".redhanded" / "journal"
    journals.parent.mkdir()
    journals.write_text("")

    result = scene.sweep()

    assert result.exit_code == 2
    assert str(journals) in result.stderr


def test_two_wishes_that_contradict_each_other_are_refused(scene: Scene) -> None:
    """Before anything is looked at."""
    result = scene.sweep("--yes", "--dry-run")

    assert result.exit_code == 2
    assert "--yes and --dry-run contradict each other" in result.stderr


def test_a_secret_in_a_reason_is_masked(scene: Scene) -> None:
    """Whatever a journal holds goes through the gate before it is shown."""
    secret = "a-long-secret-of-somebody"
    path = scene.dead.leave(
        lambda one: one.created("room", secret), base_url=scene.url, kinds=(ROOM,)
    )
    with (scene.root / "pyproject.toml").open("a") as file:
        file.write('[tool.redhanded.headers]\nX-Key = "env:API_KEY"\n')

    result = scene.sweep(API_KEY=secret)

    assert path.exists()
    assert secret not in result.output


OLD = ids.tag("77777777", at=1_700_000_000.0)
NEW = ids.tag("88888888", at=4_000_000_000.0)


def test_marks_of_other_machines_are_searched_where_asked_for(scene: Scene) -> None:
    """Only what is old goes, and only what bears a mark of ours."""
    with (scene.root / "pyproject.toml").open("a") as file:
        file.write(RESOURCE)
    for room, note in enumerate((OLD, NEW, OLD.upper(), f"see {OLD}", None), start=1):
        scene.put(room, note)

    without = scene.sweep("--yes")
    dry = scene.told("--foreign")["leftovers"]
    wet = scene.sweep("--foreign", "--yes")

    assert without.stdout.startswith("Nothing is left behind")
    assert [(one["id"], one["run"], one["owner"], one["outcome"]) for one in dry] == [
        ("1", "77777777", "unknown", "would be removed")
    ]
    assert wet.stdout.startswith("run 77777777 (by its marks), ")
    assert (wet.exit_code, scene.rooms) == (0, [f"/rooms/{room}" for room in (2, 3, 4, 5)])


def test_a_run_of_this_machine_that_lives_keeps_what_bears_its_mark(scene: Scene) -> None:
    """However old that is."""
    with (scene.root / "pyproject.toml").open("a") as file:
        file.write(RESOURCE)
    scene.put(1, OLD)
    journal = scene.dead.journal(run="77777777", base_url=scene.url, kinds=(ROOM,))
    journal.created("room", "2")

    scene.sweep("--foreign", "--yes")
    journal.close()

    assert scene.rooms == ["/rooms/1"]


def test_an_api_that_is_not_allowed_is_not_searched(scene: Scene) -> None:
    """Marks alone are enough on a list of hosts, and nowhere else."""
    scene.put(1, OLD)

    result = scene.sweep("--foreign", "--yes", REDHANDED_CLEANUP__HOSTS='["staging.test"]')

    assert (result.exit_code, scene.rooms, scene.hotel.seen) == (1, ["/rooms/1"], [])
    assert "its host is not in cleanup.hosts" in result.stderr


def test_without_an_api_there_is_none_to_search(run: Run) -> None:
    """The sentence says what to set."""
    result = run("sweep", "--foreign")

    assert result.exit_code == 2
    assert result.stderr == (
        "redhanded: --foreign has no API to search: set base_url, or name a profile.\n"
    )


def hurried() -> Surroundings:
    """Surroundings in which a pause takes no time."""
    return Surroundings(sleep=lambda _: None)


@pytest.mark.parametrize("arguments", [(), ("--forget", "1")], ids=["sweep", "forget"])
def test_a_folder_that_is_none_is_named_with_what_to_do(
    scene: Scene, arguments: tuple[str, ...]
) -> None:
    """Whoever put a file where the journals go reads what to change, and nothing is swept."""
    folder = scene.dead.folder
    folder.rmdir() if folder.exists() else folder.parent.mkdir(exist_ok=True)
    folder.touch()

    result = scene.sweep(*arguments)

    assert result.exit_code == 2
    assert "make it a folder that you may read, or set `folder` to another one" in result.stderr
