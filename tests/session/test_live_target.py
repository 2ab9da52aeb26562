"""A live target: when all tests may go there, what is said where they may not, and the record."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.settings import Settings
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import FleetUnavailable, GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.canary_runs import FILE, CanaryRun, CanaryRuns
from redhanded.session.fleet import Part, store_of
from redhanded.session.live_target import (
    LiveTarget,
    is_guarded,
    live_target,
    load_line,
    origin_of,
    span,
)
from redhanded.session.sources import load
from tests.servers.redis import RedisServer

NOW = 1_800_000_000.0
ORIGIN = "https://api.example.com"


class Away(MemoryStore):
    """A store that nobody reaches."""

    def put(self, key: str, value: str, seconds: float) -> None:
        raise FleetUnavailable(key, value, seconds)

    def get(self, key: str) -> str | None:
        raise FleetUnavailable(key)


def run(at: float = NOW, *, is_green: bool = True, origin: str = ORIGIN) -> CanaryRun:
    """A canary run of three tests."""
    return CanaryRun(origin=origin, at=at, is_green=is_green, run_id="3f2a9c1e", tests=3)


class Place:
    """The folder of a project, what it was told, and the store that it shares."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.store = MemoryStore(GateLimits(BreakerLimits()), Member("here", "gw0"))

    def runs(self, store: MemoryStore | None = None) -> CanaryRuns:
        """What is known of canary runs here."""
        return CanaryRuns(self.folder, store=store, project="shop", note=self.notes.append)

    def target(self, origins: Mapping[str, str] | None = None, **settings: Any) -> LiveTarget:  # noqa: ANN401
        """The target under settings, as it stands now."""
        told = {"base_url": f"{ORIGIN}/v1", "live": True, "folder": self.folder, **settings}
        return live_target(
            Settings.model_validate(told),
            store=None,
            project="",
            origins=origins or {},
            wall=lambda: NOW,
            note=self.notes.append,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder."""
    return Place(tmp_path / "evidence")


@pytest.mark.parametrize(
    "last, why",
    [
        pytest.param(run(NOW - 3599), "", id="fresh"),
        pytest.param(run(NOW + 59), "", id="another machine's clock is ahead"),
        pytest.param(None, "no canary run was green there", id="none"),
        pytest.param(
            run(NOW - 3 * 3600),
            "its last green canary run is 3 h old (canary.within is 60 min)",
            id="old",
        ),
        pytest.param(
            run(NOW - 240, is_green=False), "its last canary run, 4 min ago, did not hold", id="red"
        ),
        pytest.param(
            run(NOW + 7200),
            "its last canary run is 2 h in the future, so some clock is wrong",
            id="of the future",
        ),
        pytest.param(
            run(origin="https://api.example.com:8443"), "no canary run was green there", id="port"
        ),
    ],
)
def test_a_live_target_wants_a_green_and_fresh_canary(
    place: Place, last: CanaryRun | None, why: str
) -> None:
    """INVARIANT: all tests go where the last canary run of that very origin is green and fresh."""
    if last is not None:
        place.runs().write(last)

    refusal = place.target().refusal()

    expected = f"{ORIGIN} is live, and {why}: run `redhanded canary` first."
    assert refusal == (expected if why else "")


def test_how_fresh_is_a_setting(place: Place) -> None:
    """`canary.within` says how old the last green run may be."""
    place.runs().write(run(NOW - 100))

    assert place.target(canary={"within": 99}).refusal()
    assert not place.target(canary={"within": 101}).refusal()


def test_a_target_that_is_not_live_refuses_nobody(place: Place) -> None:
    """Whoever does not say that people use it is asked for nothing."""
    assert place.target(live=False).refusal() == ""


@pytest.mark.parametrize(
    "settings, origins, command",
    [
        pytest.param({}, {}, "redhanded canary", id="plain"),
        pytest.param({"env": "production"}, {}, "redhanded canary --env production", id="profile"),
        pytest.param(
            {},
            {"base_url": "command line"},
            f"redhanded canary -- --rh-base-url={ORIGIN}/v1",
            id="an address of the command line",
        ),
    ],
)
def test_what_to_run_is_told_as_one_types_it(
    place: Place, settings: dict[str, Any], origins: dict[str, str], command: str
) -> None:
    """The sentence ends with the command that makes a canary run of this very target."""
    assert place.target(origins, **settings).command == command


def test_live_without_a_target_is_refused() -> None:
    """Nobody can tell which origin is meant."""
    with pytest.raises(ValueError, match="says so of no target: set base_url too"):
        Settings(live=True)


def test_a_profile_may_be_live(tmp_path: Path) -> None:
    """`live` belongs into the profile of the system that people use."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.redhanded]\nbase_url = "http://localhost:8000"\n'
        f'[tool.redhanded.env.production]\nbase_url = "{ORIGIN}"\nlive = true\n',
        "utf-8",
    )

    here, there = (load(tmp_path, overrides=env, environ={}) for env in ({}, {"env": "production"}))

    assert (here.settings.live, there.settings.live) == (False, True)
    assert there.origins["live"] == "pyproject.toml [tool.redhanded.env.production]"


@pytest.mark.parametrize(
    "overrides, is_live",
    [
        pytest.param({}, False, id="elsewhere"),
        pytest.param({"base_url": f"{ORIGIN}:443/v2"}, True, id="by a URL"),
        pytest.param({"base_url": "http://api.example.com"}, False, id="another scheme"),
        pytest.param({"env": "mirror"}, True, id="by another profile"),
        pytest.param({"env": "reading"}, False, id="a profile that says no"),
        pytest.param({"base_url": ORIGIN, "live": "false"}, False, id="by a URL and a no"),
    ],
)
def test_a_live_origin_is_live_whichever_way_leads_to_it(
    tmp_path: Path, overrides: dict[str, object], is_live: bool
) -> None:
    """INVARIANT: a URL given by hand does not go around the canary; only a plain no does."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.redhanded]\nbase_url = "http://localhost:8000"\n'
        "[tool.redhanded.env.wrong]\nbase_url = 3\nlive = true\n"
        f'[tool.redhanded.env.mirror]\nbase_url = "{ORIGIN}"\n'
        f'[tool.redhanded.env.reading]\nbase_url = "{ORIGIN}"\nlive = false\n'
        f'[tool.redhanded.env.production]\nbase_url = "{ORIGIN}/v1"\nlive = true\n',
        "utf-8",
    )

    loaded = load(tmp_path, overrides=overrides, environ={})

    assert loaded.settings.live is is_live
    told = loaded.origins["live"] == "pyproject.toml [tool.redhanded.env.production]"
    assert told is is_live


def test_runs_of_several_origins_are_kept_side_by_side(place: Place) -> None:
    """A canary run takes the place of the last one of its origin, and of no other."""
    other = "http://localhost:8000"
    for one in (run(1.0), run(2.0, origin=other), run(3.0, is_green=False)):
        place.runs().write(one)

    assert place.runs().last(ORIGIN) == run(3.0, is_green=False)
    assert place.runs().last(other) == run(2.0, origin=other)
    assert sorted(path.name for path in place.folder.iterdir()) == [
        ".gitignore",
        FILE,
        f"{FILE}.lock",
    ]


@pytest.mark.parametrize("here, there", [(1.0, 2.0), (2.0, 1.0)], ids=["theirs", "ours"])
def test_of_what_is_kept_here_and_told_by_others_the_newer_counts(
    place: Place, here: float, there: float
) -> None:
    """A canary job on another machine counts here, and so does the red one that came after it."""
    place.runs().write(run(here, is_green=here > there))
    elsewhere = CanaryRuns(place.folder / "x", store=place.store, project="shop", note=print)
    elsewhere.write(run(there, is_green=there > here))

    last = place.runs(place.store).last(ORIGIN)

    assert last == run(2.0)


def test_machines_tell_each_other_through_redis(place: Place, redis_server: RedisServer) -> None:
    """What a canary job has found on one machine lets all tests go on another one."""
    told = Settings(redis_url=redis_server.url)
    project = secrets.token_hex(8)

    @contextmanager
    def kept(folder: str) -> Iterator[CanaryRuns]:
        part = Part(run_id=project, worker="main")
        around = Surroundings()
        store = store_of(told, part, place.folder, surroundings=around, tell=place.notes.append)
        with closing(store):
            yield CanaryRuns(
                place.folder / folder, store=store, project=project, note=place.notes.append
            )

    with kept("one") as runs:
        runs.write(run())
    with kept("other") as runs:
        assert runs.last(ORIGIN) == run()
    assert place.notes == []


def test_another_projects_canary_counts_for_nothing(place: Place) -> None:
    """Its tests know nothing of what ours rely on."""
    other = CanaryRuns(place.folder, store=place.store, project="bank", note=print)
    other.write(run())
    (place.folder / FILE).unlink()

    assert place.runs(place.store).last(ORIGIN) is None


def test_a_store_that_is_away_is_left_aside(place: Place) -> None:
    """INVARIANT: what is kept here counts, and nothing of the other's trouble is an error."""
    runs = place.runs(Away(GateLimits(BreakerLimits()), Member("here", "gw0")))

    runs.write(run())

    assert runs.last(ORIGIN) == run()
    assert place.notes == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("no JSON", id="no JSON"),
        pytest.param('{"version": 2, "runs": {}}', id="another version"),
        pytest.param('{"version": 1, "runs": {"x": {"at": "soon"}}}', id="of another shape"),
        pytest.param('{"version": 1, "runs": {"x": {"at": NaN}}}', id="no time"),
    ],
)
def test_a_file_that_cannot_be_read_holds_no_run(place: Place, text: str) -> None:
    """It is told, and the next run takes its place."""
    place.folder.mkdir()
    (place.folder / FILE).write_text(text, "utf-8")

    assert place.runs().last(ORIGIN) is None
    assert "none counts" in place.notes[0]
    place.runs().write(run())
    assert json.loads((place.folder / FILE).read_text("utf-8"))["version"] == 1
    assert place.runs().last(ORIGIN) == run()


def test_a_folder_that_takes_nothing_is_told(place: Place) -> None:
    """Then the canary run counts for other machines alone."""
    place.folder.write_text("a file", "utf-8")

    place.runs(place.store).write(run())

    assert "the canary run is not kept here" in place.notes[0]
    assert place.store.get(f"canary-run:shop/{ORIGIN}") is not None


def test_the_standing_is_told_in_a_line(place: Place) -> None:
    """Green with its age, its tests and its run; else what is missing, and what to run."""
    before = place.target().told()
    place.runs().write(run(NOW - 720))

    assert before == "no canary run was green there: `redhanded canary` comes first"
    assert place.target().told() == "canary green 12 min ago (3 tests, run 3f2a9c1e)"


@pytest.mark.parametrize(
    "settings, line, by_guard",
    [
        pytest.param({}, "", False, id="no target"),
        pytest.param({"base_url": "http://localhost:8000"}, "", False, id="this machine"),
        pytest.param(
            {"base_url": ORIGIN},
            "at most 6 requests a second (30 at once) and 10 in flight",
            True,
            id="guarded",
        ),
        pytest.param(
            {"base_url": ORIGIN, "limit": {"guard": False, "in_flight": 4}},
            "at most 4 in flight",
            False,
            id="chosen",
        ),
        pytest.param(
            {"base_url": ORIGIN, "limit": {"rate": 2}},
            "at most 2 requests a second (2 at once) and 10 in flight",
            True,
            id="in part",
        ),
    ],
)
def test_the_limits_in_force_are_told(settings: dict[str, Any], line: str, by_guard: bool) -> None:
    """What the target gets at most stands in a line, and whether anybody chose it."""
    told = Settings.model_validate(settings)

    assert (load_line(told), is_guarded(told)) == (line, by_guard)


@pytest.mark.parametrize(
    "url, origin",
    [
        (None, ""),
        ("https://API.example.com:443/v1", ORIGIN),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
    ids=str,
)
def test_an_origin_is_told_in_one_way(url: str | None, origin: str) -> None:
    """However the address is spelt."""
    assert origin_of(Settings(base_url=url)) == origin


@pytest.mark.parametrize(
    "seconds, told",
    [(-1.0, "0 s"), (89.0, "89 s"), (90.0, "2 min"), (5400.0, "2 h"), (172_800.0, "2 days")],
    ids=str,
)
def test_a_while_is_told_as_people_say_it(seconds: float, told: str) -> None:
    """In the largest unit that still says something."""
    assert span(seconds) == told
