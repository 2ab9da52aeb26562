"""Pages opened in a real browser, headless: when something is seen, and what its memory holds."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PATIENCE = 120_000.0  # milliseconds
# A promise, not a condition to poll: the page's policy forbids to evaluate one again.
_FIRST_PAINT = """new Promise(tell => new PerformanceObserver(seen => {
    const first = seen.getEntriesByName('first-contentful-paint')[0];
    if (first) tell(first.startTime);
}).observe({type: 'paint', buffered: true}))"""


class Opened(NamedTuple):
    """Seconds until a page's first content was painted, and until a test was listed.

    `heap` is what its script holds by then, in MB.
    """

    painted: float
    listed: float
    heap: float


@contextmanager
def browsing() -> Iterator[Browser | None]:
    """A browser that lives as long as the block; None where none is here, or nothing drives it."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None or find_spec("playwright") is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox refuses to start for root, as which containers run.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, page: Path, *, listed: str, rounds: int = 3) -> Opened:
    """The medians of some openings, each in a window of its own; `listed` is a text of its list."""
    found = [_opened(browser, page, listed) for _ in range(rounds)]
    return Opened(*(median(values) for values in zip(*found, strict=True)))


def _opened(browser: Browser, page: Path, listed: str) -> Opened:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    window = context.new_page()
    window.set_default_timeout(_PATIENCE)
    began = time.perf_counter()
    window.goto(page.absolute().as_uri(), wait_until="commit")
    window.get_by_text(listed).first.wait_for(state="attached")
    shown = time.perf_counter() - began
    window.wait_for_load_state("load")
    painted = window.evaluate(_FIRST_PAINT)
    session = context.new_cdp_session(window)
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    context.close()
    return Opened(float(painted) / 1000, shown, heap / 1e6)
