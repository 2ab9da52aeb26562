"""The replayer against a server: what is sent, as whom, in which order, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from redhanded.core.attempt import Attempt
from redhanded.core.errors import UsageError
from redhanded.core.redaction import Redactor
from redhanded.core.settings import Settings
from redhanded.session.replay.outcome import Outcome
from redhanded.session.replay.plan import plan_of_test
from redhanded.session.replay.replayer import Replayer
from redhanded.session.replay.request import Target
from redhanded.session.sources import Loaded
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.replay.records import TOKEN, answered, case, recorded

LOGIN = {"kind": "login", "path": "/login", "body": {"user": "ann"}}


@dataclass
class Shop:
    """An API that numbers its orders, and hands out a token for any login."""

    first: int = 900
    seen: list[raw.Received] = field(default_factory=list)
    broken: int = 0

    def script(self) -> raw.Script:
        """The API."""
        numbers = count(self.first)

        def answer(received: raw.Received) -> bytes:
            self.seen.append(received)
            if received.path == "/login":
                return self._json({"token": f"new-token-{next(numbers)}"})
            if received.path == "/broken":
                self.broken += 1
                return self._json({"error": "down"}, 503)
            if received.method == "POST":
                return self._json({"id": next(numbers)}, 201)
            return self._json({"id": int(received.path.rpartition("/")[2] or 0)})

        return raw.reply(answer)

    def _json(self, value: object, status: int = 200) -> bytes:
        return raw.message(status, json.dumps(value).encode())

    @property
    def targets(self) -> list[str]:
        """What was asked for."""
        return [f"{one.method} {one.target}" for one in self.seen]


@dataclass
class Scene:
    """A shop, and replays of records that were made against it."""

    shop: Shop
    url: str

    def replay(
        self,
        *made: Attempt,
        auth: dict[str, Any] | None = None,
        secrets: tuple[tuple[str, str], ...] = (),
        base_url: str | None = None,
        recorded_at: str = "",
        identity: str | None = None,
    ) -> list[Outcome]:
        """The outcomes of a test that had sent these, each to a path of the shop."""
        gate = Redactor()
        for name, value in secrets:
            gate.register(value, name=name)
        sent = [recorded(one, redactor=gate) for one in made]
        trusted = self.url if base_url is None else base_url
        told: dict[str, Any] = {"base_url": trusted or None, "auth": auth or {"kind": "none"}}
        loaded = Loaded(Settings.model_validate(told), {}, secrets, is_configured=True)
        target = Target(recorded=recorded_at or self.url, base=self.url, trusted=trusted)
        replayer = Replayer(loaded, target, gate, identity=identity)
        return list(replayer.replay(plan_of_test(case(sent))))

    def made(self, path: str, **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
        """An attempt that the record tells of."""
        return answered(path, **facts)._replace(url=f"{self.url}{path}")


@pytest.fixture
def scene(raw_server: StartRaw) -> Scene:
    """A shop that nobody has called."""
    shop = Shop()
    return Scene(shop, raw_server(shop.script()).url)


def test_the_new_id_is_asked_for(scene: Scene) -> None:
    """What the first answer brings goes into the requests that follow."""
    made = scene.made("/orders", method="POST", body={"sku": "a"}, status=201, answer={"id": 7})
    seen = scene.made("/orders/7", answer={"id": 7})

    outcomes = scene.replay(made, seen)

    assert scene.shop.targets == ["POST /orders", "GET /orders/900"]
    assert [one.result for one in outcomes] == ["same", "same"]
    assert outcomes[1].notes == ("900 takes the place of 7, by POST /orders",)


def test_what_needs_an_answer_that_did_not_come_is_not_sent(scene: Scene) -> None:
    """The old id might lead to somebody else's order."""
    made = scene.made("/broken", method="POST", status=201, answer={"id": 7})

    outcomes = scene.replay(made, scene.made("/orders/7", answer={"id": 7}))

    assert scene.shop.targets == ["POST /broken"]
    assert [one.result for one in outcomes] == ["cannot", "cannot"]
    assert "it needs 7, which POST /broken brought" in outcomes[1].reason


def test_one_attempt_is_one_attempt(scene: Scene) -> None:
    """A second one would blur what the first was answered; redirects are not followed either."""
    scene.replay(scene.made("/broken", status=503), scene.made("/broken", method="POST"))

    assert scene.shop.broken == 2


def test_a_login_is_made_anew_once(scene: Scene) -> None:
    """Tokens of the record are kept nowhere; one of now serves all requests."""
    headers = [("Authorization", "Bearer old-token-of-the-run")]
    gate_knows = (("ACCESS_TOKEN", "old-token-of-the-run"),)
    made = [scene.made("/a/1", sent=headers, answer={"id": 1}) for _ in range(2)]
    sent = [recorded(one, redactor=_gate(gate_knows)) for one in made]
    loaded = Loaded(
        Settings.model_validate({"base_url": scene.url, "auth": LOGIN}), {}, (), is_configured=True
    )
    target = Target(recorded=scene.url, base=scene.url, trusted=scene.url)

    outcomes = list(Replayer(loaded, target, Redactor()).replay(plan_of_test(case(sent))))

    assert [one.result for one in outcomes] == ["same", "same"]
    assert scene.shop.targets == ["POST /login", "GET /a/1", "GET /a/1"]
    assert {one.header("authorization") for one in scene.shop.seen[1:]} == {"Bearer new-token-900"}


def test_a_login_goes_to_the_api_of_the_settings_alone(scene: Scene) -> None:
    """INVARIANT: a record cannot have the settings' password sent to a server of its choice."""
    headers = [("Authorization", "Bearer old-token-of-the-run")]
    gate = _gate((("ACCESS_TOKEN", "old-token-of-the-run"),))
    sent = [recorded(scene.made("/a/1", sent=headers), redactor=gate)]
    loaded = Loaded(Settings.model_validate({"auth": LOGIN}), {}, (), is_configured=True)
    target = Target(recorded=scene.url, base=scene.url, trusted="")

    (outcome,) = Replayer(loaded, target, Redactor()).replay(plan_of_test(case(sent)))

    assert outcome.result == "cannot"
    assert "is not the API of the settings" in outcome.reason
    assert scene.shop.seen == []


def test_a_request_without_a_credential_stays_without(scene: Scene) -> None:
    """A test that was about that would be another one."""
    scene.replay(scene.made("/a/1"), auth=LOGIN)

    assert scene.shop.targets == ["GET /a/1"]
    assert scene.shop.seen[0].header("authorization") is None


def test_only_what_was_recorded_is_sent(scene: Scene) -> None:
    """The client's own headers would make another request; ours say who calls."""
    scene.replay(scene.made("/a/1", sent=[("X-Mine", "1")]))

    (seen,) = scene.shop.seen
    names = {name.lower() for name, _ in seen.headers}
    assert names == {"host", "user-agent", "x-mine", "traceparent", "x-correlation-id"}
    assert "synthetic-test; replay" in (seen.header("user-agent") or "")


def test_headers_go_out_in_the_case_in_which_clients_send_them(scene: Scene) -> None:
    """An API that echoes what it gets would answer otherwise."""
    scene.replay(scene.made("/a/1"))

    (seen,) = scene.shop.seen
    assert {"Host", "User-Agent"} <= {name for name, _ in seen.headers}


def test_a_header_whose_name_was_a_secret_is_not_made_up(scene: Scene) -> None:
    """A mask is no header's name."""
    made = scene.made("/a/1")._replace(raw_request_headers=[(b"masked_KEY_9chars", b"1")])

    (outcome,) = scene.replay(made)

    assert (outcome.result, scene.shop.seen) == ("cannot", [])
    assert "in its headers' names is not kept" in outcome.reason


def test_all_of_a_replay_is_one_trace(scene: Scene) -> None:
    """Whoever reads the server's side finds it together, and apart from the run's."""
    made = [scene.made("/a/1"), scene.made("/a/2")]

    scene.replay(*made)

    traces = {(one.header("traceparent") or "").split("-")[1] for one in scene.shop.seen}
    assert len(traces) == 1
    assert made[0].trace_id not in traces


def test_a_secret_of_the_settings_is_sent_and_not_told(scene: Scene) -> None:
    """It goes on the wire, and nowhere else."""
    made = scene.made(f"/a/1?key={TOKEN}", sent=[("X-Api", TOKEN)])

    outcomes = scene.replay(made, secrets=(("API_TOKEN", TOKEN),))

    (seen,) = scene.shop.seen
    assert (seen.target, seen.header("x-api")) == (f"/a/1?key={TOKEN}", TOKEN)
    assert TOKEN not in repr(outcomes)


def test_no_answer_is_not_another_answer(scene: Scene, closed_port: int) -> None:
    """Nobody knows what the API would have said."""
    gone = f"http://127.0.0.1:{closed_port}"
    made = answered("/a/1")._replace(url=f"{gone}/a/1")

    (outcome,) = scene.replay(made, recorded_at="http://elsewhere.test", base_url=gone)

    assert outcome.result == "cannot"
    assert "no whole answer came" in outcome.reason


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"url": "http://[broken/a"}, id="address"),
        pytest.param({"url": "no-address"}, id="no-scheme"),
        pytest.param({"method": "GE T"}, id="method"),
        pytest.param({"raw_request_headers": [(b"X Y", b"1")]}, id="header"),
    ],
)
def test_a_request_that_is_none_is_told(scene: Scene, facts: dict[str, Any]) -> None:
    """A record may hold anything, and none of it is a fault of ours."""
    made = scene.made("/a/1")._replace(**facts)

    (outcome,) = scene.replay(made)

    assert (outcome.result, scene.shop.seen) == ("cannot", [])
    assert outcome.reason


def test_a_header_beyond_ascii_is_sent_as_it_was(scene: Scene) -> None:
    """Its bytes are what the record has read."""
    made = scene.made("/a/1")._replace(raw_request_headers=[(b"X-Name", b"caf\xe9")])

    scene.replay(made)

    assert scene.shop.seen[0].header("x-name") == "caf\xe9"


def test_an_unknown_identity_is_refused_at_once(scene: Scene) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="no identity is called 'nobody'"):
        scene.replay(scene.made("/a/1"), identity="nobody")
    assert scene.shop.seen == []


def _gate(known: tuple[tuple[str, str], ...]) -> Redactor:
    redactor = Redactor()
    for name, value in known:
        redactor.issue(value, name=name)
    return redactor


def test_a_header_that_may_be_no_secret_says_how_it_is_kept(scene: Scene) -> None:
    """What nobody knows is masked, and a reader learns how to show it."""
    made = scene.made("/a/1")._replace(raw_request_headers=[(b"X-Tenant", b"masked_X_9chars")])

    (outcome,) = scene.replay(made)

    assert outcome.result == "cannot"
    assert 'redact.shown_headers = ["x-tenant"]' in outcome.reason.lower()
