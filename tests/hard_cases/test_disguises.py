"""Defects in weather's clothes: found in calm and in a storm, and the rest not dragged along."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.raw.answers import JSON

TRADER = """
[tool.redhanded.auth]
kind = "oauth2"
token_url = "/oauth/token"
client_id = "lab-trader"
client_secret = "env:TRADER"
"""
SYMBOLS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("symbol", {symbols})
    def test_instrument(api, symbol):
        expect(api.get(f"/trading/instruments/{{symbol}}"), 200, dict)

    @pytest.mark.parametrize("number", range(1, 4))
    def test_booking(api, number):
        expect(api.get(f"/booking/{{number}}"), 200, dict)
"""


@pytest.mark.parametrize(
    "symbols, rounds",
    [
        pytest.param(["ALDE", "UMBE", "TEAL", "SAFF"], 1, id="in-the-middle"),
        pytest.param(["TEAL", "ALDE", "UMBE", "SAFF"], 2, id="first"),
    ],
)
def test_an_input_that_kills_the_worker_is_a_defect(
    suite: Suite, stage: Stage, symbols: list[str], rounds: int
) -> None:
    """INVARIANT: the gateway's 502 is the API's fault, as soon as another input is known."""
    stage.spoil("D94")

    ran = suite(SYMBOLS.format(symbols=symbols), base_url=stage.url, toml=PATIENT + TRADER)

    assert ran.ret == 1, ran.text
    others = {name: verdict for name, verdict in ran.verdicts.items() if "TEAL" not in name}
    assert (ran.verdicts["test_instrument[TEAL]"], set(others.values())) == ("defect", {"pass"})
    assert len(ran.of("test_ended")) == 6 + rounds
    assert ran.codes["test_instrument[TEAL]"] == ["http.gateway"]


POISON = """
    import pytest
    from redhanded import expect
    from tests.hard_cases.stage import BOOKING

    @pytest.mark.parametrize("number", range(25))
    def test_other(api, number):
        expect(api.post("/booking", json=BOOKING | {"firstname": f"Ada {number}"}), 201)

    def test_poison(api):
        expect(api.post("/booking", json=BOOKING | {"lastname": "Null"}), 201)
"""


def test_a_write_that_kills_the_worker_is_a_defect_after_its_rounds(
    suite: Suite, stage: Stage
) -> None:
    """INVARIANT: it may not be replayed; its test is, and it alone fails among all."""
    stage.spoil("D94")

    ran = suite(POISON, base_url=stage.url, toml=PATIENT.replace("seconds = 4", "seconds = 2"))

    verdicts = ran.verdicts
    assert (ran.ret, verdicts.pop("test_poison")) == (1, "defect"), ran.text
    assert set(verdicts.values()) == {"pass"}
    assert len([line for line in stage.served if line["method"] == "POST"]) == 4


EVERYTHING = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(1, 4))
    def test_booking(api, number):
        expect(api.get(f"/booking/{number}"), 200)

    def test_list(api):
        expect(api.get("/booking"), 200)
"""


def test_a_health_endpoint_that_lies_excuses_no_500(suite: Suite, stage: Stage) -> None:
    """INVARIANT: a 500 is red at once, whatever the canary says."""
    stage.spoil("D100")

    ran = suite(EVERYTHING, base_url=stage.url, toml=PATIENT)

    assert (ran.ret, set(ran.verdicts.values())) == (1, {"defect"}), ran.text
    assert len(ran.of("test_ended")) == 4
    assert "kept from judging" not in ran.text


STAMPED = [("Content-Type", "application/problem+json"), ("Server", "api"), ("X-Build", "1")]


def lying(headers: list[tuple[str, str]]) -> raw.Script:
    """Answers 503 to everything but the health endpoint."""
    well = raw.message(200, b'{"status": "ok"}', headers=[JSON, *headers[1:]])
    out = raw.message(503, b'{"status": 503}', headers=headers)
    return raw.reply(lambda request: well if request.path == "/health" else out)


def test_a_health_endpoint_that_lies_excuses_no_503_of_the_apis_own(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: its stamp says that the API spoke; a canary that is well says that it could."""
    ran = suite(EVERYTHING, base_url=raw_server(lying(STAMPED)).url, toml=PATIENT)

    assert ran.ret == 1, ran.text
    assert "defect" in ran.verdicts.values()
    assert not {"pass", "recovered"} & set(ran.verdicts.values())


def test_a_503_that_anybody_may_have_said_is_never_green(suite: Suite, raw_server: Serve) -> None:
    """Unstamped, it may be the gateway's or the API's: not judged is right, green never."""
    server = raw_server(lying(STAMPED[:1]))
    toml = PATIENT.replace("seconds = 4", "seconds = 1, rounds = 1")

    ran = suite(EVERYTHING, base_url=server.url, toml=toml)

    assert ran.ret in {1, 75}, ran.text
    assert not {"pass", "recovered"} & set(ran.verdicts.values())
    assert "the canary is well" in ran.text


SEVERAL = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("symbol", ["ALDE", "TEAL", "UMBE"])
    def test_instrument(api, symbol):
        expect(api.get(f"/trading/instruments/{symbol}"), 200, dict)

    @pytest.mark.parametrize("symbol", ["ALDE", "SAFF", "TEAL"])
    def test_quote(api, symbol):
        expect(api.get(f"/trading/quotes/{symbol}"), 200, dict)

    @pytest.mark.parametrize("number", range(3))
    def test_orders(api, number):
        expect(api.get("/trading/orders"), 200)

    @pytest.mark.parametrize("number", range(1, 6))
    def test_booking(api, number):
        expect(api.get(f"/booking/{number}"), 200, dict)
"""
BROKEN = ["test_instrument[TEAL]", "test_orders[2]", "test_quote[SAFF]"]


def test_several_defects_at_once_drag_nobody_along(suite: Suite, stage: Stage) -> None:
    """INVARIANT: a gateway's 502, a reset and an own 503: three are red, and eleven pass."""
    stage.spoil("D94", "D96", "D97:calls=2")
    toml = PATIENT.replace('symbol}"]', 'symbol}", "GET /trading/quotes/{symbol}"]')

    ran = suite(SEVERAL, base_url=stage.url, toml=toml + TRADER)

    assert ran.ret == 1, ran.text
    assert sorted(name for name, verdict in ran.verdicts.items() if verdict != "pass") == BROKEN
    assert {ran.verdicts[name] for name in BROKEN} == {"defect"}


CROWD = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(15))
    def test_orders(api, number):
        expect(api.get("/trading/orders"), 200)

    @pytest.mark.parametrize("symbol", ["ALDE", "TEAL"])
    def test_instrument(api, symbol):
        expect(api.get(f"/trading/instruments/{symbol}"), 200, dict)
"""


def test_many_tests_of_one_broken_request_leave_a_budget_for_others(
    suite: Suite, stage: Stage
) -> None:
    """INVARIANT: each of them is red, and so is the last one's other defect."""
    stage.spoil("D94", "D97:calls=5")
    toml = PATIENT + "retry = { capacity = 0 }\n"

    ran = suite(CROWD, "--tb=no", base_url=stage.url, toml=toml + TRADER)

    assert ran.ret == 1, ran.text
    assert Counter(ran.verdicts.values()) == {"defect": 11, "pass": 6}
