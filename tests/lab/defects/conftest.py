"""The demo API in this process, with switches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from redhanded.lab import Store, create_app
from redhanded.lab.defects.switchboard import Switchboard
from redhanded.lab.seed import API_KEYS, BOOKING_EDITOR, TRADER
from tests.lab.conftest import FakeClock, Headers, booking_login, client_login


@dataclass(frozen=True, slots=True)
class Lab:
    """The API, its switches and the file that says what was served."""

    app: FastAPI
    board: Switchboard
    client: TestClient
    served: Path
    doors: Mapping[str, Headers]

    def switch(self, *codes: str, seed: int = 0) -> None:
        self.board.switch(codes, seed=seed, served=self.served)

    def ask(self, request: str, body: object = None, **headers: str) -> httpx2.Response:
        """The answer to a request such as "GET /users/1", sent by someone who may."""
        method, _, path = request.partition(" ")
        entry = next((self.doors[door] for door in self.doors if path.startswith(door)), {})
        return self.client.request(method, path, json=body, headers={**entry, **headers})

    def lines(self) -> list[dict[str, Any]]:
        """What was served, line by line."""
        text = self.served.read_text("utf-8") if self.served.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def codes(self) -> list[str]:
        """The codes of what was served."""
        return [line["code"] for line in self.lines()]


@pytest.fixture
def lab(store: Store, clock: FakeClock, tmp_path: Path) -> Iterator[Lab]:
    """An API with people who may do everything."""
    app = create_app(store, build="b1", clock=clock)
    client = TestClient(app)
    doors = {
        "/trading": client_login(client, TRADER),
        "/users": {"X-API-Key": API_KEYS["admin"]},
        "/booking/": booking_login(client, BOOKING_EDITOR),
    }
    with client:
        yield Lab(app, Switchboard(app), client, tmp_path / "served.ndjson", doors)
