"""A run with something of everything, and the page of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from redhanded.reports.html.build import TEMPLATE
from redhanded.reports.html.packing import encode, pack
from redhanded.reports.html.payload import CHUNK, VERSION, Canary, Requeue, Share, Turn
from tests.reports.html.sample.details import chunk_of, detail_of
from tests.reports.html.sample.stories import BEGAN, ROUTES, STORIES, Words, groups, rows_of
from tests.reports.html.sample.survey import endpoints, latencies, suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.reports.html.details import Chunk
    from redhanded.reports.html.payload import Index

_ORIGIN: Final = "https://api.example.com"


def page(index: Index, chunks: Sequence[Chunk]) -> str:
    """The page of these data."""
    elements = (
        f'<script type="application/x-gz" id="rh-chunk-{number}">{packed(chunk)}</script>\n'
        for number, chunk in enumerate(chunks)
    )
    fills = {
        "{{title}}": escape(index["head"]["sentences"][0]),
        "{{failures}}": "".join(
            f"<li>{escape(group['headline'])}</li>" for group in index["groups"]
        ).join(("<ul>", "</ul>")),
        "{{index}}": packed(index),
        "{{chunks}}": "".join(elements),
    }
    whole = TEMPLATE.read_text(encoding="utf-8")
    for mark, text in fills.items():
        whole = whole.replace(mark, text)
    return whole


def packed(value: Index | Chunk) -> str:
    """The value as an element of the page holds it."""
    return pack(encode(value)).decode()


def sample(tests: int = 240) -> tuple[Index, list[Chunk]]:
    """An index and its chunks: the stories first, then tests that passed."""
    words = Words()
    rows = rows_of(words, tests)
    details = [detail_of(place, rows) for place in range(tests)]
    firsts = list(range(0, tests, CHUNK))
    chunks = [chunk_of(details[first : first + CHUNK]) for first in firsts]
    index: Index = {
        "v": VERSION,
        "head": {
            "name": "2026-11-22-a1b2",
            "sentences": [
                _sentence(tests),
                "One outage took 2 tests: api.example.com refused connections for 14 s.",
            ],
            "exit_code": 1,
            "began": BEGAN,
            "took": 95 * 10_000,
            "target": "https://api.example.com",
            "env": "staging",
            "builds": ["7f3c1e2", "8a01b9d"],
            "command": "pytest -n 3 --rh-env staging tests/api",
            "seeds": [20_261_122],
            "source": {
                "commit": "9d2f1c7a",
                "branch": "main",
                "job": "https://ci.example.com/jobs/4711",
            },
            "counts": _counts(tests),
            "masked": 1_204,
            "missing": ["The spool of gw2 ends in mid-line: its process was killed."],
            "trace_url": "https://traces.example.com/{trace_id}",
        },
        "words": words,
        "rows": rows,
        "groups": groups(),
        "endpoints": {
            "denominator": "Shares are of what openapi.yaml (3.1) declares: 7 operations, "
            "19 statuses, 23 parameters.",
            "shares": [
                Share("operations", 6, 7),
                Share("statuses", 11, 19),
                Share("parameters", 20, 23),
            ],
            "endpoints": endpoints(),
        },
        "latency": latencies(),
        "health": {
            "processes": [
                {"shard": "", "worker": "gw0", "at": 0, "end": 940_000, "exit_code": 1},
                {"shard": "", "worker": "gw1", "at": 3_000, "end": 930_000, "exit_code": 1},
                {"shard": "", "worker": "gw2", "at": 4_000, "end": None, "exit_code": None},
            ],
            "canaries": [
                Canary(at, 0 if 400_000 <= at <= 500_000 else 200, 180, words.of(_ORIGIN))
                for at in range(10_000, 940_000, 30_000)
            ],
            "turns": [
                Turn(405_000, "circuit", "open", words.of(_ORIGIN), "3 connects in a row refused"),
                Turn(505_000, "circuit", "half_open", words.of(_ORIGIN), "14 s are over"),
                Turn(507_000, "circuit", "closed", words.of(_ORIGIN), "the probe was answered"),
                Turn(610_000, "pace", "lowered", words.of(_ORIGIN), "429 with Retry-After: 2"),
            ],
            "budget": [(at, 10.0 - (at == 420_000) * 8) for at in range(0, 940_000, 60_000)],
            "waits": [("backoff", 14, 42_000), ("Retry-After", 1, 20_000), ("pace", 88, 9_120)],
            "requeues": [
                Requeue(700_000, 6, 2, "inconclusive"),
                Requeue(702_000, 8, 2, "recovered"),
            ],
        },
        "trends": {
            "runs": [
                {
                    "run": f"run-{number}",
                    "began": BEGAN - (30 - number) * 86_400,
                    "seconds": 90.0 + number,
                    "counts": {"pass": 225 - number % 4, "defect": number % 4, "recovered": 3},
                }
                for number in range(30)
            ],
            "suspects": suspects(),
            "paces": [
                {
                    "operation": ROUTES[2],
                    "medians": [None if run % 9 == 4 else 300 + 14 * run for run in range(30)],
                    "note": "slower than its baseline for 3 runs",
                },
                {"operation": ROUTES[1], "medians": [200] * 30, "note": ""},
            ],
        },
        "provenance": {
            "parts": [
                {
                    "name": "2026-11-22-a1b2",
                    "shard": "",
                    "seed": 20_261_122,
                    "platform": "Linux 6.8 x86_64, CPython 3.11.9",
                    "command": ["pytest", "-n", "3", "--rh-env", "staging", "tests/api"],
                    "versions": {"redhanded": "0.7.0", "httpx2": "2.16.2", "pytest": "9.0.1"},
                    "plugins": {"xdist": "3.8.0", "randomly": "4.0.1"},
                    "settings": [
                        ("base_url", "https://api.example.com", "profile staging"),
                        ("token", "masked_ORDERS_TOKEN_40chars", "environment"),
                        ("retry.attempts", "3", "default"),
                    ],
                    "source": {"commit": "9d2f1c7a", "branch": "main"},
                    "notes": ["History was away: this run is in its outbox."],
                }
            ],
            "masked": [("ORDERS_TOKEN", 1_190), ("password", 14)],
            "links": [("JUnit XML", "junit.xml"), ("HTTP Archive", "run.har")],
        },
        "chunks": firsts,
    }
    return index, chunks


def _sentence(tests: int) -> str:
    red = "Red: 4 defects, 1 drift, 1 slow and 1 test bug, 2 kept from judging"
    return f"{red}; {tests - 12} of {tests} tests held, 1 of them recovered from weather."


def _counts(tests: int) -> dict[str, int]:
    counts = {"pass": tests - len(STORIES)}
    for kind, *_ in STORIES:
        counts[kind] = counts.get(kind, 0) + 1
    return counts
