"""The numbers of a defect: how slow, how long, after how many."""

from __future__ import annotations

import re

import pytest

from redhanded.lab.defects.switchboard import SwitchError, read
from redhanded.lab.defects.table import DEFECTS
from redhanded.lab.seed import TRADER
from tests.lab.conftest import FakeClock, client_login
from tests.lab.defects.conftest import Lab

LISTED = "GET /trading/orders"


def test_a_number_that_is_not_set_is_as_the_list_says() -> None:
    """What the switch leaves open has its default."""
    assert read("D82") == ("D82", {"calls": 100, "seconds": 5})
    assert read("D82:seconds=0.5") == ("D82", {"calls": 100, "seconds": 0.5})
    assert read("D82:seconds=1,calls=7") == ("D82", {"calls": 7, "seconds": 1})


def test_a_defect_without_numbers_may_be_followed_by_none() -> None:
    """A colon with nothing behind it sets nothing."""
    assert read("D23:") == ("D23", {})


@pytest.mark.parametrize(
    "switch, sentence",
    [
        ("D78:second=3", "D78 has no number 'second', it has seconds"),
        ("D82:x=1", "D82 has no number 'x', it has calls and seconds"),
        ("D23:seconds=3", "D23 has no number 'seconds', it has none"),
        ("D78:seconds", "'seconds' of D78 must be a number, such as seconds=0.5"),
        ("D78:seconds=soon", "'seconds=soon' of D78 must be a number, such as seconds=0.5"),
        ("D78:seconds=-1", "'seconds=-1' of D78 must be a number, such as seconds=0.5"),
        ("D78:seconds=nan", "'seconds=nan' of D78 must be a number, such as seconds=0.5"),
        ("D78:seconds=inf", "'seconds=inf' of D78 must be a number, such as seconds=0.5"),
        ("D101:seconds=1", "there is no defect 'D101'"),
    ],
    ids=["typo", "typo-of-two", "none", "nothing", "word", "negative", "nan", "endless", "code"],
)
def test_a_number_that_cannot_be_meant_is_refused(lab: Lab, switch: str, sentence: str) -> None:
    """The sentence says what there is to set, and what was on stays on."""
    lab.switch("D01")

    with pytest.raises(SwitchError, match=re.escape(sentence)):
        lab.switch(switch)

    assert "total_price" in lab.client.get("/booking/1").json()


def test_every_number_is_named_where_the_list_says_how() -> None:
    """Who reads the list knows what a number is for, except for how long two may race."""
    unnamed = {
        code
        for code, defect in DEFECTS.items()
        for name in defect.parameters
        if f"`{name}`" not in defect.how
    }

    assert unnamed == set()


def test_calls_are_counted_from_when_the_switch_is_set(lab: Lab) -> None:
    """D97 leaks so many connections as it is told, and a new switch gives them all back."""
    seen = []
    for _ in range(2):
        lab.switch("D97:calls=2")
        seen.append([lab.ask(LISTED).status_code for _ in range(4)])

    assert seen == [[200, 200, 503, 503]] * 2


def test_each_caller_has_a_quota_of_its_own(lab: Lab) -> None:
    """D75 counts by whom the caller says it calls for, and says how much is left."""
    lab.switch("D75:calls=1")
    path = "GET /trading/quotes"

    mine = [lab.ask(path, **{"X-Episode": "mine"}) for _ in range(2)]
    yours = lab.ask(path, **{"X-Episode": "yours"})

    assert [answer.status_code for answer in (*mine, yours)] == [200, 429, 200]
    assert [answer.headers["ratelimit"] for answer in mine] == ['"caller";r=99', '"caller";r=98']
    assert mine[1].headers["retry-after"] == "1"
    assert len(lab.lines()) == 1


def test_a_used_up_quota_is_refused_without_a_word_of_when(lab: Lab) -> None:
    """D74 keeps to its quota, which is right, and does not say how long to wait."""
    lab.switch("D74:calls=1")

    answers = [lab.ask("GET /trading/instruments") for _ in range(2)]

    assert answers[1].status_code == 429
    assert answers[1].headers["ratelimit"] == '"caller";r=0'
    assert "retry-after" not in answers[1].headers


@pytest.mark.parametrize(
    "past, status",
    [(0, 500), (120, 500), (121, 200), (1800, 200), (3479, 200), (3480, 500), (3599, 500)],
    ids=["hour", "two-past", "later", "half", "long-before", "two-to", "one-second-to"],
)
def test_near_the_hour_is_two_minutes_on_both_sides(
    lab: Lab, clock: FakeClock, past: int, status: int
) -> None:
    """D91 looks at the clock that the API was given."""
    clock.now += past - clock.now % 3600
    lab.switch("D91")

    assert lab.ask("GET /trading/notifications", **fresh(lab)).status_code == status


def fresh(lab: Lab) -> dict[str, str]:
    """A login that is valid by the clock of now."""
    return client_login(lab.client, TRADER)
