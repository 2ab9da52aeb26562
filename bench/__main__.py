"""`python -m bench` prints every figure of the README; `--short` takes about a minute."""

from __future__ import annotations

import argparse
import statistics

from bench.lifetimes import pooled_ratios
from bench.overhead import async_ratio, sync_ratio
from bench.server import serving
from bench.suite import history_seconds, one_call_tests, unused_seconds


def percent(ratios: list[float]) -> str:
    """Median and range of ratios, as percent on top."""
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    return f"{middle - 1:+.1%}  (from {low - 1:+.1%} to {high - 1:+.1%}, n = {len(ratios)})"


def times(ratios: list[float]) -> str:
    """Median and range of ratios, as factors."""
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    return f"x{middle:.2f}  (from x{low:.2f} to x{high:.2f}, n = {len(ratios)})"


def milliseconds(seconds: list[float]) -> str:
    """Median and range of durations."""
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return (
        f"{middle * 1e3:+.0f} ms  (from {low * 1e3:+.0f} to {high * 1e3:+.0f}, n = {len(seconds)})"
    )


def main() -> None:
    """Print the figures, one line each, with the budget that they are held against."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds")
    short = parser.parse_args().short
    rounds, calls = (5, 600) if short else (15, 2000)
    runs, tests = (3, 300) if short else (7, 1000)
    with serving() as url:
        print("pipeline and ledger over a bare httpx2 call, CPU (budget +15 %)")
        print("  sync   ", percent(sync_ratio(url, rounds=rounds, calls=calls)))
        print("  async  ", percent(async_ratio(url, rounds=rounds, calls=calls)))
        print(f"{tests} tests of one call over pytest + pooled httpx2, wall (budget +20 %)")
        print("         ", percent(one_call_tests(url, rounds=runs, tests=tests)))
        print("history of a run of one-call tests, wall (no budget)")
        for count in (1, tests // 10, tests):
            spent = history_seconds(url, rounds=runs, tests=count)
            print(f"  {count:<6} ", milliseconds(spent))
        print("plugin installed and unused, wall (budget 40 ms a session)")
        print("         ", milliseconds(unused_seconds(rounds=2 * runs)))
        print("a call made in other ways over one of a client that a test keeps, wall")
        for name, ratios in pooled_ratios(url, rounds=runs, calls=calls // 10).items():
            print(f"  {name}: ", times(ratios))


if __name__ == "__main__":
    main()
