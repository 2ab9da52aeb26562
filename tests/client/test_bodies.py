"""Models given as `json=` become what the API is meant to read; small forms of files are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx2
import pytest
from pydantic import BaseModel, Field, SecretBytes, SecretStr

from redhanded.client.bodies import KEPT_FORM, dumped
from redhanded.client.client import AsyncClient, Client


class Login(BaseModel):
    """A body with secrets at every depth."""

    name: str = Field(alias="userName")
    password: SecretStr
    keys: tuple[SecretBytes, ...] = ()
    since: date | None = None


class Order(BaseModel):
    """A body that holds another model."""

    total: Decimal
    by: Login


ANN = Login(
    userName="ann", password=SecretStr("hush"), keys=(SecretBytes(b"k1"),), since=date(2026, 1, 2)
)
UNKNOWN = object()  # the encoder is the one to complain
SENT = {"userName": "ann", "password": "hush", "keys": ["k1"], "since": "2026-01-02"}


@pytest.mark.parametrize(
    "given, sent",
    [
        pytest.param(ANN, SENT, id="model"),
        pytest.param([ANN], [SENT], id="list"),
        pytest.param({"user": ANN}, {"user": SENT}, id="dictionary"),
        pytest.param(
            Order(total=Decimal("1.50"), by=ANN), {"total": "1.50", "by": SENT}, id="nested"
        ),
        pytest.param({"a": [1, None, "x"]}, {"a": [1, None, "x"]}, id="plain"),
        pytest.param(None, None, id="nothing"),
        pytest.param(UNKNOWN, UNKNOWN, id="no-json"),
    ],
)
def test_a_model_is_sent_with_aliases_and_its_secrets(given: object, sent: object) -> None:
    """Asterisks in the place of a password would be the test's fault, and look like the API's."""
    assert dumped(given) == sent


@pytest.mark.parametrize("kind", [Client, AsyncClient], ids=["sync", "async"])
def test_a_small_form_of_files_is_kept(kind: type[Client | AsyncClient]) -> None:
    """What was sent up can be held against a document, and sent again by hand."""
    files = {"file": ("a.txt", b"hello")}

    request = kind().build_request("POST", "http://api/files", files=files, data={"n": "1"})

    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    assert request.content.startswith(b"--" + boundary)
    assert b"hello" in request.content
    assert len(request.content) == int(request.headers["content-length"])


def test_a_large_form_of_files_is_sent_as_it_is_read() -> None:
    """Nobody's memory has to hold what is sent up."""
    files = {"file": ("a.bin", b"x" * KEPT_FORM)}

    request = Client().build_request("POST", "http://api/files", files=files)

    with pytest.raises(httpx2.RequestNotRead):
        _ = request.content
