"""Defects that only the bytes on a connection show, as a bare socket sees them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from redhanded.lab import Running, running
from redhanded.lab.seed import API_KEYS, TRADER

SECONDS = 20.0  # nothing here takes as long; a test that would wait for ever ends with it
SHORT = 0.3


@dataclass(frozen=True, slots=True)
class Wire:
    """A demo API in a process of its own, and what was served of its defects."""

    lab: Running
    served: Path
    token: str

    def switch(self, *codes: str) -> None:
        self.lab.switch(*codes, served=self.served)

    def open(self, path: str) -> socket.socket:
        """A connection on which a GET was sent."""
        where = urlsplit(self.lab.url)
        connection = socket.create_connection((where.hostname or "", where.port or 0), SECONDS)
        lines = [f"GET {path} HTTP/1.1", "Host: lab", f"Authorization: Bearer {self.token}"]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection

    def read(self, path: str) -> bytes:
        """Everything that comes until the API closes the connection."""
        with self.open(path) as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def get(self, path: str) -> httpx2.Response:
        """A whole answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.get(f"{self.lab.url}{path}", headers=headers, trust_env=False)

    def post(self, path: str, body: object, **headers: str) -> httpx2.Response:
        """The answer to a JSON body."""
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = f"{self.lab.url}{path}"
        return httpx2.post(url, json=body, headers=headers, trust_env=False)

    def codes(self) -> list[str]:
        lines = self.served.read_text("utf-8").splitlines()
        return [json.loads(line)["code"] for line in lines]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """One process for all tests: a start costs a second."""
    folder = tmp_path_factory.mktemp("wire")
    with running(folder / "lab.db") as lab:
        form = {"grant_type": "client_credentials"}
        answer = httpx2.post(f"{lab.url}/oauth/token", data=form, auth=TRADER, trust_env=False)
        yield Wire(lab, folder / "served.ndjson", answer.json()["access_token"])


@pytest.fixture
def wire(process: Wire) -> Iterator[Wire]:
    """The API without a defect, and an empty record."""
    process.served.unlink(missing_ok=True)
    yield process
    process.switch()


def parts(answer: bytes) -> tuple[int, bytes]:
    """The length that an answer tells of, and the body that came."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().lower().splitlines()
    [told] = [line for line in lines if line.startswith("content-length:")]
    return int(told.partition(":")[2]), body


def test_a_body_is_whole_and_said_to_be_longer(wire: Wire) -> None:
    """D77: ten bytes that never come, and then the end of the connection."""
    wire.switch("D77")

    told, body = parts(wire.read("/trading/instruments/ALDE"))

    assert json.loads(body)["name"] == "Alder"
    assert told == len(body) + 10
    assert wire.codes() == ["D77"]


def test_a_list_breaks_off_at_the_same_byte_each_time(wire: Wire) -> None:
    """D95: what a network would cut anywhere, the API cuts here."""
    wire.switch("D95")

    answers = [parts(wire.read("/trading/quotes?currency=KWD")) for _ in range(2)]

    assert {len(body) for _, body in answers} == {100}
    assert all(told > 100 for told, _ in answers)
    assert wire.get("/trading/quotes?currency=JPY").status_code == 200
    assert wire.codes() == ["D95", "D95"]


def test_one_input_is_answered_with_a_reset(wire: Wire) -> None:
    """D96: not one byte comes, and other inputs do not suffer."""
    wire.switch("D96")

    with wire.open("/trading/quotes/SAFF") as connection, pytest.raises(ConnectionError):
        connection.recv(1)

    assert wire.get("/trading/quotes/ALDE").status_code == 200
    assert wire.codes() == ["D96"]


@pytest.mark.parametrize(
    "code, path, beside",
    [
        ("D98", "/trading/instruments/UMBE", "/trading/instruments/ALDE"),
        ("D83", f"/booking?lastname={'x' * 60}", "/booking?lastname=x"),
    ],
    ids=["one-input", "large-input"],
)
def test_one_input_is_never_answered(wire: Wire, code: str, path: str, beside: str) -> None:
    """D83, D98: the connection stays open and silent while others are answered."""
    wire.switch(code)

    with wire.open(path) as connection:
        answered = wire.get(beside).status_code
        connection.settimeout(SHORT)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert answered == 200
    assert wire.codes() == [code]


@pytest.mark.parametrize(
    "switch, path",
    [
        ("D78:seconds=0.4", "/trading/quotes/ALDE"),
        ("D79:seconds=0.2", "/trading/quotes?limit=2"),
        ("D82:calls=0,seconds=0.4", "/trading/instruments/ALDE"),
    ],
    ids=["always", "by-rows", "in-the-long-run"],
)
def test_the_first_byte_comes_late(wire: Wire, switch: str, path: str) -> None:
    """D78, D79, D82: it is the server that takes its time, not the transfer."""
    wire.switch(switch)
    began = time.monotonic()

    with wire.open(path) as connection:
        first = connection.recv(1)

    assert first == b"H"
    assert time.monotonic() - began >= SHORT
    assert wire.codes() == [switch[:3]]


def test_two_at_once_get_the_account_of_the_later_one(wire: Wire) -> None:
    """D92: the answer is well formed, and somebody else's; one after the other it is right."""
    wire.switch("D92:seconds=1")
    paths = [f"/trading/accounts/acc-demo-{currency}" for currency in ("eur", "usd")]

    with ThreadPoolExecutor() as pool:
        at_once = {answer.json()["id"] for answer in pool.map(wire.get, paths)}
    wire.switch("D92:seconds=0")
    after = [wire.get(path).json()["id"] for path in paths]

    assert len(at_once) == 1
    assert after == ["acc-demo-eur", "acc-demo-usd"]
    assert wire.codes() == ["D92"]


def test_two_payments_at_once_make_money_of_nothing(wire: Wire) -> None:
    """D54: both are paid in full, out of an account that held enough for one."""
    account = {"owner": "Ann", "currency": "EUR", "opening_balance": "100.00"}
    payer, payee = (wire.post("/trading/accounts", account).json()["id"] for _ in range(2))
    payment = {"from_account": payer, "to_account": payee, "amount": "80.00", "reference": "x"}
    wire.switch("D54:seconds=1")

    def pay(key: str) -> int:
        key = f"{payer}-{key}"
        return wire.post("/trading/payments", payment, **{"Idempotency-Key": key}).status_code

    with ThreadPoolExecutor() as pool:
        paid = list(pool.map(pay, "ab"))

    left = [wire.get(f"/trading/accounts/{name}").json()["balance"] for name in (payer, payee)]
    assert (paid, left) == ([201, 201], ["0.00", "260.00"])
    assert wire.codes() == ["D54"]


def test_two_users_at_once_have_one_address(wire: Wire) -> None:
    """D56: both are told the address that they asked for, and a third is refused as ever."""
    new = {"email": "twin@lab.example", "name": "Twin", "password": "password123"}
    key = {"Authorization": "", "X-API-Key": API_KEYS["admin"]}
    wire.switch("D56:seconds=1")

    with ThreadPoolExecutor() as pool:
        added = list(pool.map(lambda _: wire.post("/users", new, **key), range(2)))
    wire.switch("D56:seconds=0")
    third = wire.post("/users", new, **key)

    assert [answer.status_code for answer in added] == [201, 201]
    assert {answer.json()["email"] for answer in added} == {"twin@lab.example"}
    assert third.status_code == 409
    assert wire.codes() == ["D56"]
