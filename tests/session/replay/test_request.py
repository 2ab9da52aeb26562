"""A recorded request made ready again: its address, its headers, its body, and why it is not."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.core.exchange import Body
from redhanded.core.redaction import Redactor
from redhanded.reports.dossier.case import Sent
from redhanded.session.replay.outcome import Unrepeatable
from redhanded.session.replay.request import Renewal, Renewed, Target, is_unsafe, refuse_masks
from redhanded.session.replay.secrets import Secrets
from redhanded.session.replay.succession import Succession
from tests.core.attempts import attempt
from tests.session.replay.records import BASE, TOKEN, answered, recorded

PART = f'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n{TOKEN}\r\n--b--'
HERE = Target(recorded=BASE, base=BASE, trusted=BASE)


def gate() -> Redactor:
    """A gate that knows the one secret of the settings."""
    redactor = Redactor()
    redactor.register(TOKEN, name="API_TOKEN")
    return redactor


def renewed(sent: Sent, target: Target = HERE) -> Renewed:
    """The request as it would be sent."""
    secrets = Secrets([("API_TOKEN", TOKEN)])
    return Renewal(target, secrets, Succession(), new_key=lambda: "new-key").renewed(sent)


def of(**facts: Any) -> Sent:  # noqa: ANN401  each fact has its type
    """A request as the gate lets it be kept."""
    return recorded(answered(**facts), redactor=gate())


def test_a_request_is_sent_as_it_was() -> None:
    """Method, address, headers and every byte of the body."""
    made = of(method="PUT", target="/a%20b?q=%C3%A9", body={"é": [1]}, sent=[("X-Mine", "1")])

    again = renewed(made)

    assert (again.method, again.url) == ("PUT", f"{BASE}/a%20b?q=%C3%A9")
    assert again.headers == (("Content-Type", "application/json"), ("X-Mine", "1"))
    assert again.content == b'{"\\u00e9":[1]}'
    assert again.notes == ()


@pytest.mark.parametrize(
    "header",
    [
        ("Host", "api.test"),
        ("Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("Transfer-Encoding", "identity"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("X-Correlation-ID", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("User-Agent", "redhanded/1.0 (synthetic-test; run=2be81541)"),
    ],
    ids=lambda pair: pair[0],
)
def test_what_belongs_to_the_old_way_is_left_out(header: tuple[str, str]) -> None:
    """It is made anew, or tells whose request it is."""
    assert renewed(of(sent=[header])).headers == ()


@pytest.mark.parametrize(
    "header", [("User-Agent", "my-client/1"), ("Accept", "text/plain")], ids=lambda pair: pair[0]
)
def test_what_the_test_had_said_is_said_again(header: tuple[str, str]) -> None:
    """It may be what the answer depends on."""
    assert renewed(of(sent=[header])).headers == (header,)


def test_a_key_against_doubles_is_another_one() -> None:
    """By the old one the API would give the answer that it had given."""
    again = renewed(of(method="POST", sent=[("Idempotency-Key", "old")]))

    assert again.headers == (("Idempotency-Key", "new-key"),)
    assert again.notes[0].startswith("a new Idempotency-Key is sent")


@pytest.mark.parametrize(
    "facts, place",
    [
        pytest.param({"target": f"/x?q={TOKEN}"}, "url", id="url"),
        pytest.param({"sent": [("X-Api", TOKEN)]}, "headers", id="header"),
        pytest.param({"method": "POST", "body": {"a": TOKEN}}, "content", id="json"),
        pytest.param(
            {
                "method": "POST",
                "body": f"a={TOKEN}".encode(),
                "sent": [("Content-Type", "application/x-www-form-urlencoded")],
            },
            "content",
            id="form",
        ),
        pytest.param(
            {
                "method": "POST",
                "body": f"<a>{TOKEN}</a>".encode(),
                "sent": [("Content-Type", "text/xml")],
            },
            "content",
            id="markup",
        ),
        pytest.param(
            {
                "method": "POST",
                "body": PART.encode(),
                "sent": [("Content-Type", "multipart/form-data; boundary=b")],
            },
            "content",
            id="multipart",
        ),
    ],
)
def test_secrets_are_those_of_the_settings(facts: dict[str, Any], place: str) -> None:
    """The record has none: wherever one stood, the present one does."""
    made = of(**facts)
    assert TOKEN not in repr(made)

    assert TOKEN in str(getattr(renewed(made), place))


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(Target(recorded=BASE, base=BASE, trusted=""), id="settings-name-no-api"),
        pytest.param(
            Target(recorded=BASE, base=BASE, trusted="http://other.test"), id="another-api"
        ),
        pytest.param(Target(recorded=BASE, base=BASE, trusted="https://api.test"), id="scheme"),
    ],
)
@pytest.mark.parametrize(
    "facts",
    [
        {"sent": [("X-Api", TOKEN)]},
        {"target": f"/x?q={TOKEN}"},
        {"method": "POST", "body": {"a": TOKEN}},
    ],
    ids=["header", "url", "body"],
)
def test_a_secret_goes_to_the_api_of_the_settings_alone(
    target: Target, facts: dict[str, Any]
) -> None:
    """INVARIANT: whatever a record says, no other origin gets a secret."""
    with pytest.raises(Unrepeatable, match=r"give --base-url http://api\.test if"):
        renewed(of(**facts), target)


def test_a_request_without_secrets_may_go_anywhere() -> None:
    """There is nothing to lose."""
    assert renewed(of(), Target(recorded=BASE, base=BASE, trusted="")).url == f"{BASE}/orders/7"


@pytest.mark.parametrize(
    "recorded_base, base, url, again",
    [
        pytest.param(BASE, "http://new.test/v2", "/a?b", "http://new.test/v2/a?b", id="moved"),
        pytest.param(BASE, BASE, "/a", f"{BASE}/a", id="the-same"),
        pytest.param(f"{BASE}/v1", "http://new.test", "/v1/a", "http://new.test/a", id="a-path"),
        pytest.param(f"{BASE}/v1", "http://new.test", "/v11/a", f"{BASE}/v11/a", id="no-path-of"),
        pytest.param("http://b.test", "http://new.test", "/a", f"{BASE}/a", id="somebody-elses"),
        pytest.param("", "http://new.test", "/a", f"{BASE}/a", id="a-record-that-knows-none"),
    ],
)
def test_addresses_below_the_old_base_lead_to_the_new(
    recorded_base: str, base: str, url: str, again: str
) -> None:
    """All others stay where they led."""
    target = Target(recorded=recorded_base, base=base, trusted=base)

    assert renewed(of(target=url), target).url == again


@pytest.mark.parametrize(
    "recorded_base, base, is_another",
    [
        pytest.param(BASE, f"{BASE}/", False, id="a-slash"),
        pytest.param(BASE, "http://new.test", True, id="another-host"),
        pytest.param("", BASE, False, id="not-known"),
    ],
)
def test_another_target_is_known_as_one(
    recorded_base: str,
    base: str,
    is_another: bool,
) -> None:
    """Whoever sends writes there must know."""
    assert Target(recorded=recorded_base, base=base, trusted="").is_another is is_another


@pytest.mark.parametrize(
    "made, reason",
    [
        pytest.param(
            recorded(answered(method="POST", body={"a": 1}), keeps=False),
            'set evidence = "all"',
            id="not-kept",
        ),
        pytest.param(
            of(method="POST", body=b"\x00\x01\xff", sent=[("Content-Type", "image/png")]),
            "no text",
            id="binary",
        ),
        pytest.param(
            of(
                method="POST",
                body=b"\x1f\x8b\x08\x00",
                sent=[("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
            ),
            r"compressed \(gzip\)",
            id="compressed",
        ),
        pytest.param(
            of(method="POST", body=b"x" * 100_000, sent=[("Content-Type", "text/plain")]),
            "kept in part: 65,536 characters of 100,000 bytes",
            id="cut",
        ),
        pytest.param(
            of(method="POST", body=None, sent=[("Transfer-Encoding", "chunked")]),
            "streamed",
            id="streamed",
        ),
        pytest.param(
            of(method="POST", body=None, sent=[("Content-Length", "9")]), "streamed", id="length"
        ),
        pytest.param(
            of(method="POST", body=b"a\xff", sent=[("Content-Type", "text/plain")]),
            "not kept byte for byte",
            id="not-of-one-encoding",
        ),
        pytest.param(
            of(method="POST", body={"password": "only-the-test-knows"}),
            "the value of password in its body is not kept",
            id="a-secret-that-nobody-has",
        ),
    ],
)
def test_a_body_that_is_not_there_is_not_made_up(made: Sent, reason: str) -> None:
    """The reason says what is missing."""
    with pytest.raises(Unrepeatable, match=reason):
        renewed(made)


@pytest.mark.parametrize(
    "charset, text",
    [("utf-8", "é"), ("iso-8859-1", "é"), ("no-such-charset", "é"), ("ascii", "e")],
    ids=lambda text: text,
)
def test_a_body_is_written_in_its_own_charset(charset: str, text: str) -> None:
    """The bytes are those that were sent."""
    content = text.encode("utf-8" if charset == "no-such-charset" else charset)
    media = [("Content-Type", f"text/plain; charset={charset}")]

    assert renewed(of(method="POST", body=content, sent=media)).content == content


def test_a_lone_surrogate_is_no_fault_of_ours() -> None:
    """A record may hold anything; what cannot be the old bytes is refused."""
    made = of(method="POST", body=b"xxx", sent=[("Content-Type", "text/plain")])
    odd = Sent(
        index=0,
        exchange=made.exchange,
        operation="",
        stall=0.0,
        request=Body("text", "\ud800", 3, ""),
    )

    assert renewed(odd).content == b"\xed\xa0\x80"


@pytest.mark.parametrize("method", ["GET", "HEAD", "options", "TRACE"])
def test_safe_methods_change_nothing(method: str) -> None:
    """RFC 9110, section 9.2.1."""
    assert not is_unsafe(method)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PURGE"])
def test_every_other_method_may(method: str) -> None:
    """Also one that nobody knows."""
    assert is_unsafe(method)


def test_no_mask_is_ever_sent() -> None:
    """INVARIANT: a mask in an address or a header would be another request."""
    with pytest.raises(Unrepeatable, match="the value of sid in its URL is not kept"):
        refuse_masks("http://a/x?sid=masked_sid_9chars", ())
    with pytest.raises(Unrepeatable, match="the value of A in its X-Key is not kept"):
        refuse_masks("http://a/x", (("X-Key", "masked_A_9chars"),))
    refuse_masks("http://a/x", (("X-Key", "open"),))


def test_a_request_without_a_body_has_none() -> None:
    """Neither kept nor missed."""
    made = recorded(attempt(method="DELETE", request_body=None), keeps=False)

    assert renewed(made).content == b""
