"""The retry table as a page for people: `python -m redhanded.pipeline.table_page` prints it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from redhanded.pipeline.table import ROWS

if TYPE_CHECKING:
    from redhanded.pipeline.table import Row

_HEAD = """\
# Retries

<!-- generated from retries.toml: python -m redhanded.pipeline.table_page -->

What is tried again, when, how often and what it means. The code reads this very table.

- **Idempotent** are GET, HEAD, OPTIONS, PUT, DELETE and TRACE, and requests with an \
`Idempotency-Key` on a route that `retry.keys` declares to honour it. **Other** are all the rest.
- The numbers are **extra attempts**. A call makes three attempts in all, whatever their failures; \
row 26 alone makes more. A body that cannot be sent twice, such as a generator, is not sent again.
- **BO** is a back-off with full jitter: a random part of `min(5 s, base * 2^i)`, where i counts \
the earlier retries after the same failure.
- No retry outlives the call's deadline (`timeouts.total`) or the retry budget of its origin \
(`retry.capacity`): a retry costs `retry.cost` tokens, a throttled one `retry.throttled_cost`, and \
a good answer gives them back.
- **Opt-in** names the setting that lists routes of other requests to which the numbers of \
idempotent ones apply.
- The **verdict** is what the failure means when it is not tried again, or no more. **R+C**: the \
server may be blamed only where the failure repeats while a canary request succeeds in between. \
**Side effect unknown**: a write may have been carried out.
- The **breaker** counts failures, and slow ones apart; a 500 shows that the origin is there.

| # | failure | idempotent | other | wait | verdict when exhausted or not retried | breaker |
|---|---|---|---|---|---|---|
"""


def markdown() -> str:
    """The whole page."""
    return _HEAD + "".join(f"| {' | '.join(_cells(row))} |\n" for row in ROWS.values())


def _cells(row: Row) -> tuple[str, ...]:
    return (
        str(row.number),
        row.failure,
        _idempotent(row),
        _other(row),
        _wait(row),
        _verdict(row),
        _breaker(row),
    )


def _idempotent(row: Row) -> str:
    limits = {
        "GET, HEAD and OPTIONS only": row.safe_only,
        "fresh connection": row.fresh and row.idempotent,
        "performed by authentication": row.performed_by == "auth",
    }
    return ", ".join([str(row.idempotent), *(words for words, holds in limits.items() if holds)])


def _other(row: Row) -> str:
    parts = [str(row.other)]
    if row.told_other:
        parts.append(f"{row.idempotent} where the server says how long to wait")
    if row.opt_in:
        parts.append(f"opt-in `retry.{row.opt_in}`")
    return ", ".join(parts)


def _wait(row: Row) -> str:
    back_off = f"BO {_seconds(row.base)}"
    match row.wait:
        case "jitter":
            return back_off
        case "told":
            return f"as told, at most {_seconds(row.cap)}; else {back_off}"
        case "doubling":
            return f"{_seconds(row.base)}, doubling, at most {_seconds(row.cap)}"
        case _:
            return "none" if row.idempotent or row.other else "-"


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"


def _verdict(row: Row) -> str:
    words = {"assertion": "the test's own assertion decides"}
    parts = [words.get(row.verdict, row.verdict)]
    if row.repeats:
        parts[0] += " (R+C)"
    if row.reconcile:
        parts.append("side effect unknown")
    if row.note:
        parts.append(row.note)
    return "; ".join(parts)


def _breaker(row: Row) -> str:
    return "fail, slow" if row.slow and row.breaker == "fail" else row.breaker


if __name__ == "__main__":
    sys.stdout.write(markdown())
