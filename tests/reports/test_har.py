"""HAR: valid by its published schema, with every attempt and the time of each of its parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Phase
from redhanded.core.redaction import Redactor
from redhanded.reports.dossier.reading import read
from redhanded.reports.har import pieces
from redhanded.reports.har_cookies import cookies_received, cookies_sent
from redhanded.reports.har_timings import timings, total
from tests.core.attempts import attempt
from tests.reports.dossier.made import making
from tests.reports.rich import SAID, rich
from tests.reports.schemas import breaches

TEST = "test_a.py::test_b"


def archive(folder: Path, text: str = "") -> Any:  # noqa: ANN401
    """The file of a run with a test of every kind, as a reader of JSON has it."""
    return json.loads("".join(pieces(rich(folder, text))))


def entry(folder: Path, **facts: Any) -> Any:  # noqa: ANN401
    """The entry of one attempt with these facts, whose bodies were kept."""
    with making(folder) as run:
        run.start(TEST)
        made = run.send(TEST, **facts)
        run.end(TEST, None, bodies=[made])
    (told,) = json.loads("".join(pieces(read([folder]))))["log"]["entries"]
    return told


def entries_of(told: Any, test_id: str) -> Iterator[Any]:  # noqa: ANN401
    """The entries of one test."""
    (page,) = (page["id"] for page in told["log"]["pages"] if page["title"] == test_id)
    return (one for one in told["log"]["entries"] if one["pageref"] == page)


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_an_archive_holds_to_the_published_schema(tmp_path: Path, text: str) -> None:
    """Whatever servers and tests have said."""
    assert breaches("har", archive(tmp_path, text)) == []


def test_the_schema_sees_what_is_wrong(tmp_path: Path) -> None:
    """A check that could not fail would show nothing: it reaches into the entries."""
    told = archive(tmp_path)
    told["log"]["entries"][0]["response"]["status"] = "200"

    assert "entries" in breaches("har", told)[0]


def test_every_attempt_is_an_entry_of_the_page_of_its_test(tmp_path: Path) -> None:
    """Rounds of one test stand on one page; tests that sent nothing have none."""
    dossier = rich(tmp_path)

    log = json.loads("".join(pieces(dossier)))["log"]

    assert len(log["entries"]) == sum(row.attempts for row in dossier.rows)
    assert [page["id"] for page in log["pages"]] == [r.id for r in dossier.rows if r.attempts]
    again = [*entries_of({"log": log}, "tests/test_a.py::test_again")]
    assert [one["_round"] for one in again] == [1, 2]


def test_an_attempt_without_an_answer_has_no_status_and_an_error(tmp_path: Path) -> None:
    """Its verdict, its number and its purpose stand beside, under names of ours."""
    told = archive(tmp_path)

    lost, held = entries_of(told, "tests/test_a.py::TestB::test_recovered[]")
    assert (lost["response"]["status"], lost["response"]["bodySize"]) == (0, -1)
    assert lost["_error"] == "ConnectError: connection refused"
    assert lost["_failure"] == {"row": "R02", "phase": "connect"}
    assert (lost["_verdict"], lost["_attempt"], lost["_purpose"]) == ("recovered", 1, "test")
    assert "_error" not in held
    assert (held["_attempt"], held["_waited"]) == (2, {"ms": 250.0, "reason": "retry"})


def test_a_request_is_told_with_what_it_carried(tmp_path: Path) -> None:
    """Query, cookies and body as they were sent, with secrets masked before they came here."""
    told = archive(tmp_path)

    (one,) = entries_of(told, "tests/test_a.py::test_defect[1]")
    request = one["request"]
    assert request["queryString"] == [
        {"name": "page", "value": "2"},
        {"name": "tag", "value": "a b"},
        {"name": "flag", "value": ""},
    ]
    assert [cookie["name"] for cookie in request["cookies"]] == ["theme", "lang"]
    assert request["postData"] == {"mimeType": "application/json", "text": '{"n":1}'}
    assert (request["headersSize"], request["bodySize"]) == (-1, 7)


def test_an_answer_is_told_with_what_it_brought(tmp_path: Path) -> None:
    """Its content where the run kept it, and where it leads."""
    told = archive(tmp_path)

    (one,) = entries_of(told, "tests/test_a.py::test_defect[1]")
    response = one["response"]
    assert (response["status"], response["statusText"]) == (200, "OK")
    assert response["content"] == {
        "size": 17,
        "mimeType": "application/json",
        "text": '{"total":"90.00"}',
    }
    assert response["redirectURL"] == "/orders/17"
    assert one["serverIPAddress"] == "127.0.0.1"
    assert one["startedDateTime"].startswith("2023-11-14T22:13:20.")


def test_a_body_that_was_not_kept_is_told_by_its_size(tmp_path: Path) -> None:
    """Passes keep no bodies."""
    told = archive(tmp_path)

    one, _ = entries_of(told, "tests/test_a.py::test_pass")
    assert one["response"]["content"] == {"size": 8, "mimeType": ""}
    assert "postData" not in one["request"]


@pytest.mark.parametrize(
    "body, told",
    [
        pytest.param(b"\x00\x01", {"comment": "2 bytes that are no text"}, id="binary"),
        pytest.param(b"a" * 70_000, {"comment": "the beginning of 70000 bytes"}, id="cut"),
    ],
)
def test_a_body_that_is_not_whole_says_so(
    tmp_path: Path, body: bytes, told: dict[str, str]
) -> None:
    """Nobody takes a part for the whole."""
    one = entry(tmp_path, response_body=body)

    content = one["response"]["content"]
    assert {key: content[key] for key in told} == told
    assert content["size"] == len(body)


def test_what_came_compressed_has_no_size_on_the_wire(tmp_path: Path) -> None:
    """Only its content was measured."""
    one = entry(tmp_path, received=(("Content-Encoding", "gzip"),))

    assert one["response"]["bodySize"] == -1


@pytest.mark.parametrize(
    "peer, address",
    [
        pytest.param("127.0.0.1:80", "127.0.0.1", id="v4"),
        pytest.param("[::1]:80", "::1", id="v6"),
        pytest.param("::1", "::1", id="bare"),
        pytest.param("shop.test:80", None, id="a-name"),
        pytest.param("", None, id="none"),
    ],
)
def test_the_address_of_the_server_is_one(tmp_path: Path, peer: str, address: str | None) -> None:
    """What is none is left out: the format takes no other."""
    assert entry(tmp_path, peer=peer).get("serverIPAddress") == address


@pytest.mark.parametrize(
    "facts, told",
    [
        pytest.param({"url": "http://[::1/x?a=1"}, "OK", id="url"),
        pytest.param({"status": 799}, "", id="status"),
    ],
)
def test_what_makes_no_sense_is_told_as_it_came(
    tmp_path: Path, facts: dict[str, Any], told: str
) -> None:
    """A server may send anything, and a test may ask for anything."""
    one = entry(tmp_path, **facts)

    assert (one["request"]["queryString"], one["response"]["statusText"]) == ([], told)


@pytest.mark.parametrize(
    "url, told",
    [
        pytest.param("http://a.test/x?q=%20%zz#f", "http://a.test/x?q=%20%zz#f", id="as-it-is"),
        pytest.param("http://a.test/<é>", "http://a.test/%3C%C3%A9%3E", id="encoded"),
        pytest.param("http://a.test/\udc80", "http://a.test/%5Cudc80", id="half-of-a-pair"),
    ],
)
def test_an_address_is_told_in_ascii(tmp_path: Path, url: str, told: str) -> None:
    """The format takes addresses alone; what is encoded is not encoded again."""
    assert entry(tmp_path, url=url)["request"]["url"] == told


def marked(*marks: tuple[Phase, float], elapsed: float = 0.1) -> dict[str, float]:
    """The timings of an attempt with these marks."""
    return timings(Redactor().exchange(attempt(marks=marks, elapsed=elapsed)))


def test_the_times_of_an_attempt_are_those_of_its_parts() -> None:
    """TLS is part of connecting and stands beside it too, as the format has it."""
    spent = marked(
        *((Phase.POOL, 0.0), (Phase.DNS, 0.001), (Phase.CONNECT, 0.006), (Phase.TLS, 0.011)),
        *((Phase.SEND, 0.031),),
        *((Phase.WAIT, 0.032), (Phase.READ, 0.082), (Phase.DONE, 0.1)),
    )

    assert spent == {
        "blocked": 1.0,
        "dns": 5.0,
        "connect": 25.0,
        "ssl": 20.0,
        "send": 1.0,
        "wait": 50.0,
        "receive": 18.0,
    }
    assert total(spent) == 100.0


def test_what_there_was_not_is_told_apart_from_what_took_no_time() -> None:
    """A connection that was reused was not made; the last three parts must be numbers from 0."""
    spent = marked((Phase.SEND, 0.0), (Phase.WAIT, 0.0), (Phase.READ, 0.1), (Phase.DONE, 0.1))

    assert [spent[name] for name in ("blocked", "dns", "connect", "ssl")] == [-1, -1, -1, -1]
    assert (spent["send"], spent["wait"], spent["receive"], total(spent)) == (0, 100, 0, 100)


def test_an_attempt_ends_in_the_part_in_which_it_failed() -> None:
    """That part took the rest of its time."""
    spent = marked((Phase.POOL, 0.0), (Phase.CONNECT, 0.01))

    assert (spent["connect"], spent["wait"], total(spent)) == (90, 0, 100)


def test_an_attempt_that_never_began_has_no_times() -> None:
    """No mark was made, or the clock went back."""
    assert total(marked()) == 0
    assert total(marked((Phase.SEND, 0.2), (Phase.WAIT, 0.1), elapsed=float("nan"))) == 0


@pytest.mark.parametrize(
    "header, told",
    [
        pytest.param("a=1; b=2=3", [("a", "1"), ("b", "2=3")], id="two"),
        pytest.param("a=;; c", [("a", ""), ("", " c")], id="odd"),
        pytest.param("", [], id="empty"),
    ],
)
def test_cookies_sent_are_told_apart(header: str, told: list[tuple[str, str]]) -> None:
    """One header holds them all."""
    cookies = cookies_sent((("COOKIE", header), ("Accept", "x=y")))

    assert [(cookie["name"], cookie["value"]) for cookie in cookies] == told


@pytest.mark.parametrize(
    "header, told",
    [
        pytest.param("a=1", {"name": "a", "value": "1"}, id="bare"),
        pytest.param("a=1; Path=/x; domain=d", {"path": "/x", "domain": "d"}, id="where"),
        pytest.param("a=1; HttpOnly; SECURE", {"httpOnly": True, "secure": True}, id="flags"),
        pytest.param(
            "a=1; Expires=Wed, 21-Oct-2026 07:28:00 GMT",
            {"expires": "2026-10-21T07:28:00Z"},
            id="date",
        ),
        pytest.param("a=1; Expires=soon; Max-Age=3", {"name": "a"}, id="no-date"),
    ],
)
def test_a_cookie_that_was_set_is_told_with_its_attributes(
    header: str, told: dict[str, Any]
) -> None:
    """What is no date is left out, as clients ignore it."""
    (cookie,) = cookies_received((("set-cookie", header),))

    assert cookie.items() >= told.items()
    assert ("expires" in cookie) is ("expires" in told)
