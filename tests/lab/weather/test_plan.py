"""Plans: which requests a rule strikes depends on the plan, the seed and the numbers alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from redhanded.lab.weather import FAULTS, Burst, Plan, PlanError, Rule, Window
from redhanded.lab.weather.front import Front
from redhanded.lab.weather.route import Route
from redhanded.lab.weather.wire import Request
from tests.lab.weather.conftest import Blow, FakeClock

MADE_ELSEWHERE = {"E01", "E02", "E07", "E38"}  # resolver, descriptors, a paused runner


def struck(clock: FakeClock, count: int = 20, *, seed: int = 0, **rule: Any) -> list[int]:  # noqa: ANN401
    """The numbers that a rule strikes, a request a second."""
    front = Front(0, Rule(fault="E12", **rule), seed, clock)
    numbers = []
    for number in range(1, count + 1):
        if front.draw():
            numbers.append(number)
        clock.now += 1
    return numbers


@pytest.mark.parametrize(
    "rule, numbers",
    [
        pytest.param({}, [1], id="a-fault's-own-shape"),
        pytest.param({"shape": "once"}, [1], id="once"),
        pytest.param({"shape": "burst"}, [1, 2, 3], id="burst"),
        pytest.param({"shape": "10s"}, list(range(1, 11)), id="10s"),
        pytest.param({"shape": "60s"}, list(range(1, 21)), id="60s"),
        pytest.param({"shape": "always"}, list(range(1, 21)), id="always"),
        pytest.param({"nth": 4}, [4], id="nth"),
        pytest.param({"every": 7}, [7, 14], id="every"),
        pytest.param({"burst": Burst(first=5, count=2)}, [5, 6], id="a-later-burst"),
        pytest.param({"window": {"from": 2, "for": 3}}, [3, 4, 5], id="window"),
        pytest.param({"rate": 1.0}, list(range(1, 21)), id="sure"),
        pytest.param({"shape": "always", "max": 2}, [1, 2], id="at-most"),
        pytest.param({"every": 5, "max": 3}, [5, 10, 15], id="every-at-most"),
    ],
)
def test_a_shape_says_which_numbers_are_struck(
    clock: FakeClock, rule: dict[str, Any], numbers: list[int]
) -> None:
    """Every shape of the catalogue, by its short name and by its parts."""
    assert struck(clock, **rule) == numbers


def test_a_window_may_count_from_the_start(clock: FakeClock) -> None:
    """From the first matching request is the rule, from the start is to be had."""
    window = Window(start=2, seconds=2, since="start")
    front = Front(0, Rule(fault="E12", window=window), 0, clock)

    clock.now += 2
    during = front.draw()
    clock.now += 2
    after = front.draw()

    assert (during is not None, after) == (True, None)


@pytest.mark.parametrize("seed", range(5))
def test_chance_depends_on_the_seed_alone(clock: FakeClock, seed: int) -> None:
    """INVARIANT: the same seed strikes the same numbers, at whatever time they come."""
    first = struck(clock, 500, seed=seed, shape="random")
    clock.now += 12345

    assert struck(clock, 500, seed=seed, shape="random") == first
    assert struck(clock, 500, seed=seed + 100, shape="random") != first
    assert 25 <= len(first) <= 75


def test_rules_have_luck_of_their_own(clock: FakeClock) -> None:
    """Two rules of the same chance do not strike the same numbers."""
    rule = Rule(fault="E12", rate=0.5)
    fronts = [Front(place, rule, 0, clock) for place in range(2)]

    drawn = [[front.draw() is not None for _ in range(50)] for front in fronts]

    assert drawn[0] != drawn[1]


def test_a_number_that_could_not_be_struck_is_given_back(clock: FakeClock) -> None:
    """The next request then has it."""
    front = Front(0, Rule(fault="E12"), 0, clock)

    front.draw()
    front.give_back()

    assert front.draw() is not None
    assert front.draw() is None


def test_the_first_rule_that_strikes_takes_the_request(blow: Blow) -> None:
    """The rules after it do not see it, so that each strikes as often as it says."""
    weather = blow({"fault": "E25"}, {"fault": "E31", "nth": 1}, {"fault": "E29", "nth": 2})

    with weather.client() as client:
        statuses = [client.get("/x").status_code for _ in range(5)]

    assert statuses[:3] == [429, 403, 200]
    assert statuses[3] in {502, 504}
    assert statuses[4] == 200
    assert [(fault["rule"], fault["n"]) for fault in weather.faults] == [(0, 1), (1, 1), (2, 2)]


def test_the_same_plan_makes_the_same_weather(blow: Blow) -> None:
    """INVARIANT: a run that went wrong can be had again, whatever the clients' timing was."""

    def run(seed: int) -> list[int]:
        weather = blow(
            {"fault": "E25", "rate": 0.3, "route": "/a"}, {"fault": "E31", "rate": 0.3}, seed=seed
        )
        with weather.client() as client:
            return [client.get(f"/{path}").status_code for path in "aabab" * 6]

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_the_shape_stands_in_the_log(blow: Blow) -> None:
    """As it was asked for; a fault's own shape by its description."""
    weather = blow(
        {"fault": "E25", "shape": "once"}, {"fault": "E25", "rate": 1.0, "max": 1}, {"fault": "E30"}
    )

    for _ in range(3):
        weather.get()

    assert [fault["shape"] for fault in weather.faults] == ["once", "rate", "always"]


@pytest.mark.parametrize(
    "route, methods, request_line, leads",
    [
        pytest.param("*", (), "GET /a HTTP/1.1", True, id="everything"),
        pytest.param("/booking/*", (), "PUT /booking/7?x=/y HTTP/1.1", True, id="below"),
        pytest.param("/booking/*", (), "PUT /booking HTTP/1.1", False, id="not-itself"),
        pytest.param("/booking", (), "GET /booking?tag=x HTTP/1.1", True, id="query"),
        pytest.param("get /a", (), "GET /a HTTP/1.1", True, id="method-in-any-case"),
        pytest.param("GET /a", (), "POST /a HTTP/1.1", False, id="another-method"),
        pytest.param("* /a", (), "POST /a HTTP/1.1", True, id="any-method"),
        pytest.param("/a", ("PUT", "post"), "POST /a HTTP/1.1", True, id="methods"),
        pytest.param("/a", ("PUT",), "POST /a HTTP/1.1", False, id="not-the-methods"),
        pytest.param("/a", (), "GET http://x:1/a?b HTTP/1.1", True, id="absolute-form"),
        pytest.param("/", (), "GET http://x:1 HTTP/1.1", True, id="absolute-root"),
    ],
)
def test_a_route_leads_to_requests(
    *, route: str, methods: tuple[str, ...], request_line: str, leads: bool
) -> None:
    """Method and path count, the query does not."""
    request = Request.parse(f"{request_line}\r\nHost: x\r\n\r\n".encode())

    assert Route.parse(route, methods).leads(request) is leads


@pytest.mark.parametrize(
    "plan, rules",
    [
        pytest.param({}, 0, id="calm"),
        pytest.param({"rules": [{"fault": "E12"}], "seed": 3}, 1, id="rules"),
        pytest.param([{"fault": "E12"}, {"fault": "e25"}], 2, id="a-list"),
        pytest.param({"fault": "E12", "nth": 2}, 1, id="a-rule-as-data"),
        pytest.param(Rule(fault="E12"), 1, id="a-rule"),
        pytest.param((Rule(fault="E12"), Rule(fault="E13")), 2, id="rules-in-a-tuple"),
        pytest.param(Plan(), 0, id="a-plan"),
    ],
)
def test_a_plan_is_read_from_what_is_at_hand(plan: object, rules: int) -> None:
    """One rule, several, or a plan; as data or as objects."""
    assert len(Plan.of(plan).rules) == rules


def test_a_plan_survives_its_way_through_a_file(tmp_path: Path) -> None:
    """What is written as JSON is read as the same plan."""
    window = {"from": 2.0, "for": 10.0}
    plan = Plan.of([{"fault": "E25", "window": window, "params": {"seconds": 7}, "route": "/a"}])
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.model_dump(mode="json", by_alias=True)), "utf-8")

    assert Plan.read(path) == plan


@pytest.mark.parametrize(
    "plan, sentence",
    [
        pytest.param({"fault": "E99"}, "there is no fault 'E99'; the closest is E", id="code"),
        pytest.param({"fault": "rain"}, "there is no fault 'RAIN'; there are E03, ", id="word"),
        pytest.param({"fault": "E12", "ntth": 1}, "ntth is unknown; the closest is nth", id="key"),
        pytest.param(
            {"fault": "E12", "nth": 1, "rate": 0.1}, "rate and nth exclude each other", id="shapes"
        ),
        pytest.param({"fault": "E12", "nth": 0}, "nth: Input should be greater", id="zero"),
        pytest.param({"fault": "E12", "route": "a"}, "must be a path", id="route"),
        pytest.param(
            {"fault": "E12", "route": "GET /a", "methods": ["GET"]}, "leave out methods", id="twice"
        ),
        pytest.param(
            {"fault": "E12", "params": {"forwarde": True}},
            "params: forwarde is unknown; the closest is forwarded",
            id="parameter",
        ),
        pytest.param(
            {"fault": "E14", "params": {"x": 1}}, "params: x is unknown; there are none", id="none"
        ),
        pytest.param(
            {"fault": "E21", "params": {"seconds": -1}}, "params: seconds: Input", id="value"
        ),
        pytest.param(
            {"fault": "E03", "params": {"upstream": "http://192.0.2.1"}},
            "params: upstream: 'http://192.0.2.1' is not on this machine",
            id="another-machine",
        ),
        pytest.param({"fault": "E08", "route": "/a"}, "leave out its route", id="handshake"),
        pytest.param("E12", "the plan is wrong: Input should be", id="no-plan"),
        pytest.param({"rules": [], "sed": 1}, "sed is unknown", id="no-seed"),
    ],
)
def test_a_wrong_plan_is_one_sentence(plan: object, sentence: str) -> None:
    """It names the place and what to write there."""
    with pytest.raises(PlanError) as caught:
        Plan.of(plan)

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content, sentence",
    [
        pytest.param(b"{", "is no JSON", id="no-json"),
        pytest.param(b"\xff\xfe", "is no text in UTF-8", id="no-text"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """The file is named."""
    path = tmp_path / "plan.json"
    path.write_bytes(content)

    with pytest.raises(PlanError, match=sentence) as caught:
        Plan.read(path)

    assert str(path) in str(caught.value)


def test_the_catalogue_is_made_but_for_what_no_proxy_can_make() -> None:
    """Every weather from E01 to E40 is in the table, or is known to be made elsewhere."""
    codes = {f"E{number:02}" for number in range(1, 41)}

    assert codes - set(FAULTS) == MADE_ELSEWHERE
    assert list(FAULTS) == sorted(FAULTS)


def test_the_page_knows_every_fault_and_parameter() -> None:
    """INVARIANT: the documentation lists what there is, fault by fault, and nothing else."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "weather.md").read_text("utf-8")
    rows = [row.split(" | ") for row in page.splitlines() if re.match(r"\| E\d\d \|", row)]
    told = {row[0].strip("| "): set(re.findall(r"`([a-z_]+)`", row[2])) for row in rows}

    known = {code: set(fault.model_fields) for code, fault in FAULTS.items()}
    assert {code: names for code, names in told.items() if code in FAULTS} == known
    assert set(told) - set(FAULTS) == {"E07", "E38"}
