"""What the benchmark of cleanup would notice: everything that is left, and everything touched."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from bench.cleanup.api import CHILD, PHASES, Api, Moment, serving
from bench.cleanup.deaths import REQUESTS, WAYS, drawn
from bench.cleanup.leaks import Tally, told
from bench.cleanup.prefixes import unread
from bench.cleanup.stock import ROOMS, SEATS, Stock, look_alikes
from redhanded.core.ids import read_tag, tag

MARK = tag("3f2a9c1e", at=1_790_000_000.0)


def test_a_room_with_seats_is_not_removed() -> None:
    """Children go before their parent, and what is gone is gone."""
    stock = Stock()
    room = stock.add(ROOMS, MARK)
    seat = stock.add(SEATS, "", room.id)

    assert stock.remove(ROOMS, room.id) == 409
    assert stock.remove(ROOMS, seat.id) == 404
    assert [stock.remove(SEATS, seat.id), stock.remove(SEATS, seat.id)] == [204, 404]
    assert stock.remove(ROOMS, room.id) == 204
    assert stock.left == []


def test_things_of_others_are_noticed_when_they_go() -> None:
    """INVARIANT: a removal of what is not ours is told, and it never counts as left behind."""
    stock = Stock()
    ours, foreign = stock.add(ROOMS, MARK), stock.add(ROOMS, f"{MARK}x", is_foreign=True)

    stock.remove(ROOMS, foreign.id)

    assert stock.touched == [f"{ROOMS} {foreign.id}: '{MARK}x'"]
    assert stock.left == [ours]
    assert (stock.made, stock.foreign) == (1, 1)
    stock.forget()
    assert stock.left == []


def test_look_alikes_are_found_by_a_careless_search_and_are_not_the_mark() -> None:
    """None is the mark itself; some are marks of the same run, which nobody there made."""
    notes = look_alikes(MARK)

    assert MARK not in notes
    assert len(set(notes)) == len(notes)
    assert any(read_tag(note, "rh") for note in notes)
    stock = Stock()
    found = [stock.add(ROOMS, note, is_foreign=True) for note in notes]
    assert len([thing for thing in stock.like(ROOMS, MARK) if thing in found]) >= 4


def test_the_api_tells_each_moment_of_each_child() -> None:
    """Who strikes can do so before something is done, after it, and after it was answered."""
    stock = Stock()
    api = Api(stock, seed=4, foreign=2)
    moments: list[tuple[str, Moment]] = []
    api.reach = lambda child, moment: moments.append((child, moment))
    draws = iter([0.9, 0.9, 0.9])
    api.draw = lambda: next(draws)  # type: ignore[method-assign]

    with serving(api) as url, httpx2.Client(base_url=url, headers={CHILD: "one"}) as client:
        room = client.post("/rooms", json={"note": MARK}).json()
        seat = client.post(f"/rooms/{room['id']}/seats", json={"note": "x"}).json()
        removed = client.delete(f"/seats/{seat['id']}").status_code
        listed = client.get("/rooms", params={"note": MARK}).json()

    assert room["note"] == MARK
    assert removed == 204
    assert [thing["note"] for thing in listed] == [MARK, MARK.upper(), f"{MARK}x"]
    expected = [Moment(number, phase) for number in (1, 2, 3) for phase in PHASES]
    assert [moment for _, moment in moments] == expected
    assert {child for child, _ in moments} == {"one"}


@pytest.mark.parametrize(
    "draw, error",
    [
        pytest.param(0.35, httpx2.RemoteProtocolError, id="the answer is lost"),
        pytest.param(0.9, None, id="all is well"),
    ],
)
def test_an_answer_may_be_lost_after_it_is_done(draw: float, error: type[Exception] | None) -> None:
    """INVARIANT: what was created is there, whoever heard of it."""
    stock = Stock()
    api = Api(stock, seed=4, foreign=0)
    api.draw = lambda: draw  # type: ignore[method-assign]

    with serving(api) as url:
        if error is None:
            assert httpx2.post(f"{url}/rooms", json={"note": MARK}).status_code == 201
        else:
            with pytest.raises(error):
                httpx2.post(f"{url}/rooms", json={"note": MARK})

    assert [thing.note for thing in stock.left] == [MARK]


def test_deaths_are_drawn_by_the_seed_and_of_every_kind() -> None:
    """The same seed kills in the same way; a thousand deaths leave out no moment."""
    deaths = [drawn(1, number) for number in range(1_000)]

    assert deaths == [drawn(1, number) for number in range(1_000)]
    assert {death.way for death in deaths} == set(WAYS)
    assert len({death.moment for death in deaths}) == REQUESTS * len(PHASES)


def test_a_leak_and_a_touched_thing_miss_their_goals(capsys: pytest.CaptureFixture[str]) -> None:
    """INVARIANT: one of either is enough, and it is named."""
    stock = Stock(made=50, foreign=100, touched=["rooms 7: 'theirs'"])
    tally = Tally(started=40, struck=32, left_by_the_dead=20, leaks=["rooms 3: ours"])

    missed = [figure.name for figure in told(stock, tally, kills=32, by="x") if not figure.is_met]

    assert missed == ["left behind after x", "things of others touched"]
    assert "rooms 3: ours\n  rooms 7: 'theirs'\n" in capsys.readouterr().out


def test_too_few_deaths_prove_nothing() -> None:
    """INVARIANT: a benchmark in which nobody died, or nothing was left, is none."""
    figures = list(told(Stock(made=50, foreign=10), Tally(started=96, struck=31), kills=32, by="x"))

    assert [figure.is_met for figure in figures[:2]] == [False, False]


def test_prefixes_of_a_small_journal_are_read(tmp_path: Path) -> None:
    """The count is that of its bytes, and one for none of them."""
    wrong, count = unread(tmp_path, records=10)

    assert wrong == 0
    assert count > 1_000
