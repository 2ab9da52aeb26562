"""Sweeps within a run: what they touch, how long they take, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from redhanded.cleanup.effects import Stopped
from redhanded.cleanup.entries import Declared
from redhanded.cleanup.journal import Journal
from redhanded.client.tokens import CredentialUnavailable
from redhanded.core.errors import UsageError
from redhanded.core.settings import Cleaning, Resource
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session import sweeping
from redhanded.session.journals import has_journals
from redhanded.session.session import Session
from redhanded.session.sweeping import AT_END, AT_START, HURRIED, Patience, Sweeping, answering
from tests.cleanup.dead import Dead, mark
from tests.cleanup.fake_api import FakeClock
from tests.plugin.hotel import Hotel
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project

ROOM = Declared(
    kind="room", delete="DELETE /rooms/{id}", tag="$.note", list_by_tag="GET /rooms?note={tag}"
)


LONGEST_PAUSE = 1.0  # between the two attempts of one request


@dataclass
class Clock:
    """A clock that only waits move; `interrupts` says at which wait somebody presses Ctrl-C."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    interrupts: bool = False

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_790_000_000.0 + self.now

    def sleep(self, seconds: float) -> None:
        if self.interrupts:
            raise KeyboardInterrupt
        self.now += seconds
        self.waits.append(seconds)


@dataclass
class Slow(Hotel):
    """A hotel each of whose answers takes so many seconds of the clock."""

    clock: Clock = field(default_factory=Clock)
    takes: float = 0.0

    def _answer(self, received: raw.Received) -> bytes:
        self.clock.now += self.takes
        return super()._answer(received)


@dataclass
class Run:
    """A run whose API is a hotel, in whose folder the dead may have left journals."""

    session: Session
    hotel: Slow
    clock: Clock
    dead: Dead

    @property
    def sweeping(self) -> Sweeping:
        return Sweeping(self.session)

    def end(self, *, is_hurried: bool = False) -> None:
        """Its end, when all is torn down."""
        self.session.tracking.close()
        self.sweeping.end(f"{self.session.run_id}-", is_hurried=is_hurried)

    def leave(self, *rooms: int, run: str = "3f2a9c1e", kind: Declared = ROOM) -> Path:
        """A journal of a dead run that made these rooms, which are in the hotel."""

        def make(journal: Journal) -> None:
            for room in rooms:
                self.hotel.there[f"/rooms/{room}"] = {"id": room, "note": None}
                journal.created(kind.kind, str(room))

        url = self.session.settings.base_url or ""
        return self.dead.leave(make, run=run, base_url=url, kinds=(kind,))


@pytest.fixture
def run(project: Project, raw_server: StartRaw) -> Iterator[Run]:
    """A run on a clock that only waits move."""
    clock = Clock()
    hotel = Slow(clock=clock)
    url = raw_server(hotel.script()).url
    loaded = project.table(f'base_url = "{url}"\nfolder = "{project.root / "out"}"\n').load()
    around = Surroundings(clock=clock, sleep=clock.sleep, random=lambda: 0.5)
    session = Session(loaded, run_id="11111111", seed=7, surroundings=around)
    yield Run(session, hotel, clock, Dead(session.settings.folder / "journal", FakeClock()))
    session.close(0)


def test_what_the_dead_left_is_gone_before_the_first_test(run: Run) -> None:
    """The journal goes with it."""
    path = run.leave(1, 2)

    run.sweeping.begin()

    assert (run.hotel.there, path.exists()) == ({}, False)
    assert run.session.notes == ["swept 2 leftovers of run 3f2a9c1e, last heard of just now"]


@pytest.mark.parametrize("is_hurried", [False, True], ids=["at-ease", "hurried"])
def test_nobody_waits_long_for_what_is_refused(run: Run, *, is_hurried: bool) -> None:
    """INVARIANT: pauses are bounded, and what is left is tried again by the next sweep."""
    path = run.leave(1, 2, run=run.session.run_id)
    run.hotel.planned["DELETE /rooms/1"] = [503] * 99

    run.end(is_hurried=is_hurried)

    longest = 3 * LONGEST_PAUSE + (HURRIED if is_hurried else AT_END).pauses
    assert sum(run.clock.waits) <= longest
    assert (list(run.hotel.there), path.exists()) == (["/rooms/1"], True)
    assert run.session.notes[-1].startswith("the sweep did not come to 1 leftover: ")
    run.hotel.planned.clear()
    run.sweeping.begin()
    assert (run.hotel.there, path.exists()) == ({}, False)


def test_a_sweep_is_bounded_in_time(run: Run) -> None:
    """After its seconds it begins nothing more."""
    run.leave(*range(1, 9), run=run.session.run_id)
    run.hotel.takes = 3.0

    run.end()

    assert len(run.hotel.there) == 4
    assert run.session.notes[-1].startswith(
        "the sweep did not come to 4 leftovers: 10 s were not enough"
    )


def test_an_api_that_does_not_answer_is_not_waited_for_before_the_tests(
    run: Run, closed_port: int
) -> None:
    """It may be about to start: one silence ends the sweep."""
    settings = run.session.settings
    url = f"http://127.0.0.1:{closed_port}"
    run.session.settings = settings.model_copy(update={"base_url": url})
    run.session.clients.settings = run.session.settings
    run.leave(1, 2)

    run.sweeping.begin()

    (note,) = run.session.notes
    assert note.startswith("the sweep did not come to 2 leftovers: the API does not answer (")
    assert sum(run.clock.waits) <= AT_START.pauses


def test_an_api_that_hangs_holds_no_sweep(
    run: Run, raw_server: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request has half of the time that is left, whatever the settings give to others."""
    silent = raw_server(raw.silent())
    changed = run.session.settings.model_copy(update={"base_url": silent.url})
    run.session.settings = run.session.clients.settings = changed
    monkeypatch.setattr(sweeping, "HURRIED", Patience(0.1, 0.1))
    monkeypatch.setattr(sweeping, "_LEAST", 0.1)
    path = run.leave(1, run=run.session.run_id)
    run.clock.interrupts = True  # at the pause before the second attempt

    run.end(is_hurried=True)

    assert ([one.method for one in silent.requests], path.exists()) == (["DELETE"], True)


def test_an_interrupt_in_the_last_sweep_is_no_fault(run: Run) -> None:
    """Nobody is there who would expect it; the journal stays."""
    path = run.leave(1, run=run.session.run_id)
    run.hotel.planned["DELETE /rooms/1"] = [503] * 99
    run.clock.interrupts = True

    run.end()

    assert run.session.notes == ["the sweep was interrupted: `redhanded sweep` goes on with it"]
    assert path.exists()


def test_an_interrupt_in_the_first_sweep_stops_the_run(run: Run) -> None:
    """As anywhere before the end."""
    run.leave(1)
    run.hotel.planned["DELETE /rooms/1"] = [503] * 99
    run.clock.interrupts = True

    with pytest.raises(KeyboardInterrupt):
        run.sweeping.begin()


def test_the_end_of_a_run_sweeps_its_own_alone(run: Run) -> None:
    """What others left was looked at in the beginning."""
    run.leave(1, run=run.session.run_id)
    other = run.leave(2)

    run.end()

    assert (list(run.hotel.there), other.exists()) == (["/rooms/2"], True)


def test_what_the_run_itself_still_holds_is_swept_at_its_end(run: Run) -> None:
    """Its own journal is closed first: from now on it is the journal of a dead one."""
    run.hotel.there["/rooms/5"] = {"id": 5, "note": None}
    tracking = run.session.tracking
    tracking.declare("room", Resource(delete=ROOM.delete))
    tracking.created("room", "5")

    run.end()

    assert run.hotel.there == {}


def test_what_another_profile_made_is_left_alone(run: Run) -> None:
    """INVARIANT: whose room 1 that is, its own credentials know."""
    url = run.session.settings.base_url or ""
    path = run.dead.leave(
        lambda log: log.created("room", "1"), base_url=url, profile="acme", kinds=(ROOM,)
    )

    run.sweeping.begin()

    assert (run.hotel.seen, path.exists()) == ([], True)


def test_a_run_that_lives_is_not_touched(run: Run) -> None:
    """INVARIANT: a lock that somebody holds is a run that uses what it made."""
    run.hotel.there["/rooms/1"] = {"id": 1, "note": None}
    journal = run.dead.journal(base_url=run.session.settings.base_url or "", kinds=(ROOM,))
    journal.created("room", "1")

    run.sweeping.begin()

    assert (list(run.hotel.there), run.hotel.seen) == (["/rooms/1"], [])
    journal.close()


def test_an_identity_that_nobody_declares_is_told(run: Run) -> None:
    """What it is needed for stays, and is not asked for as somebody else."""
    run.leave(1, kind=Declared(kind="room", delete="DELETE /rooms/{id}", identity="admin"))

    run.sweeping.begin()

    assert run.hotel.seen == []
    (note,) = run.session.notes
    assert note.startswith('a "room" is removed as "admin", who is not declared: write ')


def test_a_folder_that_is_not_there_is_no_fault(run: Run) -> None:
    """Nobody has made anything yet."""
    run.sweeping.begin()
    run.end()

    assert (run.session.notes, run.hotel.seen) == ([], [])


@pytest.mark.parametrize(
    "changed, beginning, is_so",
    [
        pytest.param({}, "", True, id="any"),
        pytest.param({}, "3f2a9c1e-", True, id="of-that-run"),
        pytest.param({}, "11111111-", False, id="of-another-run"),
        pytest.param({"base_url": None}, "", False, id="no-api"),
        pytest.param({"cleanup": Cleaning(sweep=False)}, "", False, id="not-wanted"),
        pytest.param({"folder": Path("nowhere")}, "", False, id="no-folder"),
    ],
)
def test_a_run_looks_whether_there_is_a_journal(
    run: Run, changed: dict[str, object], beginning: str, *, is_so: bool
) -> None:
    """That is all that a sweep of nothing costs."""
    run.leave(1)

    assert has_journals(run.session.settings.model_copy(update=changed), beginning) is is_so


def test_an_intent_is_found_by_its_mark(run: Run) -> None:
    """A run that was killed while it made a room: the room is found, and goes."""
    run.hotel.there["/rooms/9"] = {"id": 9, "note": mark(1)}
    run.hotel.there["/rooms/8"] = {"id": 8, "note": mark(2)}
    url = run.session.settings.base_url or ""
    run.dead.leave(lambda one: one.intend("room", mark(1)), base_url=url, kinds=(ROOM,))

    run.sweeping.begin()

    assert list(run.hotel.there) == ["/rooms/8"]


def test_answers_tell_how_long_to_wait() -> None:
    """With their JSON, where they have some."""

    def send(*asked: object) -> httpx2.Response:
        return httpx2.Response(429, headers={"Retry-After": "7"}, json=[1])

    answer = answering(send, mask=str)("GET", "/rooms", None)
    assert (answer.status, answer.document, answer.pause, answer.reason) == (429, [1], 7.0, "")


def test_a_request_that_cannot_be_meant_ends_the_sweep() -> None:
    """Such as of settings with a certificate that cannot be read."""

    def send(*asked: object) -> httpx2.Response:
        raise UsageError("tls.cert cannot be read")

    with pytest.raises(Stopped, match=r"tls\.cert cannot be read"):
        answering(send, mask=str)("GET", "/rooms", None)


@pytest.mark.parametrize("bears_silence", [True, False], ids=["later", "at-the-start"])
def test_a_refused_credential_ends_the_sweep_at_once(*, bears_silence: bool) -> None:
    """It would be refused each time, and the API that refuses it is not away."""
    said = "POST /auth answered 401, so there is no credential: correct auth.password."

    def send(_method: str, _path: str, _identity: str | None) -> httpx2.Response:
        raise CredentialUnavailable(said, status=401, stands=True)

    with pytest.raises(Stopped) as caught:
        answering(send, mask=str, bears_silence=bears_silence)("GET", "/rooms", None)

    assert str(caught.value) == said


@pytest.mark.parametrize(
    "status, headers, is_own",
    [
        pytest.param(200, {"Content-Type": "Text/HTML; charset=utf-8"}, False, id="portal"),
        pytest.param(404, {"Content-Type": "text/html"}, True, id="page-of-a-refusal"),
        pytest.param(200, {"Content-Type": "text/plain"}, True, id="text"),
        pytest.param(204, {}, True, id="nothing"),
    ],
)
def test_a_page_of_a_portal_removes_nothing(
    status: int, headers: dict[str, str], *, is_own: bool
) -> None:
    """INVARIANT: who takes it for the API's word takes the object off the list, and it stays."""

    def send(_method: str, _path: str, _identity: str | None) -> httpx2.Response:
        return httpx2.Response(status, headers=headers)

    answer = answering(send, mask=str)("DELETE", "/rooms/1", None)

    assert (answer.status is not None) is is_own
    assert ("a page of HTML" in answer.reason) is not is_own


@pytest.mark.parametrize(
    "status, is_own", [(302, False), (303, True), (307, True)], ids=["other", "result", "same"]
)
def test_a_removal_that_became_another_request_removes_nothing(
    status: int, *, is_own: bool
) -> None:
    """After a redirect to a GET, it is the page behind it that was well."""

    def api(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/rooms/1":
            return httpx2.Response(status, headers={"Location": "/rooms/1/"})
        return httpx2.Response(200, json={})

    def send(method: str, path: str, _identity: str | None) -> httpx2.Response:
        known = httpx2.MockTransport(api)
        with httpx2.Client(transport=known, base_url="http://127.0.0.1") as client:
            return client.request(method, path, follow_redirects=True)

    answer = answering(send, mask=str)("DELETE", "/rooms/1", None)

    assert (answer.status is not None) is is_own
    assert ("redirected" in answer.reason) is not is_own


def test_a_login_that_may_pass_later_is_no_answer() -> None:
    """A login that answers 503 says nothing against the credential."""

    def send(_method: str, _path: str, _identity: str | None) -> httpx2.Response:
        raise CredentialUnavailable("POST /auth answered 503", status=503)

    assert answering(send, mask=str)("GET", "/rooms", None).reason == "POST /auth answered 503"


def test_no_secret_of_a_request_that_cannot_be_sent_reaches_a_journal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: a credential with a bad sign in it is named by the error, and must stay hidden."""

    def send(_method: str, path: str, _identity: str | None) -> httpx2.Response:
        if path == "/rooms/2":
            raise httpx2.LocalProtocolError("Illegal header value b'Bearer s3cret-0815'")
        return httpx2.Response(204)

    monkeypatch.setattr(sweeping, "AT_END", Patience(1e3, 1e3))
    monkeypatch.setattr(Sweeping, "_sender", lambda *_: send)
    run.session.redactor.issue("s3cret-0815", name="API_TOKEN")
    path = run.leave(1, 2, run=run.session.run_id)

    run.end()

    text = path.read_text("utf-8")
    assert "Illegal header value" in text
    assert "s3cret-0815" not in text


def test_no_answer_is_told_with_its_reason() -> None:
    """An error without words is told by its name."""

    def send(*asked: object) -> httpx2.Response:
        raise httpx2.ReadTimeout("")

    answer = answering(send, mask=str)("GET", "/rooms", None)
    assert (answer.status, answer.document, answer.pause) == (None, None, None)
    assert answer.reason == "ReadTimeout"
