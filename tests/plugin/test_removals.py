"""Removals that fail: a defect of the API where it is its own, a note where it may be weather."""

from __future__ import annotations

import pytest

from tests.plugin.hotel import Hotel
from tests.plugin.suites import Ran, Serve, Suite

NAME = "cleanup::DELETE /rooms/{id}"
FINDING = "DEFECT cleanup.failed: DELETE /rooms/{id}: answered 500, so 2 objects may be left behind"
TOML = """
cleanup = { sweep = false }

[tool.redhanded.resources.room]
create = "POST /rooms"
delete = "DELETE /rooms/{id}"
"""
SOURCE = """
    import pytest
    from redhanded import resource

    room = resource("room")

    @pytest.mark.parametrize("number", range(3))
    def test_it(room, number):
        assert room(floor=number)["floor"] == number
"""


@pytest.fixture
def stay(suite: Suite, hotel: Hotel, raw_server: Serve) -> Stay:
    """Runs a suite that makes three rooms."""
    return Stay(suite, raw_server(hotel.script()).url)


class Stay:
    """Runs three tests that make a room each."""

    def __init__(self, suite: Suite, url: str) -> None:
        self._suite = suite
        self._url = url

    def __call__(self, *arguments: str, toml: str = TOML) -> Ran:
        return self._suite(SOURCE, *arguments, base_url=self._url, toml=toml)


def fail(hotel: Hotel, *statuses: int, rooms: int = 2) -> None:
    """Let the removals of the first rooms be answered so."""
    for which in range(1, rooms + 1):
        hotel.planned[f"DELETE /rooms/{which}"] = list(statuses)


def test_a_removal_that_the_api_fails_is_red_and_no_test_is(stay: Stay, hotel: Hotel) -> None:
    """INVARIANT: one finding on the run for a route and a status; all tests keep their verdicts."""
    fail(hotel, 500, 500)

    ran = stay()

    assert (ran.ret, set(ran.verdicts.values())) == (1, {"pass"}), ran.text
    ran.result.assert_outcomes(passed=3, failed=1)
    assert ran.section[:3] == [
        "Red: 1 finding on the run as a whole; all 3 tests held.",
        f"  D {FINDING}",
        f"    {NAME}",
    ]
    ran.result.stdout.fnmatch_lines(
        [
            "the run as a whole D",
            "  why red   room 1, made by test_suite.py::test_it?0?",
            "            DELETE /rooms/1 -> 500 in *, attempt *",
            "            DELETE /rooms/1 -> 500 in *, attempt *",
            "            the canary was well beside it (200 in *)",
            "  explain   redhanded explain cleanup.failed",
        ]
    )
    assert not ran.shows_our_frames
    assert len(hotel.asked("DELETE")) == 5


def test_workers_tell_one_finding_together(stay: Stay, hotel: Hotel) -> None:
    """What they met comes through their spools."""
    fail(hotel, 500, 500)

    ran = stay("-n2", "--rh-junit=out.xml")

    assert (ran.ret, set(ran.verdicts.values())) == (1, {"pass"}), ran.text
    assert ran.section[1:3] == [f"  D {FINDING}", f"    {NAME}"]
    written = (ran.folder / "out.xml").read_text("utf-8")
    assert written.count("<failure ") == 1
    assert 'name="DELETE /rooms/{id}"' in written


def test_two_statuses_of_one_removal_are_two_findings(stay: Stay, hotel: Hotel) -> None:
    """Each is a fault of its own, and is told apart."""
    fail(hotel, 500, 500)
    hotel.planned["DELETE /rooms/2"] = [505]

    ran = stay()

    assert ran.ret == 1
    assert [line for line in ran.section if line.startswith("    cleanup::")] == [
        f"    {NAME} (500)",
        f"    {NAME} (505)",
    ]


@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param((503, 503), id="unavailable"),
        pytest.param((502, 502), id="gateway"),
        pytest.param((503, 500), id="after-weather"),
        pytest.param((409,), id="conflict"),
        pytest.param((403,), id="forbidden"),
    ],
)
def test_what_the_environment_may_answer_for_is_told_alone(
    stay: Stay, hotel: Hotel, statuses: tuple[int, ...]
) -> None:
    """INVARIANT: a leak turns nothing red."""
    fail(hotel, *statuses, rooms=1)

    ran = stay()

    assert (ran.ret, set(ran.verdicts.values())) == (0, {"pass"}), ran.text
    assert ran.of("removal_failed") == []
    told = f"DELETE /rooms/1 answered {statuses[-1]}"
    assert any("left behind by" in line and told in line for line in ran.section)


def test_what_weather_kept_is_removed_when_the_run_ends(stay: Stay, hotel: Hotel) -> None:
    """The journal has not given it up."""
    fail(hotel, 503, 503)

    ran = stay(toml=TOML.replace("sweep = false", "sweep = true"))

    assert (ran.ret, hotel.there) == (0, {}), ran.text
    assert any(line.startswith("note: swept 2 leftovers of") for line in ran.section)


def test_what_the_api_itself_refused_is_tried_once_more(stay: Stay, hotel: Hotel) -> None:
    """What hung on it may be gone at the end of the run; then the list of leftovers keeps it."""
    fail(hotel, 403, 403, rooms=1)

    stay(toml=TOML.replace("sweep = false", "sweep = true"))

    assert (list(hotel.there), hotel.asked("DELETE").count("/rooms/1")) == (["/rooms/1"], 2)


def test_a_fault_while_the_api_is_not_well_is_told_alone(stay: Stay, hotel: Hotel) -> None:
    """The canary says that it is out, so nobody knows whose fault the removal was."""
    fail(hotel, 500, 500, rooms=1)
    hotel.planned["GET /health"] = [503] * 100

    ran = stay()

    assert (ran.ret, ran.of("removal_failed")) == (0, []), ran.text
    assert any("left behind by" in line for line in ran.section)


def test_a_removal_that_worked_at_last_is_noted(stay: Stay, hotel: Hotel) -> None:
    """Nothing is left, and the fault of the API is not kept quiet."""
    fail(hotel, 500)

    ran = stay()

    assert (ran.ret, hotel.there) == (0, {}), ran.text
    said = "note: DELETE /rooms/{id} answered 500, and removed the object when it was asked again"
    assert ran.section.count(said) == 1


def test_without_a_diagnosis_the_answers_alone_convict(stay: Stay, hotel: Hotel) -> None:
    """Nobody is asked, and a whole answer of 500 is proof by itself."""
    fail(hotel, 500, 500)

    ran = stay(toml=f"diagnosis = {{ enabled = false }}\n{TOML}")

    assert (ran.ret, hotel.asked("GET")) == (1, []), ran.text
    assert f"  D {FINDING}" in ran.section
