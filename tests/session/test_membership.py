"""Membership: what a process shares, with whom, and what it does while nobody can be asked."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.settings import Fleet, Settings
from redhanded.fleet.leases import LeaseUnavailable
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import Store
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.berth import Berth, part_of
from redhanded.session.fleet import Part, store_of
from redhanded.session.membership import Membership
from tests.fleet.shared import FakeStore, Time

REDIS = "redis://127.0.0.1:6379/0"
Join = Callable[..., Membership]


@pytest.fixture
def store() -> FakeStore:
    """The store of all processes of a test."""
    return FakeStore(Time())


@pytest.fixture
def notes() -> list[str]:
    """What the reader of the run is told."""
    return []


@pytest.fixture
def join(store: FakeStore, notes: list[str], tmp_path: Path) -> Iterator[Join]:
    """A process of a run, with a store of its own or the common one."""
    members: list[Membership] = []

    def joined(
        worker: str = "main",
        *,
        workers: int = 0,
        seat: int | None = None,
        own: Store | None = None,
        project: str = "shop",
        home: str = "a",
        **given: object,
    ) -> Membership:
        settings = Settings.model_validate(
            {"folder": tmp_path / home, "leases": {"users": ["ann", "bob", "cy", "dee"]}, **given}
        )
        run_id = settings.run_id or "run1"
        made = Membership(
            settings,
            Part(run_id=run_id, worker=worker, workers=workers, seat=seat),
            Berth(run_id, part_of(run_id, settings.shard)),
            own or store,
            surroundings=Surroundings(clock=store.time, sleep=store.time.sleep),
            note=notes.append,
            project=project,
        )
        members.append(made)
        return made

    yield joined
    for member in members:
        member.leave()


def alone(tmp_path: Path) -> Store:
    """The store of a process that shares with nobody."""
    settings = Settings(folder=tmp_path, fleet=Fleet(enabled=False))
    made = store_of(
        settings,
        Part(run_id="run1", worker="main"),
        tmp_path,
        surroundings=Surroundings(),
        tell=lambda _: None,
    )
    assert isinstance(made, MemoryStore)
    return made


def test_a_process_alone_shares_nothing(join: Join, tmp_path: Path) -> None:
    """INVARIANT: where there is one process, no lock, thread or file is made."""
    membership = join(own=alone(tmp_path))
    membership.enter()
    membership.control()
    membership.end()
    membership.leave()

    assert (membership.logins(), membership.shelf(), membership.canary()) == (None, None, None)
    assert membership.live() == 1
    assert not (tmp_path / "a").exists()


def test_workers_of_a_machine_share_logins_and_the_canary(join: Join) -> None:
    """What is done once for them stands in the folder of their run."""
    membership = join("gw0", workers=2)

    assert membership.logins() is not None
    assert membership.canary() is not None
    assert membership.shelf() is None


@pytest.mark.parametrize(
    "host, run_id, may_look",
    [
        pytest.param("h1", "run1", False, id="a fellow of its machine"),
        pytest.param("h2", "run1", True, id="another machine"),
        pytest.param("h1", "run2", True, id="another run"),
    ],
)
def test_only_fellows_are_believed_that_the_api_is_not_well(
    join: Join, monkeypatch: pytest.MonkeyPatch, host: str, run_id: str, *, may_look: bool
) -> None:
    """INVARIANT: whoever has a bad way to the API keeps nobody else from asking it."""
    monkeypatch.setattr(platform, "node", lambda: "h1")
    canary = join("gw0", workers=2, redis_url=REDIS, run_id="run1").canary()
    assert canary is not None
    assert canary.may_look()
    canary.tell(is_well=False, seconds=2.0)

    monkeypatch.setattr(platform, "node", lambda: host)
    other = join("gw1", workers=2, redis_url=REDIS, run_id=run_id).canary()

    assert other is not None
    assert other.may_look() is may_look


def test_machines_share_what_is_done_once(join: Join) -> None:
    """The folder is no one else's."""
    assert join(redis_url=REDIS).shelf() is not None


def test_members_know_how_many_they_are(join: Join) -> None:
    """Whoever enters is counted from then on, until it leaves."""
    first, second = join("gw0", workers=2), join("gw1", workers=2)
    first.enter()
    second.enter()
    counted = second.live()
    first.leave()

    assert (first.live(), counted) == (1, 2)


def test_a_chosen_id_is_one_machines(join: Join) -> None:
    """INVARIANT: two runs of one id are told apart before their first test."""
    given = {"redis_url": REDIS, "run_id": "nightly"}
    join(home="a", **given).control()

    with pytest.raises(UsageError, match='the run_id "nightly" is taken by a run that is under'):
        join(home="b", **given).control()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"shard": "2/2"}, id="other-shard"),
        pytest.param({"run_id": "weekly", "shard": "1/2"}, id="other-run"),
        pytest.param({"project": "desk", "shard": "1/2"}, id="other-project"),
        pytest.param({"run_id": None}, id="no-id"),
    ],
)
def test_other_parts_are_welcome(join: Join, given: dict[str, str | None]) -> None:
    """A shard, another run and another project have ids of their own."""
    join(home="a", redis_url=REDIS, run_id="nightly", shard="1/2").control()

    join(home="b", **{"redis_url": REDIS, "run_id": "nightly", **given}).control()


def test_an_id_is_free_when_its_run_has_left(join: Join) -> None:
    """The same run may be started again at once."""
    given = {"redis_url": REDIS, "run_id": "nightly"}
    first = join(home="a", **given)
    first.control()
    first.leave()

    join(home="b", **given).control()


def _once(membership: Membership, record: str) -> str:
    """What is done once under a name: what stands there, or this."""
    shelf = membership.shelf()
    assert shelf is not None
    with shelf.turn("seed"):
        found = shelf.read("seed")
        if found is None:
            shelf.write("seed", record)
        return found or record


def test_the_end_of_a_run_leaves_nothing(join: Join, store: FakeStore) -> None:
    """What was done once is done again in the next run of the id."""
    given = {"redis_url": REDIS, "run_id": "nightly"}
    first = join(home="a", **given)
    _once(first, "first")
    first.end()
    first.leave()
    store.time.sleep(0.01)

    assert _once(join(home="b", **given), "second") == "second"


def test_the_last_shard_ends_the_run(join: Join, store: FakeStore) -> None:
    """INVARIANT: no shard does again what an earlier one has done for all."""
    given = {"redis_url": REDIS, "run_id": "nightly"}
    seen = []
    for part in (1, 2, 3):
        member = join(home=f"{part}", shard=f"{part}/3", **given)
        member.control()
        seen.append(_once(member, f"of {part}"))
        member.end()
        member.leave()
        store.time.sleep(0.01)

    assert seen == ["of 1"] * 3
    assert _once(join(shard="1/3", **given), "again") == "again"


def test_what_a_killed_run_left_is_not_taken_for_ours(join: Join, store: FakeStore) -> None:
    """A run that is alone under its id begins anew."""
    given = {"redis_url": REDIS, "run_id": "nightly"}
    killed = join(home="a", **given)
    killed.control()
    _once(killed, "stale")
    store.time.sleep(61)
    again = join(home="b", **given)
    again.control()
    store.time.sleep(0.01)

    assert _once(again, "fresh") == "fresh"


def test_a_store_that_is_away_at_the_end_is_no_matter(join: Join, store: FakeStore) -> None:
    """What stands there ends by itself."""
    membership = join(redis_url=REDIS, run_id="nightly")
    membership.control()
    store.is_away = True

    membership.end()
    membership.leave()

    assert store.claims


def _all(membership: Membership) -> str:
    """All that this process may take of the pool while the others hold theirs."""
    taken = ""
    while True:
        try:
            taken += membership.leases.take("users", patience=0).name[0]
        except (LeaseUnavailable, UsageError):
            return "".join(sorted(taken))


def test_workers_begin_at_a_name_of_their_own(join: Join) -> None:
    """Each asks for another name first."""
    workers = [join(f"gw{number}", workers=3) for number in range(3)]

    assert [one.leases.take("users").name for one in workers] == ["ann", "bob", "cy"]


def test_each_process_keeps_to_its_share_while_nobody_can_be_asked(
    join: Join, store: FakeStore
) -> None:
    """INVARIANT: over shards and workers no name is handed out twice."""
    store.is_away = True
    given = {"redis_url": REDIS, "run_id": "nightly"}
    members = [
        join(f"gw{number}", workers=2, shard=f"{part}/2", **given)
        for part in (1, 2)
        for number in (0, 1)
    ]

    assert [_all(member) for member in members] == ["a", "c", "b", "d"]


def test_shards_without_a_redis_have_names_of_their_own(join: Join) -> None:
    """Machines that cannot ask each other divide a pool beforehand; their workers share it."""
    stores = [FakeStore(Time()), FakeStore(Time())]
    members = [
        join(f"gw{number}", workers=2, own=stores[part - 1], run_id="nightly", shard=f"{part}/2")
        for part in (1, 2)
        for number in (0, 1)
    ]

    assert [_all(member) for member in members] == ["ac", "", "bd", ""]


def test_workers_that_do_not_share_have_names_of_their_own(join: Join, tmp_path: Path) -> None:
    """With `fleet.enabled = false` a pool is divided beforehand."""
    members = [join(f"gw{number}", workers=2, own=alone(tmp_path)) for number in (0, 1)]

    assert [_all(member) for member in members] == ["ac", "bd"]


def test_who_comes_for_a_dead_worker_has_its_names(join: Join, tmp_path: Path) -> None:
    """INVARIANT: it takes none from those that live, whatever the number in its own name."""
    members = [
        join("gw0", workers=2, seat=0, own=alone(tmp_path)),
        join("gw2", workers=2, seat=1, own=alone(tmp_path)),
    ]

    assert [_all(member) for member in members] == ["ac", "bd"]
