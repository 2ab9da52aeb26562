"""A project with an API, and runs against it that were never made, to be replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from click.testing import Result

from redhanded.core.events import Described, RunStarted
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from tests.cli.conftest import Run
from tests.core.attempts import raw as headers
from tests.reports.dossier.made import NOON, Made
from tests.servers import raw

ATTEMPT = "abcdef0123456789"
JSON = headers((("Content-Type", "application/json"),))


@dataclass
class Orders:
    """An API that numbers its orders from `first`, and reckons every total wrong, or right."""

    first: int = 900
    total: object = 91
    status: int = 200
    seen: list[raw.Received] = field(default_factory=list)

    def script(self) -> raw.Script:
        """The API."""
        numbers = count(self.first)

        def answer(received: raw.Received) -> bytes:
            self.seen.append(received)
            number = next(numbers) if received.method == "POST" else self.first
            document = {"id": number, "total": self.total}
            status = 201 if received.method == "POST" else self.status
            return raw.message(status, json.dumps(document).encode())

        return raw.reply(answer)

    @property
    def targets(self) -> list[str]:
        """What was asked for."""
        return [f"{one.method} {one.target}" for one in self.seen]


@dataclass
class Project:
    """The project, its API, and how to ask for a replay."""

    run: Run
    orders: Orders
    url: str
    root: Path

    def replay(self, *arguments: str, **environ: str) -> Result:
        """What the command came to."""
        return self.run("replay", *arguments, **environ)

    def told(self, *arguments: str) -> dict[str, Any]:
        """What a program reads."""
        whole: dict[str, Any] = json.loads(self.replay("--json", *arguments).stdout)
        return whole

    @contextmanager
    def recording(self, name: str = "run1", base: str = "", env: str = "") -> Iterator[Made]:
        """A run whose folder is under construction."""
        made = Made(self.root / ".redhanded" / "runs" / name, name=name)
        made.write(RunStarted(name, "main", NOON, 7, base or self.url, {}))
        made.write(
            Described(
                run_id=name,
                name=name,
                shard="",
                env=env,
                command=("pytest",),
                workers=0,
                platform="",
                plugins={},
                settings=(),
                source={},
            )
        )
        yield made
        made.close()

    def order(self, run: Made, test_id: str, *, base: str = "") -> None:
        """A red test that made an order and read it, and whose last attempt shows the bug."""
        url = base or self.url
        run.start(test_id)
        post = run.send(
            test_id,
            method="POST",
            url=f"{url}/orders",
            raw_request_headers=JSON,
            request_body=b'{"sku":"a"}',
            status=201,
            response_body=b'{"id":7,"total":91}',
            raw_response_headers=JSON,
        )
        run.send(test_id, url=f"{url}/health", purpose="canary")
        get = run.send(
            test_id,
            id=ATTEMPT,
            url=f"{url}/orders/7",
            response_body=b'{"id":7,"total":91}',
            raw_response_headers=JSON,
        )
        breach = Violation("value", "$.total", "91", "90", "equal")
        found = Finding(Verdict.DEFECT, "value", "$.total is 91, want 90", get.id, (breach,))
        run.end(test_id, Verdict.DEFECT, findings=[found], bodies=[post, get])
        run.report(test_id, Verdict.DEFECT, code="value", headline="DEFECT value: $.total is 91")

    def read(self, run: Made, test_id: str) -> None:
        """A green test that read an order, of which no body is kept."""
        run.start(test_id)
        run.send(test_id, url=f"{self.url}/orders/900", raw_response_headers=JSON)
        run.end(test_id)
        run.report(test_id)
