from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.core.exchange import Exchange
from redhanded.core.headers import holds_secret_parts, url_hits
from redhanded.core.redaction import SHORTEST_SECRET, Redactor
from redhanded.core.vault import Vault
from tests.core.attempts import attempt

TOKEN = "q7Rk2vXw9LmT4bZs"
JSON = (("Content-Type", "application/json"),)


def knowing(value: str = TOKEN, name: str = "TOKEN") -> Redactor:
    """A redactor that knows one secret."""
    redactor = Redactor(key=b"run")
    assert redactor.register(value, name=name)
    return redactor


def sent(name: str, value: str, redactor: Redactor | None = None) -> str:
    """What an exchange shows of a header that was sent."""
    seen = (redactor or knowing()).exchange(attempt(sent=((name, value),)))
    ((shown_name, shown),) = seen.request_headers
    assert shown_name == name
    return shown


def received(name: str, value: str, redactor: Redactor | None = None) -> str:
    """What an exchange shows of a header that came back."""
    seen = (redactor or knowing()).exchange(attempt(received=((name, value),)))
    ((shown_name, shown),) = seen.response_headers
    assert shown_name == name
    return shown


@pytest.mark.parametrize("value", ["", "short", "  abc  ", "12345"])
def test_a_secret_of_few_characters_is_refused(value: str) -> None:
    """A value under six characters would mask ordinary text; the caller is told, and warns."""
    redactor = Redactor()

    assert SHORTEST_SECRET == 6
    assert not redactor.register(value, name="PIN")
    assert redactor.text(f"the value is {value} here") == f"the value is {value} here"


def test_a_registered_secret_is_masked_from_then_on() -> None:
    """A secret is masked in every text after its registration, under its own name."""
    redactor = Redactor()
    before = redactor.text(f"it is {TOKEN}")

    redactor.register(TOKEN, name="API_TOKEN")

    assert before == f"it is {TOKEN}"
    assert redactor.text(f"it is {TOKEN}") == "it is masked_API_TOKEN_16chars"


def test_a_secret_keeps_its_first_name() -> None:
    """One value under two names is one secret."""
    redactor = knowing()

    assert redactor.register(TOKEN, name="OTHER")
    assert redactor.name_of(TOKEN) == "TOKEN"


def test_a_name_that_tells_the_secret_is_not_used() -> None:
    """INVARIANT: a mask never holds the value it stands for."""
    redactor = knowing("hunter2", name="PASSWORD_HUNTER2")

    assert redactor.text("hunter2") == "masked_secret_7chars"


def test_a_name_is_known_by_its_value() -> None:
    """Who writes a command with `$NAME` in a secret's place asks for the name."""
    redactor = knowing(name="orders token")

    assert redactor.name_of(TOKEN) == "orders_token"
    assert redactor.name_of("anything else") is None


def test_the_redactor_itself_tells_no_secret() -> None:
    """INVARIANT: a redactor in a traceback or a log shows nothing of what it knows."""
    assert TOKEN not in repr(vars(knowing()).keys()) + repr(knowing())


@pytest.mark.parametrize(
    "name, value, shown",
    [
        ("Authorization", f"Bearer {TOKEN}", "Bearer masked_TOKEN_16chars"),
        ("authorization", TOKEN, "masked_TOKEN_16chars"),
        ("Authorization", "Bearer abc", "Bearer masked_Authorization_3chars"),
        ("Authorization", "Basic YTpi", "Basic masked_Authorization_4chars"),
        ("Authorization", "hunter2 and more", "masked_Authorization_16chars"),
        ("Authorization", 'Digest username="a"', "Digest masked_Authorization_12chars"),
        ("Authorization", "Bearer ", "masked_Authorization_7chars"),
        ("Authorization", "", ""),
        ("Proxy-Authorization", "Basic YTpi", "Basic masked_Proxy_Authorization_4chars"),
        ("X-API-Key", "k", "masked_X_API_Key_1chars"),
        ("X-API-Key", "", ""),
        ("Cookie", "sid=abc; theme=dark", "sid=masked_sid_3chars; theme=masked_theme_4chars"),
        ("Cookie", "naked", "masked_cookie_5chars"),
        ("Cookie", "empty=; a=b", "empty=; a=masked_a_1chars"),
        ("Referer", "/a?token=x&b=1", "/a?token=masked_token_1chars&b=1"),
        ("X-Note-Id", f"uses {TOKEN} twice", "uses masked_TOKEN_16chars twice"),
        ("X-Ticket", "Zk38dkPq71fkWmfxei92", "masked_X_Ticket_20chars"),
        ("X-Ticket", "an ordinary sentence", "masked_X_Ticket_20chars"),
        ("X-Ticket", "open", "open"),
        ("X-Ticket", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
        ("X-Ticket", "48211.5", "48211.5"),
        ("X-Ticket", "123456", "masked_X_Ticket_6chars"),
        ("X-Forwarded-Client-Cert", "Hash=468ed33be7", "masked_X_Forwarded_Client_Cert_15chars"),
        ("Sec-WebSocket-Protocol", "bearer.Zk38dkPq", "masked_Sec_WebSocket_Protocol_15chars"),
        ("X-Request-ID", "Zk38dkPq71fkWmfxei92fBQ3", "Zk38dkPq71fkWmfxei92fBQ3"),
        ("Idempotency-Key", "Zk38dkPq71fkWmfxei92fBQ3", "Zk38dkPq71fkWmfxei92fBQ3"),
        ("If-Match", '"Zk38dkPq71fkWmfxei92fBQ3"', '"Zk38dkPq71fkWmfxei92fBQ3"'),
        ("User-Agent", "python-httpx2/2.16.2", "python-httpx2/2.16.2"),
    ],
)
def test_headers_that_were_sent_are_masked_by_name(name: str, value: str, shown: str) -> None:
    """A credential in a request is masked; its scheme, its cookie's name and the rest are shown."""
    assert sent(name, value) == shown


@pytest.mark.parametrize(
    "name, value, shown",
    [
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=masked_sid_3chars; Path=/; HttpOnly"),
        ("Set-Cookie", "sid=; Max-Age=0", "sid=; Max-Age=0"),
        ("X-Auth-Token", "abc", "masked_X_Auth_Token_3chars"),
        ("Location", "http://a:b@h/cb?page=1", "http://masked_userinfo_3chars@h/cb?page=1"),
        ("Location", "/cb#access_token=x&n=1", "/cb#access_token=masked_access_token_1chars&n=1"),
        ("WWW-Authenticate", 'Bearer realm="api"', 'Bearer realm="api"'),
        ("X-Build", "Zk38dkPq71fkWmfxei92fBQ3", "Zk38dkPq71fkWmfxei92fBQ3"),
        ("Access-Control-Allow-Credentials", "true", "true"),
        ("X-Echo", f"a{TOKEN}b", "masked_X_Echo_18chars"),
        ("X-Echo-Id", f"a{TOKEN}b", "amasked_TOKEN_16charsb"),
        ("X-Tenant", "acme-berlin", "masked_X_Tenant_11chars"),
        (
            "Link",
            '<http://h/a?page=2&ticket=Zk38dkPq>; rel="next", <http://h/b>; rel="up"',
            '<http://h/a?page=2&ticket=masked_ticket_8chars>; rel="next", <http://h/b>; rel="up"',
        ),
        ("Operation-Location", "/jobs?code=Zk38dkPq", "/jobs?code=masked_code_8chars"),
    ],
)
def test_headers_that_came_back_are_masked_by_name(name: str, value: str, shown: str) -> None:
    """A credential in an answer is masked; builds, ids and realms are evidence and shown."""
    assert received(name, value) == shown


@pytest.mark.parametrize(
    "name, shown",
    [
        pytest.param(f"X-{TOKEN}", "X-masked_TOKEN_16chars", id="unknown"),
        pytest.param(f"{TOKEN}-Version", "masked_TOKEN_16chars-Version", id="harmless-ending"),
    ],
)
def test_a_secret_in_a_header_s_name_is_masked(name: str, shown: str) -> None:
    """Also the second time, when the name is known already."""
    redactor = knowing()

    for value in ("1", "2"):
        headers = ((name, value),)
        exchange = redactor.exchange(attempt(sent=headers, received=headers))

        assert exchange.request_headers == exchange.response_headers == ((shown, value),)
    assert redactor.masked == 4


def test_a_header_s_bytes_beyond_ascii_are_masked() -> None:
    """A secret in UTF-8 is found in a header, whose bytes are read as Latin-1."""
    redactor = knowing("pässwörd-4711")

    assert sent("X-Note-Id", "pässwörd-4711", redactor) == "masked_TOKEN_13chars"


def test_the_order_and_the_repetition_of_headers_are_kept() -> None:
    """Evidence shows headers as they went over the wire."""
    headers = (("B", "1"), ("a", "2"), ("B", "3"), ("B", "1"))

    assert knowing().exchange(attempt(sent=headers)).request_headers == headers


@pytest.mark.parametrize(
    "url, shown",
    [
        ("http://h/a/b", "http://h/a/b"),
        ("http://h/?page=2&sort=-name", "http://h/?page=2&sort=-name"),
        ("https://ann@h:8000/", "https://masked_userinfo_3chars@h:8000/"),
        ("https://ann:p%40w@h/@x", "https://masked_userinfo_9chars@h/@x"),
        ("http://h/?api_key=1'2&b=3", "http://h/?api_key=masked_api_key_3chars&b=3"),
        ("http://h/?a=1&%74oken=x", "http://h/?a=1&%74oken=masked_token_1chars"),
        ("http://h/?token=&token", "http://h/?token=&token"),
        ("http://h/?a=1;token=x", "http://h/?a=1;token=masked_token_1chars"),
        ("http://h/?_token=x", "http://h/?_token=x"),
        (f"http://h/{TOKEN}/x", "http://h/masked_TOKEN_16chars/x"),
        (f"http://h/?q={TOKEN}", "http://h/?q=masked_TOKEN_16chars"),
        ("http://h/#id_token=x", "http://h/#id_token=masked_id_token_1chars"),
        ("/relative?password=x", "/relative?password=masked_password_1chars"),
        ("", ""),
    ],
)
def test_urls_are_masked_in_their_parts(url: str, shown: str) -> None:
    """Userinfo and secret parameters are masked; host, path and ordinary parameters are shown."""
    redactor = Redactor(shown_query=["_token"])
    redactor.register(TOKEN, name="TOKEN")

    assert redactor.url(url) == shown
    assert redactor.url(shown) == shown
    assert redactor.exchange(attempt(url=url)).url == shown
    assert holds_secret_parts(url, redactor) or not [*url_hits(url, redactor)]


@pytest.mark.parametrize(
    "kind, content, shown",
    [
        pytest.param(
            "application/json",
            '{"user": "ann", "password": "p\\"w", "n": [{"Access-Token": "x"}]}',
            '{"user": "ann", "password": "masked_password_3chars", '
            '"n": [{"Access-Token": "masked_Access_Token_1chars"}]}',
            id="json_at_any_depth",
        ),
        pytest.param(
            "application/problem+json",
            '{"pin":1234,"otp": -1.5e3,"token":null,"secret":true,"max_tokens":5,"password":""}',
            '{"pin":"masked_pin_4chars","otp": "masked_otp_6chars","token":null,"secret":true,'
            '"max_tokens":5,"password":""}',
            id="json_numbers_and_literals",
        ),
        pytest.param(
            "application/json",
            '{"tokens":["a]","b"],"secret":{"x":"}","y":[1]},"sessions":[],"card":{"number":"4"}}',
            '{"tokens":"masked_tokens_10chars","secret":"masked_secret_17chars","sessions":[],'
            '"card":"masked_card_14chars"}',
            id="json_containers",
        ),
        pytest.param(
            "application/json",
            '{"card":"visa","user":{"id":7,"card":"visa"}}',
            '{"card":"visa","user":{"id":7,"card":"visa"}}',
            id="json_harmless_words",
        ),
        pytest.param(
            "application/json",
            json.dumps({"note": json.dumps({"secret": 'x"y', "pins": 7, "tokens": ["a"]})}),
            r'{"note": "{\"secret\": \"masked_secret_3chars\", \"pins\": 7, '
            r'\"tokens\": \"masked_tokens_8chars\""}',
            id="json_in_json",
        ),
        pytest.param(
            "application/json",
            '{"a": 1, "p\\u0061ssword": "x", "a": NaN',
            '{"a": 1, "p\\u0061ssword": "masked_password_1chars", "a": NaN',
            id="json_that_is_broken",
        ),
        pytest.param(
            "application/json",
            '{"password": "cut off in the mid',
            '{"password": "masked_password_18chars',
            id="json_that_was_cut_in_a_string",
        ),
        pytest.param(
            "application/json",
            '{"tokens": ["a", "b',
            '{"tokens": "masked_tokens_8chars"',
            id="json_that_was_cut_in_a_list",
        ),
        pytest.param(
            "application/json",
            '{"note": "{\\"secret\\": \\"cut',
            '{"note": "{\\"secret\\": \\"masked_secret_3chars',
            id="json_that_was_cut_in_json",
        ),
        pytest.param(
            "text/plain",
            "{'password': 'it\\'s', 'b': None, 'token': None}",
            "{'password': 'masked_password_5chars', 'b': None, 'token': None}",
            id="python_literals",
        ),
        pytest.param(
            "application/x-www-form-urlencoded",
            "user=ann&password=x%20y&client-secret=&b&api%5Fkey=1",
            "user=ann&password=masked_password_3chars&client-secret=&b&api%5Fkey=masked_api_key_1chars",
            id="form",
        ),
        pytest.param(
            "multipart/form-data; boundary=b",
            '--b\r\nContent-Disposition: form-data; name="password"\r\nX: y\r\n\r\n'
            "ab\r\nc\r\n--b\r\n"
            'Content-Disposition: form-data; name="note"\r\n\r\nfine\r\n--b--\r\n',
            '--b\r\nContent-Disposition: form-data; name="password"\r\nX: y\r\n\r\n'
            "masked_password_5chars\r\n--b\r\n"
            'Content-Disposition: form-data; name="note"\r\n\r\nfine\r\n--b--\r\n',
            id="multipart",
        ),
        pytest.param(
            "application/xml",
            "<a password='x' b=\"1\"><t:token>abc</t:token><secret>\n</secret></a>",
            "<a password='masked_password_1chars' b=\"1\"><t:token>masked_t_token_3chars</t:token>"
            "<secret>\n</secret></a>",
            id="xml",
        ),
        pytest.param(
            "text/html",
            '<input type="hidden" name="csrf_token" value="abc"><input name="q" value="r">',
            '<input type="hidden" name="csrf_token" value="masked_csrf_token_3chars">'
            '<input name="q" value="r">',
            id="html",
        ),
        pytest.param("text/plain", f"is {TOKEN}", "is masked_TOKEN_16chars", id="text"),
        pytest.param("", '[{"token":"x"}]', '[{"token":"masked_token_1chars"}]', id="undeclared"),
    ],
)
def test_bodies_are_masked_by_name_and_by_value(kind: str, content: str, shown: str) -> None:
    """Secret fields are masked whatever holds them; every other character is kept as it was."""
    body = knowing().body(content.encode(), kind)

    assert body.text == shown
    assert (body.size, body.truncated) == (len(content.encode()), False)
    assert knowing().body(shown.encode(), kind).text == shown


@pytest.mark.parametrize(
    "content, content_type, kind, text",
    [
        pytest.param(b"{}", "application/json", "json", "{}", id="json"),
        pytest.param(b" [1]", "", "json", " [1]", id="json_undeclared"),
        pytest.param(b"<p>", "application/json", "json", "<p>", id="html_declared_as_json"),
        pytest.param(b"a=1", "application/x-www-form-urlencoded", "form", "a=1", id="form"),
        pytest.param(b"\x89PNG\0", "image/png", "binary", "", id="image"),
        pytest.param(b"\x80\x81\xfe", "application/octet-stream", "binary", "", id="no_text"),
        pytest.param(b"a\0b", "text/plain", "binary", "", id="zero_byte"),
        pytest.param("é".encode("latin-1"), "text/plain; charset=latin-1", "text", "é", id="latin"),
        pytest.param(b"caf\xe9!", "text/plain", "text", "caf\ufffd!", id="wrong_charset"),
        pytest.param(b"\xef\xbb\xbfhi", "", "text", "hi", id="byte_order_mark"),
        pytest.param("hé".encode("utf-16"), "", "text", "hé", id="utf16"),
        pytest.param("hé".encode("utf-32"), "text/plain", "text", "hé", id="utf32"),
        pytest.param(
            "hé".encode("utf-16-le"), "a/b; charset=utf-16-le", "text", "hé", id="no_mark"
        ),
        pytest.param(b"hi", "text/plain; charset=nonsense", "text", "hi", id="unknown_charset"),
        pytest.param(b"hi", "text/plain; charset=rot13", "text", "hi", id="no_charset"),
        pytest.param(b"", "image/png", "text", "", id="empty"),
        pytest.param(None, "", "text", "", id="none"),
    ],
)
def test_a_body_is_read_as_what_it_is(
    content: bytes | None, content_type: str, kind: str, text: str
) -> None:
    """A body's kind and text follow from its bytes where its header is silent or wrong."""
    body = Redactor().body(content, content_type)

    assert (body.kind, body.text) == (kind, text)
    assert body.size == len(content or b"")


@pytest.mark.parametrize("charset", ["cp037", "utf-16", "utf-32-be", "utf-7", "idna", "punycode"])
def test_a_wrong_charset_hides_no_secret(charset: str) -> None:
    """INVARIANT: a server that declares a wrong charset cannot smuggle a secret past the mask."""
    body = knowing().body(f"it is {TOKEN}-a!".encode(), f"text/plain; charset={charset}")

    assert body.text == "it is masked_TOKEN_16chars-a!"


@pytest.mark.parametrize("cap", range(90, 130))
def test_a_cut_never_runs_through_a_secret(cap: int) -> None:
    """INVARIANT: a body is cut after it was masked, and no mask is cut."""
    content = f"{'x' * 100}{TOKEN}{'y' * 100}".encode()

    body = knowing().body(content, "text/plain", cap=cap)

    assert body.text in {
        "x" * min(cap, 100),
        f"{'x' * 100}masked_TOKEN_16chars{'y' * max(0, cap - 116)}",
    }
    assert body.truncated
    assert body.size == 216


def test_a_cut_in_a_secret_field_masks_the_field() -> None:
    """A field that is longer than the cap is masked as one."""
    body = Redactor().body(b'{"a":1,"token":"%s"}' % (b"t" * 90_000), "application/json", cap=20)

    assert body.text == '{"a":1,"token":"masked_token_4116chars'.replace("4116", body.text[-9:-5])
    assert body.truncated


def test_a_long_body_is_shown_from_its_start() -> None:
    """Of a body of megabytes the first characters are kept, and its size is that of the whole."""
    content = ("é" * 1_000_000).encode()

    body = Redactor().body(content, "text/plain", cap=1000)

    assert body.text == "é" * 1000
    assert (body.size, body.truncated) == (2_000_000, True)


def test_a_body_of_exactly_the_cap_is_whole() -> None:
    """A body that fits is not said to be cut."""
    body = Redactor().body(b"x" * 50, "text/plain", cap=50)

    assert (body.text, body.truncated) == ("x" * 50, False)


def test_a_binary_body_is_told_by_size_and_digest() -> None:
    """Nothing of a binary body is kept but what tells it from another."""
    redactor = Redactor(key=b"run")

    body = redactor.body(b"\x00\x01" * 100_000, "application/octet-stream")

    assert (body.kind, body.text, body.size, body.truncated) == ("binary", "", 200_000, False)
    assert body.digest == redactor.digest(b"\x00\x01" * 100_000)


def test_a_failure_s_message_and_the_notes_are_masked() -> None:
    """Errors quote URLs and values; both are masked in an exchange."""
    failure = Failure("7", Phase.WAIT, "ReadTimeout", f"http://u:p@h/?token={TOKEN} timed out")

    seen = knowing().exchange(attempt(failure=failure, notes=(f"saw {TOKEN}",)))

    assert seen.failure == failure.__class__(
        "7",
        Phase.WAIT,
        "ReadTimeout",
        "http://masked_userinfo_3chars@h/?token=masked_TOKEN_16chars timed out",
    )
    assert seen.notes == ("saw masked_TOKEN_16chars",)


@pytest.mark.parametrize(
    "facts, learned",
    [
        pytest.param({"sent": (("Authorization", "Bearer tok-12345"),)}, "tok-12345", id="bearer"),
        pytest.param({"sent": (("Authorization", "tok-12345"),)}, "tok-12345", id="no_scheme"),
        pytest.param(
            {"sent": (("Authorization", "Basic YTpodW50ZXItMjIyMg=="),)}, "hunter-2222", id="basic"
        ),
        pytest.param({"sent": (("X-Api-Key", "key-12345"),)}, "key-12345", id="api_key"),
        pytest.param({"sent": (("Cookie", "a=b; sid=ses-12345"),)}, "ses-12345", id="cookie"),
        pytest.param(
            {"received": (("Set-Cookie", "sid=ses-12345; Path=/"),)}, "ses-12345", id="set_cookie"
        ),
        pytest.param(
            {"response_body": b'{"token":"abc123def456789"}'}, "abc123def456789", id="answer"
        ),
        pytest.param(
            {"response_body": b'{"data":[{"accessToken" : "a\\/b-12345"}]}'},
            "a/b-12345",
            id="nested_answer",
        ),
        pytest.param(
            {"request_body": b'{"user":"ann","password":"hunter-2222"}'}, "hunter-2222", id="login"
        ),
        pytest.param(
            {
                "request_body": b"user=ann&password=hunter%2D2222",
                "sent": (("Content-Type", "application/x-www-form-urlencoded"),),
            },
            "hunter-2222",
            id="login_form",
        ),
        pytest.param(
            {"response_body": b'{"secret":"abcdefghijklmnopqrstuv"}'},
            "abcdefghijklmnopqrstuv",
            id="letters_only",
        ),
    ],
)
def test_issued_tokens_are_learned_at_receipt(facts: dict[str, object], learned: str) -> None:
    """INVARIANT: a token that passed once is masked everywhere else from then on."""
    redactor = Redactor()

    redactor.learn(attempt(**{"received": JSON} | facts))

    assert learned not in redactor.text(f"the value {learned} was refused")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("password", id="a_word"),
        pytest.param("short1", id="few_characters"),
        pytest.param("2024-03-01T10:00:00Z", id="a_time"),
        pytest.param("https://example.com/1", id="a_link"),
        pytest.param("not a token 1", id="a_sentence"),
        pytest.param("1234567890", id="a_number"),
    ],
)
def test_ordinary_values_are_not_learned(value: str) -> None:
    """A word, a date or a link under a secret name is masked there, and nowhere else."""
    redactor = Redactor()
    content = json.dumps({"token": value}).encode()

    redactor.learn(attempt(response_body=content, received=JSON))

    assert redactor.text(f"the value {value} was refused") == f"the value {value} was refused"
    assert value not in redactor.body(content, "application/json").text


def test_a_token_far_down_a_body_is_masked_but_not_learned() -> None:
    """Only the start of a body is searched for tokens, so that learning costs microseconds."""
    redactor = Redactor()
    content = b'{"list":"%s","token":"tok-12345"}' % (b"x" * 9000)

    redactor.learn(attempt(response_body=content))

    assert redactor.text("tok-12345") == "tok-12345"
    assert "tok-12345" not in redactor.body(content, "application/json").text


def test_an_exchange_learns_before_it_masks() -> None:
    """A token that an answer issues is masked in that very exchange."""
    seen = Redactor().exchange(
        attempt(
            url="http://h/echo/tok-12345",
            response_body=b'{"token":"tok-12345"}',
            received=(*JSON, ("X-Echo", "tok-12345")),
        )
    )

    assert seen.url == "http://h/echo/masked_token_9chars"
    assert seen.response_headers[1] == ("X-Echo", "masked_token_9chars")


def test_a_header_met_before_is_masked_once_its_secret_is_known() -> None:
    """INVARIANT: what was shown before a secret was known is not shown again after."""
    redactor = Redactor()
    before = sent("X-Note-Id", TOKEN, redactor), redactor.url(f"http://h/{TOKEN}")

    redactor.register(TOKEN, name="TOKEN")

    assert before == (TOKEN, f"http://h/{TOKEN}")
    assert sent("X-Note-Id", TOKEN, redactor) == "masked_TOKEN_16chars"
    assert (
        redactor.exchange(attempt(url=f"http://h/{TOKEN}")).url == "http://h/masked_TOKEN_16chars"
    )


def test_a_clean_header_beside_a_secret_one_stays() -> None:
    """One secret in an attempt changes nothing of its other headers."""
    redactor = knowing()
    first = attempt(sent=(("Accept", "*/*"), ("X-Note", "fine")))
    second = attempt(sent=(("Accept", "text/html"), ("X-Note", TOKEN), ("Host", "h")))

    redactor.exchange(first)

    assert redactor.exchange(second).request_headers == (
        ("Accept", "text/html"),
        ("X-Note", "masked_TOKEN_16chars"),
        ("Host", "h"),
    )


def test_a_declared_secret_keeps_its_name_when_it_is_seen_in_use() -> None:
    """A declared token in an Authorization header is no issued token."""
    redactor = knowing(name="API_TOKEN")

    redactor.learn(attempt(sent=(("Authorization", f"Bearer {TOKEN}"),)))

    assert redactor.text(TOKEN) == "masked_API_TOKEN_16chars"


def test_an_issued_token_may_be_declared_later() -> None:
    """A declaration gives the name, whenever it comes."""
    redactor = Redactor()
    redactor.issue(TOKEN, name="issued")

    redactor.register(TOKEN, name="DECLARED")

    assert redactor.text(f"<{TOKEN}>") == "<masked_DECLARED_16chars>"
    assert redactor.name_of(TOKEN) == "DECLARED"


def test_the_oldest_of_many_issued_tokens_are_forgotten() -> None:
    """Memory stays flat when each test signs in; declared and recent secrets are kept."""
    vault = Vault(issued_kept=10)
    vault.declare("declared-1", name="DECLARED")

    tokens = [sha256(b"%d" % number).hexdigest() for number in range(25)]
    for token in tokens:
        vault.issue(token, name="token")
        vault.issue(tokens[0], name="token")

    known = [number for number, token in enumerate(tokens) if vault.hits(token)]
    assert known[0] == 0, "a token in use is young"
    assert known[-5:] == [20, 21, 22, 23, 24]
    assert len(known) <= 10
    assert vault.hits("declared-1")
    assert vault.mask_of(tokens[1]) is None


def test_a_short_issued_value_is_not_taken_in() -> None:
    """The rule of six characters holds for issued tokens as well."""
    redactor = Redactor()

    redactor.issue("12345", name="otp")

    assert redactor.text("12345") == "12345"


def test_every_masked_value_is_counted() -> None:
    """The run's summary says how many values were masked, those of repeated headers each time."""
    redactor = knowing()
    signed = attempt(url="http://u:p@h/", sent=(("Authorization", f"Bearer {TOKEN}"),))

    redactor.exchange(signed)
    redactor.exchange(signed)
    redactor.text(f"{TOKEN} and {TOKEN}")
    redactor.body(b'{"pin":1}', "application/json")
    redactor.text("nothing")

    assert redactor.masked == 2 + 2 + 2 + 1


def test_what_is_remembered_of_headers_is_bounded() -> None:
    """Ten thousand different URLs and headers are masked alike, and not all kept."""
    redactor = knowing()

    for number in range(5000):
        seen = redactor.exchange(
            attempt(url=f"http://h/{number}", sent=(("X-Request-ID", f"{number}"),))
        )

    memory = redactor._memory  # noqa: SLF001  its size is the point
    assert seen.url == "http://h/4999"
    assert len(memory.urls) + len(memory.sent.masked) < 3000


def test_threads_register_and_mask_at_the_same_time() -> None:
    """INVARIANT: a thread that registered a secret never sees it unmasked, whatever others do."""
    redactor = Redactor()

    def leaks(number: int) -> list[str]:
        secret = f"thread-{number:03}-{TOKEN}"
        redactor.register(secret, name=f"T{number}")
        seen: list[Exchange] = [
            redactor.exchange(attempt(url=f"http://h/{secret}", sent=(("X-Note", secret),)))
            for _ in range(3)
        ]
        return [str(exchange) for exchange in seen if secret in str(exchange)]

    with ThreadPoolExecutor(8) as pool:
        found = [leak for each in pool.map(leaks, range(60)) for leak in each]

    assert found == []
    assert redactor.masked >= 60 * 3 * 2
