"""The credential of a request that is sent again: whose it was, and who makes another."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.core.settings import Settings
from redhanded.session.replay.credential import Signer
from redhanded.session.replay.outcome import Unrepeatable

URL = "http://api.test/x"
LOGIN = {"kind": "login", "path": "/login"}
OAUTH = {
    "kind": "oauth2",
    "token_url": "/token",
    "client_id": "me",
    "client_secret": "s3cret-enough",
}
BASIC = {"kind": "basic", "username": "ann", "password": "hunter2222"}
KEY = {"kind": "api_key", "name": "X-Key", "value": "k-12345678"}
ISSUED = {"Authorization": "Bearer masked_token_15chars"}


def settings(auth: dict[str, str] | None = None, **identities: dict[str, str]) -> Settings:
    """Settings with these credentials."""
    told: dict[str, object] = {"base_url": "http://api.test", "identities": identities}
    return Settings.model_validate(told | ({"auth": auth} if auth else {}))


def request(headers: dict[str, str] | None = None, url: str = URL) -> httpx2.Request:
    """A request of the record, with what masks are left."""
    return httpx2.Request("GET", url, headers=headers)


@pytest.mark.parametrize(
    "auth, headers, left",
    [
        pytest.param(LOGIN, ISSUED, None, id="login"),
        pytest.param(OAUTH, ISSUED, None, id="oauth2"),
        pytest.param(
            BASIC, {"Authorization": "Basic masked_Authorization_20chars"}, None, id="basic"
        ),
        pytest.param(
            {**LOGIN, "header": "X-Token", "scheme": ""},
            {"X-Token": "masked_ACCESS_TOKEN_9chars"},
            None,
            id="a-header-of-its-own",
        ),
        pytest.param(
            {**LOGIN, "cookie": "sid"},
            {"Cookie": "theme=dark; sid=masked_sid_9chars"},
            "theme=dark",
            id="one-of-the-cookies",
        ),
        pytest.param(
            {**LOGIN, "cookie": "sid"}, {"Cookie": "sid=masked_sid_9chars"}, None, id="the-cookie"
        ),
    ],
)
def test_a_credential_that_the_settings_make_is_made_anew(
    auth: dict[str, str], headers: dict[str, str], left: str | None
) -> None:
    """What is left of the old one is taken out, and nothing else."""
    made = request(headers)

    assert Signer(settings(auth)).sign(made, "") == (True, None)
    assert "masked_" not in repr(made.headers.multi_items())
    assert made.headers.get("Cookie") == left


@pytest.mark.parametrize(
    "auth, headers",
    [
        pytest.param(None, ISSUED, id="no-auth"),
        pytest.param(LOGIN, {}, id="nothing-carried"),
        pytest.param(LOGIN, {"Authorization": "Bearer abc"}, id="no-secret"),
        pytest.param(
            LOGIN, {"Authorization": "Bearer masked_Authorization_9chars"}, id="the-tests-own"
        ),
        pytest.param(
            BASIC, {"Authorization": "Basic masked_Authorization_8chars"}, id="of-another-length"
        ),
        pytest.param(KEY, {"X-Key": "masked_X_Key_5chars"}, id="a-wrong-key-of-the-test"),
    ],
)
def test_what_no_setting_had_made_is_left_as_it_is(
    auth: dict[str, str] | None, headers: dict[str, str]
) -> None:
    """A test that sends no credential, or a wrong one, was about that."""
    made = request(headers)
    before = made.headers.multi_items()

    assert Signer(settings(auth)).sign(made, "") == (False, None)
    assert made.headers.multi_items() == before


def test_a_token_that_the_test_had_got_itself_is_not_the_settings() -> None:
    """Its own login may have been another user's."""
    issued = '{"token": "masked_token_15chars"}'

    assert Signer(settings(LOGIN)).sign(request(ISSUED), issued) == (False, None)


def test_an_identity_may_have_sent_it() -> None:
    """Where only one makes such credentials there is no doubt."""
    signer = Signer(settings(None, admin=LOGIN, other=KEY))

    assert signer.sign(request(ISSUED), "") == (True, "admin")


def test_of_several_who_may_have_sent_it_somebody_must_name_one() -> None:
    """The record does not say who it was."""
    known = settings(LOGIN, admin=OAUTH)

    with pytest.raises(Unrepeatable, match=r"give --as NAME \(admin\)"):
        Signer(known).sign(request(ISSUED), "")
    assert Signer(known, "admin").sign(request(ISSUED), "") == (True, "admin")


def test_an_identity_that_would_send_another_kind_is_refused() -> None:
    """It would be another request."""
    with pytest.raises(Unrepeatable, match="none that the identity other would send"):
        Signer(settings(LOGIN, other=BASIC), "other").sign(request(ISSUED), "")
