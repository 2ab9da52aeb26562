"""Data of a session: the same again from the printed seed, and tags that are drawn once ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel

from redhanded.core.errors import SettingsError
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.session import Session
from tests.pipeline.driving import FakeClock
from tests.session.projects import Project

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
Open = Callable[..., Session]


class Order(BaseModel):
    name: str
    due: date
    tag: str


@pytest.fixture
def opened(project: Project) -> Iterator[Open]:
    """Opens sessions of the project at noon of one day, and closes them with the test."""
    sessions: list[Session] = []

    def start(
        run_id: str = "run1", worker: str = "main", day: date | None = None, wall: float = NOON
    ) -> Session:
        around = Surroundings(clock=FakeClock(epoch=wall))
        session = Session(
            project.load(), run_id=run_id, seed=7, worker=worker, day=day, surroundings=around
        )
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.close(0)


def _orders(session: Session) -> list[Order]:
    return session.factory.scoped("test_a.py::test_a").many(Order, 50)


def test_two_workers_and_two_runs_never_draw_one_tag(opened: Open) -> None:
    """INVARIANT: not even for the same test, of the same seed, in the same second."""
    sessions = [opened(worker="gw0"), opened(worker="gw1"), opened(run_id="run2"), opened("run1x")]

    tags = [order.tag for session in sessions for order in _orders(session)]

    assert len({*tags}) == 200
    assert all(tag.startswith(("rh-run1-", "rh-run2-", "rh-run1x-")) for tag in tags)


def test_all_but_the_tag_follows_from_the_seed(opened: Open) -> None:
    """INVARIANT: two workers draw the same objects for one test, apart from what marks them."""
    first, second = _orders(opened(worker="gw0")), _orders(opened(worker="gw1"))

    assert [(each.name, each.due) for each in first] == [(each.name, each.due) for each in second]


def test_the_printed_seed_draws_the_same_a_year_later(project: Project, opened: Open) -> None:
    """It names the day from which dates are counted, so that a replay counts from it too."""
    first = opened()
    seed, _, day = first.replay_seed.partition("@")
    later = opened(wall=NOON + 366 * 86_400, day=date.fromisoformat(day))

    assert (seed, day) == ("7", "2026-11-22")
    assert later.replay_seed == first.replay_seed
    assert [each.due for each in _orders(later)] == [each.due for each in _orders(first)]
    project.table("[tool.redhanded.data]\ntoday = 2020-02-29")
    assert opened().replay_seed == "7@2020-02-29"


def test_settings_say_who_the_data_looks_like(project: Project, opened: Open) -> None:
    """The charset and the locale of the table `data` are those of every test."""
    project.table('[tool.redhanded.data]\ncharset = "utf-8"\nlocale = ["ja_JP", "de_DE"]')

    names = [order.name for order in _orders(opened())]

    assert all(max(name) > "\uffff" for name in names)


@pytest.mark.parametrize(
    "table, told",
    [
        pytest.param(
            'locale = "de_DD"',
            'data.locale ("de_DD") is no locale of Faker: write "de_DE", "id_ID" or "en_BD".',
            id="no-locale",
        ),
        pytest.param(
            'locale = ["de_DE", "ja_JP"]\ncharset = "latin-1"',
            'data.locale ("ja_JP") is not written in Latin letters, and the charset is'
            ' "latin-1": write "utf-8", or take another locale.',
            id="not-in-latin",
        ),
        pytest.param("locale = []", 'data.locale is empty: write such as "en_US".', id="empty"),
        pytest.param("locale = 5", 'data.locale (5) is not a list: write ["..."].', id="a-number"),
        pytest.param(
            'charset = "cp1252"',
            "data.charset (\"cp1252\") is not a choice: write 'ascii', 'latin-1', 'utf-8' or"
            " 'utf-8-hostile'.",
            id="no-profile",
        ),
        pytest.param(
            'today = "soon"', 'data.today ("soon") is no day: write such as 2026-11-22.', id="day"
        ),
    ],
)
def test_settings_that_nothing_can_be_drawn_by_are_refused(
    project: Project, table: str, told: str
) -> None:
    """Before the first test, in one sentence."""
    project.table(f"[tool.redhanded.data]\n{table}")

    with pytest.raises(SettingsError) as caught:
        project.load()

    assert str(caught.value).endswith(told)
