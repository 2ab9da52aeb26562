"""One secret by each way into a run; run by redhanded, and by what people use today."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

VAULT = Path(os.environ["VAULT"])
ACCOUNTS: dict[str, int] = {}
EXPECTED = 418  # no answer has it, so that each failure shows the exchange
logger = logging.getLogger("shop")


def secret(channel: str) -> str:
    """The secret of a channel, which no environment and no command line holds."""
    return (VAULT / channel).read_text("utf-8")


def wire(channel: str) -> str:
    """The same as a header, a cookie or a part of a URL can carry it."""
    return quote(secret(channel), safe="")


@pytest.fixture(params=[secret("fixture")])
def parameter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_introspection() -> None:
    account = secret("introspection")
    assert account == "another one"


def test_diff() -> None:
    assert {"user": "Ann", "token": secret("diff")} == {"user": "Ann", "token": "another one"}


def test_message() -> None:
    raise ValueError("no account has " + secret("message"))


def test_cause() -> None:
    try:
        ACCOUNTS[secret("cause")]
    except KeyError as error:
        error.add_note("it was " + secret("cause"))
        raise RuntimeError("the account is not known") from error


def test_group() -> None:
    inner = [ValueError(secret("group")), TypeError(1)]
    raise ExceptionGroup("several went wrong", inner)


def test_locals() -> None:
    value = secret("locals")
    assert not value.isspace()
    number = 1
    assert number == EXPECTED


def test_request_repr(api: Any) -> None:
    response = api.get("/broken", params={"q": secret("request_repr")})
    with pytest.raises(RuntimeError, match="sent"):
        raise RuntimeError(f"sent {response.request!r} to {response.url}")
    response.raise_for_status()


@pytest.mark.parametrize("value", [secret("parameter")])
def test_parameter(value: str) -> None:
    # A child is told the test's id, in PYTEST_CURRENT_TEST; this one writes down what it is told.
    told = "import os; open('environ.txt', 'w', encoding='utf-8').write(str(dict(os.environ)))"
    subprocess.run([sys.executable, "-S", "-c", told], check=True)
    assert value.isspace()


def test_fixture(parameter: str) -> None:
    assert parameter.isspace()


def test_stdout() -> None:
    print("printed", secret("stdout"))
    assert not EXPECTED


def test_stderr() -> None:
    sys.stderr.write(f"written {secret('stderr')}\n")
    assert not EXPECTED


def test_descriptor() -> None:
    raw = f"written {secret('descriptor')}\n".encode()
    for part in (raw[: len(raw) // 2], raw[len(raw) // 2 :]):
        os.write(1, part)
    assert not EXPECTED


def test_child() -> None:
    echo = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    given = secret("child").encode()
    subprocess.run([sys.executable, "-S", "-c", echo], input=given, check=True)
    assert not EXPECTED


def test_log() -> None:
    logger.warning("logged " + secret("log"))  # noqa: G003  as people write it
    assert not EXPECTED


def test_log_exception() -> None:
    try:
        ACCOUNTS[secret("log_exception")]
    except KeyError:
        logger.exception("cannot use %s", secret("log_exception"))
    assert not EXPECTED


def test_warning() -> None:
    warnings.warn("deprecated: " + secret("warning"), stacklevel=1)


def test_property(
    record_property: Callable[[str, object], None],
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    record_property("account", {"nested": [secret("property")]})
    record_testsuite_property("account", secret("property"))
    assert not EXPECTED


def test_skip() -> None:
    pytest.skip("there is no " + secret("skip"))


def test_xfail() -> None:
    pytest.xfail("there is no " + secret("xfail"))


def test_subtest(subtests: Any) -> None:
    with subtests.test("with " + secret("subtest"), value=secret("subtest")):
        assert not EXPECTED


def test_query(api: Any, expect: Any) -> None:
    expect(api.get("/things", params={"q": secret("query"), "page": 2}), EXPECTED)


def test_userinfo(api: Any, expect: Any) -> None:
    host = str(api.base_url).removeprefix("http://").rstrip("/")
    value = wire("userinfo")
    expect(api.get(f"http://user:{value}@{host}/things/{value}/parts"), EXPECTED)


def test_header(api: Any, expect: Any) -> None:
    value = wire("header")
    names = ("Authorization", "X-API-Key", "X-Partner")
    expect(api.get("/things", headers=dict.fromkeys(names, value)), EXPECTED)


def test_cookie(api: Any, expect: Any) -> None:
    api.get("/visit")
    expect(api.get("/things", headers={"Cookie": f"theme=dark; sid={wire('cookie')}"}), EXPECTED)


def test_json_request(api: Any, expect: Any) -> None:
    body = {"user": "Ann", "words": [secret("json_request")]}
    expect(api.post("/things", json=body), EXPECTED)


def test_json_response(api: Any, expect: Any) -> None:
    expect(api.get("/account"), EXPECTED)


def test_form(api: Any, expect: Any) -> None:
    api.post("/things", data={"user": "Ann", "answer": secret("form")})
    parts = {"file": ("notes.txt", secret("form").encode(), "text/plain")}
    expect(api.post("/things", files=parts), EXPECTED)


def test_issued(api: Any) -> None:
    token = api.post("/login", json={"user": "Ann"}).json()["data"]["accessToken"]
    print("signed in with", token)
    assert token.isspace()


def test_location(api: Any, expect: Any) -> None:
    expect(api.get("/moved"), EXPECTED)


@pytest.mark.skipif("KILLED" not in os.environ, reason="nobody is to be killed")
def test_killed(api: Any, expect: Any, subtests: Any) -> None:
    """The worker dies in the midst of a test to which all of it has happened."""
    at_hand = {"api": api, "expect": expect, "subtests": subtests, "parameter": secret("fixture")}
    for name, test in list(globals().items()):
        if name.startswith("test_") and name not in {"test_killed", "test_property"}:
            _try(test, at_hand | {"value": secret("parameter")})
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _try(test: Callable[..., None], at_hand: dict[str, Any]) -> None:
    wanted = test.__code__.co_varnames[: test.__code__.co_argcount]
    try:
        test(**{name: at_hand[name] for name in wanted})
    except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:  # noqa: BLE001
        logger.warning("met %r", error)
