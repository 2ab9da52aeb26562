"""The questions of a diagnosis in real runs: which tests are told with them, and how."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.raw.answers import JSON

SOURCE = """
from redhanded import expect

def test_green(api):
    expect(api.get("/green"), 200)

def test_red(api):
    expect(api.get("/red"), 200)

def test_recovered(api):
    expect(api.get("/recovered"), 200)

def test_bug(api):
    api.get("/bug")
    raise KeyError("id")
"""


def test_every_verdict_but_a_plain_pass_tells_its_questions(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: whoever is told a verdict is told what was asked for it; a pass needs nothing."""
    own = raw.answer_json({"id": 1})
    server = raw_server(
        own, raw.answer_json({}, status=404), own, raw.answer_json({}, status=503), own, own
    )
    ran = suite(SOURCE, base_url=server.url)

    by_test: dict[str, list[str]] = {}
    for told in ran.of("examined"):
        by_test.setdefault(told["test_id"].rpartition("::")[2], []).append(told["question"])
    assert by_test == {
        "test_red": [
            "Did a whole answer come?",
            "Was it the API's own answer?",
            "Did one build answer all of it?",
            "Was anything of the API found at this address?",
        ],
        "test_recovered": [
            "Did a whole answer come?",
            "Was it answered when it was sent again?",
        ],
        "test_bug": ["Was it the API's own answer?"],
    }, ran.text
    assert ran.verdicts["test_green"] == "pass"


def test_what_was_asked_is_found_among_the_attempts(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: an answer names attempts of the ledger, and the one that it is about."""
    source = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/gone"), 200)
    """
    server = raw_server(*[raw.answer_json({}, status=404)] * 3)
    ran = suite(source, base_url=server.url)

    purposes = {
        made["exchange"]["id"]: made["exchange"]["purpose"] for made in ran.of("attempt_ended")
    }
    about = {purposes[told["attempt_id"]] for told in ran.of("examined")}
    asked = {purposes[one] for told in ran.of("examined") for one in told["asked"]}
    assert (about, asked) == ({"test"}, {"canary"})


def test_an_answer_holds_no_secret(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: what a server says of itself passes the gate before it is told."""
    source = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/x"), 201)
    """
    secret = "build-7f3c1e2d9a8b"
    monkeypatch.setenv("SHOP_TOKEN", secret)
    server = raw_server(raw.answer_json({}, headers=(JSON, ("X-Build", secret))))
    toml = 'auth = { kind = "bearer", token = "env:SHOP_TOKEN" }\n'
    ran = suite(source, base_url=server.url, toml=toml)

    answers = [told["answer"] for told in ran.of("examined")]
    assert any(answer.startswith("yes, it carries build masked_") for answer in answers), answers
    assert secret not in str(answers)
