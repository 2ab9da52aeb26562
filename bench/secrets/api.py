"""The API of the suite: it echoes what it is sent, and hands out the secrets of two channels."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote


@contextmanager
def serving(secrets: Mapping[str, str]) -> Iterator[str]:
    """The base URL of the API, for as long as the block; secrets go by their channels."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, secrets))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: some who ask are killed in the midst of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, secrets: Mapping[str, str], *given: Any) -> None:  # noqa: ANN401
        self._secrets = secrets
        super().__init__(*given)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        """What the path's first part asks for."""
        match self.path.split("?")[0].strip("/").split("/")[0]:
            case "account":
                shown = self._secrets["json_response"]
                self._answer(200, {"id": 7, "note": shown, "deep": [{"value": shown}]})
            case "moved":
                code = quote(self._secrets["location"], safe="")
                self._answer(302, {}, ("Location", f"/landing?access_token={code}"))
            case "visit":
                value = quote(self._secrets["cookie"], safe="")
                self._answer(200, {}, ("Set-Cookie", f"session={value}; Path=/; HttpOnly"))
            case "broken":
                self._answer(500, {"error": "internal"})
            case _:
                self._answer(200, {"status": "well"})

    def do_POST(self) -> None:
        """A token for a login; else what was sent."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/login":
            self._answer(200, {"data": {"accessToken": self._secrets["issued"]}})
        elif self.headers.get("Content-Type", "").startswith("application/json"):
            self._answer(200, {"echo": json.loads(body)})
        else:
            self._answer(200, {"bytes": len(body)})

    def _answer(self, status: int, body: object, *headers: tuple[str, str]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
