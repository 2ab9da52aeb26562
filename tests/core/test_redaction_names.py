from __future__ import annotations

import pytest

from redhanded.core.redaction import Redactor
from redhanded.core.secret_names import SecretNames

SECRET = """
    Authorization Proxy-Authorization Cookie Set-Cookie X-Api-Key X-API-KEY apikey api_key apiKey
    X-Auth-Token x-amz-security-token X-Amz-Signature X-Hub-Signature-256 X-CSRF-Token XSRF-TOKEN
    password passwd pwd pass Password new_password passwordConfirmation user[password] client_secret
    clientSecret secret access_token accessToken accesstoken refresh_token id_token token tokens
    JSESSIONID PHPSESSID sessionid session_id connect.sid sid private_key secret_key aws_secret_key
    access_key Ocp-Apim-Subscription-Key X-Functions-Key signing-key card_number cardNumber CVV cvc
    pin otp pan ssn jwt bearer credentials sig hmac passphrase auth oauth_signature _token
    X-RapidAPI-Key session_state
"""
ORDINARY = """
    Accept Content-Type Host ETag If-Match Idempotency-Key Sec-WebSocket-Key User-Agent traceparent
    WWW-Authenticate author authority key keys primary_key public_key foreign_key cache_key Keyboard
    monkey name id user username email token_type tokenType expires_in token_expires_at token_url
    password_policy password_required has_password is_secret session_count max_tokens total_tokens
    prompt_tokens completionTokens next_page_token nextPageToken page_token continuation_token
    secretary tokenizer cookie_consent Access-Control-Allow-Credentials passenger compass mapping
    shipping opinion panel signal design X-RateLimit-Limit signature_version auth_method number 42
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_name_that_announces_a_secret_is_known(name: str) -> None:
    """INVARIANT: the field's names of secrets count in every spelling of theirs."""
    assert name in SecretNames()
    assert name.upper() in SecretNames()


@pytest.mark.parametrize("name", ORDINARY.split())
def test_an_ordinary_name_is_not_taken_for_a_secret_s(name: str) -> None:
    """A name that says something about a secret, or merely looks alike, hides no evidence."""
    assert name not in SecretNames()


@pytest.mark.parametrize(
    "spelled", ["X-Acme-Ticket", "x_acme_ticket", "xAcmeTicket", "XACMETICKET"]
)
def test_a_declared_name_counts_however_it_is_spelled(spelled: str) -> None:
    """A project's own name is declared once, for headers, fields and parameters."""
    assert spelled in SecretNames(["x-acme-ticket"])
    assert Redactor(["x-acme-ticket"]).is_secret_name(spelled)


def test_a_declared_name_may_be_one_that_is_ordinary_elsewhere() -> None:
    """What a project declares secret is secret, whatever the field says."""
    assert "token_type" in SecretNames(["token_type"])


def test_a_parameter_declared_as_shown_is_shown_under_exactly_its_name() -> None:
    """A pager's `_token` can be shown without showing any `token`."""
    redactor = Redactor(shown_query=["_token"])

    assert not redactor.is_secret_query("_token")
    assert not redactor.is_secret_query("_TOKEN")
    assert redactor.is_secret_query("token")
    assert redactor.is_secret_name("_token")


def test_a_name_without_letters_is_no_secret_s() -> None:
    """A field without a name of letters announces nothing."""
    names = SecretNames([])

    assert all(name not in names for name in ("", "-", "[]", "…"))
    assert 7 not in names


def test_what_is_remembered_of_names_is_bounded() -> None:
    """Ten thousand made-up names change no answer."""
    names = SecretNames()

    for number in range(10_000):
        assert f"field_{number}" not in names

    assert "password" in names
