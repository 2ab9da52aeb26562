"""The tests of the sample: what became of the first ones; all others passed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from redhanded.reports.html.payload import Group, Rows

BEGAN: Final = 1_795_000_000.0
TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
SCRIPT: Final = "</script><script>window.hacked=1</script><img src=x onerror='window.hacked=2'>"
ROUTES: Final = (
    "POST /orders",
    "GET /orders/{id}",
    "GET /orders",
    "DELETE /orders/{id}",
    "PATCH /customers/{id}",
    "GET /health",
)
DEEP: Final = 10_000

# What became of the first tests, as (kind, code, name, headline); all others passed.
STORIES: Final = (
    (
        "drift",
        "body.schema",
        "test_create_order",
        'DRIFT body.schema: $.total is "90.00", want number (+3)',
    ),
    (
        "defect",
        "status",
        "test_hostile_body[</script>]",
        f"DEFECT status: 500, want 200 ({SCRIPT})",
    ),
    ("defect", "status", "test_update_customer", "DEFECT status: 500, want 200"),
    ("defect", "status", "test_update_customer_twice", "DEFECT status: 500, want 200"),
    ("slow", "latency", "test_orders_are_listed_quickly", "SLOW latency: 1.92 s, want < 800 ms"),
    ("test_bug", "test.error", "test_broken_fixture", "TEST BUG test.error: KeyError: 'customer'"),
    (
        "inconclusive",
        "net.connect",
        "test_read_order",
        "INCONCLUSIVE net.connect: refused 3 of 3 connects; the canary is down too",
    ),
    (
        "inconclusive",
        "net.connect",
        "test_read_order_again",
        "INCONCLUSIVE net.connect: refused 3 of 3 connects; the canary is down too",
    ),
    ("recovered", "gateway", "test_delete_order", "RECOVERED gateway: 503 once, then 204"),
    (
        "redhanded.quarantine",
        "assert",
        "test_flaky_total",
        "DEFECT assert: total == 12, got 13",
    ),
    ("pytest.skip", "", "test_only_in_staging", "needs staging"),
    ("pytest.xfail", "", "test_known_gap", "the API does not sort yet"),
    (
        "defect",
        "body.json",
        "test_deep_answer",
        "DEFECT body.json: nested 10,000 levels deep, want at most 64",
    ),
)


class Words(list[str]):
    """A table of words, each of which stands in it once."""

    def of(self, word: str) -> int:
        """The place of the word."""
        if word not in self:
            self.append(word)
        return self.index(word)


def rows_of(words: Words, tests: int) -> Rows:
    """The columns of so many tests."""
    chance = random.Random(7)
    stories = STORIES[:tests]
    passed = tests - len(stories)
    kinds = [kind for kind, *_ in stories] + ["pass"] * passed
    names = [name for _, _, name, _ in stories] + [f"test_passes[{n}]" for n in range(passed)]
    group_of = {place: number for number, one in enumerate(groups()) for place in one["tests"]}
    return {
        "id": [f"{place + 0x3F9C:04x}" for place in range(tests)],
        "file": [words.of(f"tests/api/test_{place % 4}.py") for place in range(tests)],
        "test": names,
        "kind": [words.of(kind) for kind in kinds],
        "code": [words.of(code) for _, code, *_ in stories] + [words.of("")] * passed,
        "route": [words.of(ROUTES[place % len(ROUTES)]) for place in range(tests)],
        "process": [place % 3 for place in range(tests)],
        "at": [3_000 + place * 900_000 // tests for place in range(tests)],
        "took": [200 + chance.randrange(9_000) for _ in range(tests)],
        "calls": [2] * tests,
        "attempts": [4 if kind in {"recovered", "inconclusive"} else 2 for kind in kinds],
        "rounds": [2 if kind == "inconclusive" else 1 for kind in kinds],
        "group": [group_of.get(place, -1) for place in range(tests)],
        "past": [past_of(chance, kind) for kind in kinds],
        "headline": {place: headline for place, (*_, headline) in enumerate(stories)},
        "quarantine": {9: ("team-orders", "2026-12-24")},
        "beside": [],
    }


def past_of(chance: random.Random, kind: str) -> str:
    """Thirty runs of a test, the last one as this kind."""
    letters = {"defect": "D", "drift": "C", "slow": "S", "inconclusive": "I", "recovered": "R"}
    before = "".join(chance.choices(".RID-?", [60, 4, 2, 1, 1, 1], k=29))
    return before + letters.get(kind, ".")


def groups() -> list[Group]:
    """The failures by signature."""
    titles = {"status": "unexpected status", "body.schema": "body breaks its shape"}
    found: list[Group] = []
    for places in ([2, 3], [1], [12], [0], [4], [5], [6, 7], [8], [9]):
        kind, code, _, headline = STORIES[places[0]]
        found.append(
            {
                "kind": "defect" if places == [9] else kind,
                "code": code,
                "title": titles.get(code, ""),
                "headline": headline,
                "routes": [ROUTES[places[0] % len(ROUTES)]],
                "tests": places,
            }
        )
    found[6]["unsent"] = 1
    found[8]["is_quarantined"] = True
    return found
