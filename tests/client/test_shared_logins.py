"""One login for all processes of a run: taken from each other, renewed once, refused once."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import anyio.lowlevel
import httpx2
import pytest
from pydantic import SecretStr

from redhanded.client.auth import CredentialUnavailable, SameOrigin, TokenAuth, auth_from
from redhanded.client.issuers import ClientCredentials
from redhanded.client.logins import Logins, Standing
from redhanded.client.shared_issuer import SharedIssuer
from redhanded.client.tokens import Grant
from redhanded.core.credentials import BearerAuth, LoginAuth
from redhanded.fleet.store import FleetUnavailable
from tests.client.auth_api import BASE, WORLDS, TokenApi, call, endpoint, login
from tests.fleet.shared import AWAY, FakeStore, Time

SETTINGS = LoginAuth(kind="login", path="/auth", body={"password": SecretStr("correct horse")})
TOO_LONG = 20.0  # seconds; a guard against hanging, never a wait


@pytest.fixture
def time() -> Time:
    """The clock of all processes."""
    return Time()


@pytest.fixture
def store(time: Time) -> FakeStore:
    """The store of the run's processes."""
    return FakeStore(time)


@pytest.fixture
def api() -> TokenApi:
    """An API that honours only the last token that it handed out."""
    return TokenApi()


def logins(store: FakeStore, worker: str) -> Logins:
    """What one process shares."""
    return Logins(store=store, scope="run1", owner=worker, clock=store.time)


def process(
    store: FakeStore,
    worker: str = "gw0",
    settings: LoginAuth = SETTINGS,
    learn: Callable[[str, str], None] = lambda _value, _name: None,
) -> TokenAuth:
    """One process's auth, whose pauses are those of the common clock."""
    shared = logins(store, worker).of(settings, key="auth", base_url=BASE)

    async def pause(seconds: float) -> None:
        store.time.sleep(seconds)
        await anyio.lowlevel.checkpoint()

    return TokenAuth(
        SharedIssuer(login(renewal=endpoint("/renew")), shared),
        clock=store.time,
        on_secret=learn,
        sleep=store.time.sleep,
        sleep_async=pause,
    )


@pytest.mark.parametrize("world", WORLDS)
def test_processes_log_in_once(store: FakeStore, api: TokenApi, world: str) -> None:
    """INVARIANT: however many processes need a token, one of them asks for it."""
    auths = [process(store, f"gw{n}") for n in range(4)]

    answers = [call(world, auth, api) for auth in auths for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200] * 8
    assert api.logins == 1


@pytest.mark.parametrize("world", WORLDS)
def test_a_refused_token_is_renewed_once(store: FakeStore, api: TokenApi, world: str) -> None:
    """INVARIANT: a 401 of all processes makes one renewal for all."""
    auths = [process(store, f"gw{n}") for n in range(4)]
    for auth in auths:
        call(world, auth, api)
    api.issued += 1  # the API has forgotten what it handed out

    answers = [call(world, auth, api) for auth in auths]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert api.logins == 2


@pytest.mark.parametrize("world", WORLDS)
def test_a_token_that_was_refused_unseen_is_renewed(
    store: FakeStore, api: TokenApi, world: str
) -> None:
    """INVARIANT: a token of another process is never the last word on a 401."""
    idle, busy = process(store, "gw0"), process(store, "gw1")
    call(world, idle, api)
    api.issued += 1
    call(world, busy, api)  # renews it, which the idle one does not hear
    api.issued += 1  # and nobody has noticed that this one is refused too

    answer = call(world, idle, api)

    assert answer.status_code == 200
    assert api.tokens[-3:] == ["t1", "t3", "t5"]


def test_a_token_is_renewed_when_its_time_is_over(store: FakeStore, time: Time) -> None:
    """What the endpoint promised holds for all, from the moment it was asked."""
    api, asked = TokenApi(accepts=lambda _token, _issued: True), []

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth":
            asked.append(request)
            return httpx2.Response(200, json={"access_token": f"t{len(asked)}", "expires_in": 100})
        return api(request)

    auths = []
    for worker in ("gw0", "gw1"):
        shared = logins(store, worker).of(SETTINGS, key="auth", base_url=BASE)
        issuer = ClientCredentials(endpoint("/oauth"), "shop", "secret")
        auths.append(TokenAuth(SharedIssuer(issuer, shared), clock=time, sleep=time.sleep))
    for pause in (0, 50, 41, 10):
        time.sleep(pause)
        for auth in auths:
            call("sync", auth, serve)

    assert len(asked) == 2
    assert api.tokens == ["t1"] * 4 + ["t2"] * 4


@pytest.mark.parametrize("skew", [-86_400.0, 86_400.0], ids=["behind", "ahead"])
def test_machines_may_disagree_about_the_time(
    store: FakeStore, time: Time, monkeypatch: pytest.MonkeyPatch, skew: float
) -> None:
    """A token that stands in the store is good, whatever the wall clock here says."""
    granted = Grant(SecretStr("abc"), seconds=3600.0)
    logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE).publish(granted, age=1.0)
    ours = time.wall()
    monkeypatch.setattr(time, "wall", lambda: ours + skew)

    found = logins(store, "gw1").of(SETTINGS, key="auth", base_url=BASE).ask(but="")

    assert isinstance(found, Grant)
    assert found.is_borrowed
    assert 360.0 <= found.seconds <= 3600.0


def test_a_refusal_stands_for_all(store: FakeStore, time: Time) -> None:
    """INVARIANT: a wrong password is tried once a minute by the whole run."""
    api = TokenApi(before_login=lambda _: httpx2.Response(401))

    said = [_refused(process(store, f"gw{n}"), api) for n in range(3)]
    time.sleep(61)
    said.append(_refused(process(store, "gw9"), api))

    assert api.logins == 2
    assert set(said) == {
        "POST http://api.test/auth answered 401, so there is no credential: correct auth.body."
    }


def test_a_refusal_is_forgotten_for_all(store: FakeStore, api: TokenApi) -> None:
    """Once the API is well again, the next process logs in."""
    dead = TokenApi(before_login=lambda _: httpx2.Response(403))
    auth = process(store, "gw0")
    _refused(auth, dead)

    auth.forget_refusal()

    assert call("sync", process(store, "gw1"), api).status_code == 200


def test_a_refusal_is_told_with_its_status(store: FakeStore, api: TokenApi) -> None:
    """Its verdict is the same in the process that only heard of it."""
    dead = TokenApi(before_login=lambda _: httpx2.Response(403))
    _refused(process(store, "gw0"), dead)

    with pytest.raises(CredentialUnavailable) as heard:
        call("sync", process(store, "gw1"), api)

    assert (heard.value.status, heard.value.stands) == (403, True)


def _refused(auth: TokenAuth, api: TokenApi) -> str:
    with pytest.raises(CredentialUnavailable) as caught:
        call("sync", auth, api)
    return str(caught.value)


def test_the_next_process_renews_with_the_newest_refresh_token(store: FakeStore) -> None:
    """A refresh token that was replaced is never used again."""
    used: list[bytes] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        if request.url.path in ("/auth", "/renew"):
            used.append(request.content if request.url.path == "/renew" else b"login")
            return httpx2.Response(
                200, json={"token": f"t{len(used)}", "refresh_token": f"r{len(used)}"}
            )
        is_newest = request.headers["Authorization"] == f"Bearer t{len(used)}"
        return httpx2.Response(200 if is_newest else 401)

    first, second = process(store, "gw0"), process(store, "gw1")
    call("sync", first, serve)
    call("sync", second, serve)
    for auth in (first, second):
        used.append(b"revoked")
        call("sync", auth, serve)

    assert [entry for entry in used if entry != b"revoked"] == [
        b"login",
        b'{"refresh_token":"r1"}',
        b'{"refresh_token":"r3"}',
    ]


def test_every_process_learns_a_token_as_a_secret(store: FakeStore, api: TokenApi) -> None:
    """INVARIANT: a token that another process fetched is masked here as well."""
    learned: list[tuple[str, str]] = []
    call("sync", process(store, "gw0"), api)

    call("sync", process(store, "gw1", learn=lambda *told: learned.append(told)), api)

    assert learned == [("t1", "ACCESS_TOKEN")]


def test_the_key_of_a_login_tells_nothing(store: FakeStore, api: TokenApi) -> None:
    """Neither address nor password can be read from it."""
    call("sync", process(store), api)

    keys = " ".join([*store.texts, *store.claims, *store.groups])
    assert not [word for word in ("api.test", "horse", "ann") if word in keys]


@pytest.mark.parametrize(
    "settings, base_url, key",
    [
        pytest.param(
            LoginAuth(kind="login", path="/auth", body={"password": SecretStr("another")}),
            BASE,
            "auth",
            id="password",
        ),
        pytest.param(SETTINGS, "http://staging.test", "auth", id="api"),
        pytest.param(SETTINGS, BASE, "identities.ann", id="identity"),
    ],
)
def test_different_credentials_are_not_shared(
    store: FakeStore, settings: LoginAuth, base_url: str, key: str
) -> None:
    """A machine whose credentials are others never gets a token of these."""
    logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE).publish(
        Grant(SecretStr("abc")), age=0.0
    )

    other = logins(store, "gw1").of(settings, key=key, base_url=base_url)

    assert other.ask(but="") is Standing.OURS


def test_another_process_that_logs_in_is_waited_for(
    store: FakeStore, api: TokenApi, time: Time
) -> None:
    """Its token is taken as soon as it is there."""
    other = logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE)
    assert other.ask(but="") is Standing.OURS
    api.issued = 1

    def arrive() -> None:
        if len(time.slept) == 3:
            other.publish(Grant(SecretStr("t1"), math.inf), age=0.1)

    time.meanwhile = arrive

    assert call("sync", process(store, "gw1"), api).status_code == 200
    assert (len(time.slept), api.logins) == (3, 0)


def test_a_process_that_dies_while_it_logs_in_is_not_waited_for_long(
    store: FakeStore, api: TokenApi, time: Time
) -> None:
    """Its turn runs out, and the next process asks."""
    logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE).ask(but="")

    assert call("sync", process(store, "gw1"), api).status_code == 200
    assert 10.0 <= sum(time.slept) < 11.0


def test_an_outage_of_the_login_is_met_by_each_process_at_once(
    store: FakeStore, time: Time
) -> None:
    """INVARIANT: nobody waits for one after the other; each sees what it would have seen alone."""
    refused = httpx2.ConnectError("connection refused")
    together = threading.Barrier(3)
    passed: list[bool] = []

    def dead(request: httpx2.Request) -> httpx2.Response:
        together.wait(TOO_LONG)  # three at the same time
        raise refused

    first = logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE)
    first.ask(but="")

    def fail_once() -> None:
        if not passed:
            passed.append(True)
            first.fail(CredentialUnavailable("no answer"))

    time.meanwhile = fail_once
    auths = [process(store, f"gw{n}") for n in range(1, 4)]
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(call, "sync", auth, dead) for auth in auths]
        errors = [made.exception() for made in calls]

    assert [type(error) for error in errors] == [CredentialUnavailable] * 3
    assert {id(error.__cause__) for error in errors if error is not None} == {id(refused)}


@pytest.mark.parametrize("when", ["always", "after-the-first"])
def test_without_the_store_each_process_logs_in_by_itself(
    store: FakeStore, api: TokenApi, when: str
) -> None:
    """INVARIANT: a store that is away costs a login, never a test."""
    first, second = process(store, "gw0"), process(store, "gw1")
    store.is_away = when == "always"
    statuses = [call("sync", first, api).status_code]
    store.is_away = True
    statuses += [call("sync", auth, api).status_code for auth in (second, first)]

    assert statuses == [200] * 3
    assert api.logins == 3  # the second took the token of the first away, at this API


def test_a_store_that_goes_away_at_a_renewal_costs_no_test(store: FakeStore, api: TokenApi) -> None:
    """Each process renews the token that they had shared."""
    auths = [process(store, f"gw{n}") for n in range(2)]
    for auth in auths:
        call("sync", auth, api)
    api.issued += 1
    store.is_away = True

    assert [call("sync", auth, api).status_code for auth in auths] == [200, 200]
    assert api.logins == 3


@pytest.mark.parametrize("act", ["get", "put"], ids=["before", "after"])
def test_a_store_that_goes_away_during_a_login_costs_no_test(
    store: FakeStore, api: TokenApi, act: str
) -> None:
    """What was fetched is this process's own; the next one logs in by itself."""

    def leave(_: httpx2.Request) -> None:
        store.is_away = True

    def lacking(key: str) -> str | None:
        if key.endswith(":refresh"):
            raise FleetUnavailable(AWAY)
        return None

    if act == "put":
        api.before_login = leave
    else:
        store.get = lacking  # type: ignore[method-assign]

    assert call("sync", process(store), api).status_code == 200
    assert not store.texts


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda auth, api: auth.forget_refusal(), id="forgets"),
        pytest.param(lambda auth, api: call("sync", auth, api), id="calls"),
    ],
)
def test_a_process_that_is_alone_stays_so(
    store: FakeStore, api: TokenApi, act: Callable[[TokenAuth, TokenApi], object]
) -> None:
    """Its tokens and those of the others are no longer the same, so it borrows none."""
    auth = process(store)
    store.is_away = True
    call("sync", auth, api)
    store.is_away = False

    act(auth, api)

    assert not store.texts
    assert call("sync", process(store, "gw1"), api).status_code == 200


def test_an_interrupt_gives_the_turn_back(store: FakeStore, api: TokenApi) -> None:
    """Ctrl-C while one process logs in leaves it to the next at once."""

    def interrupt(request: httpx2.Request) -> httpx2.Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call("sync", process(store, "gw0"), interrupt)

    assert call("sync", process(store, "gw1"), api).status_code == 200
    assert store.time.slept == []


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"value": 1}'], ids=repr)
def test_what_is_no_login_is_as_good_as_no_store(
    store: FakeStore, api: TokenApi, text: str
) -> None:
    """What somebody else has written there costs a login, never a test."""
    shared = logins(store, "gw0").of(SETTINGS, key="auth", base_url=BASE)
    store.put(f"{shared.key}:token", text, 60.0)

    assert call("sync", process(store), api).status_code == 200
    with pytest.raises(FleetUnavailable):
        shared.ask(but="")


def test_what_is_left_is_removed_at_the_end(store: FakeStore, api: TokenApi, time: Time) -> None:
    """INVARIANT: no token stands in the store when the run is over."""
    call("sync", process(store), api)

    logins(store, "main").discard()
    time.sleep(0.01)

    alive = [kept.text for kept in store.texts.values() if kept.until > time.seconds]
    assert alive == []


def test_a_store_that_is_away_at_the_end_is_no_matter(store: FakeStore, api: TokenApi) -> None:
    """What stands there runs out by itself."""
    call("sync", process(store), api)
    store.is_away = True

    logins(store, "main").discard()

    assert store.texts


def test_settings_share_where_there_is_something_to_share(
    store: FakeStore, api: TokenApi, time: Time
) -> None:
    """A login of the settings is shared; a token that stands there needs no sharing."""
    auths = [_of_settings(store, f"gw{n}") for n in range(2)]

    statuses = [call("sync", auth, api).status_code for auth in auths]
    bearer = auth_from(
        BearerAuth(kind="bearer", token=SecretStr("abc")),
        base_url=BASE,
        clock=time,
        on_secret=lambda _value, _name: None,
        logins=logins(store, "gw0"),
    )

    assert (statuses, api.logins) == ([200, 200], 1)
    assert bearer is not None
    assert not isinstance(bearer.auth, TokenAuth)


def _of_settings(store: FakeStore, worker: str) -> SameOrigin:
    auth = auth_from(
        SETTINGS,
        base_url=BASE,
        clock=store.time,
        on_secret=lambda _value, _name: None,
        logins=logins(store, worker),
    )
    assert auth is not None
    return auth
