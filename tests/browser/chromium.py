"""The system's Chromium, headless: found by name, started, and ended by its handle."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

from tests.servers.processes import ServerNotInstalled, ServerNotStarted

NAMES = ("chromium", "chromium-browser", "google-chrome")
NAMED = "TESTS_CHROMIUM"
SECONDS_TO_START = 50


def program() -> str:
    """Where the browser is.

    Raises ServerNotInstalled where none is on the PATH, nor named in TESTS_CHROMIUM.
    """
    named = os.environ.get(NAMED)
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        names = ", ".join(NAMES)
        told = f"no Chromium ({names}) is on the PATH: install one, such as Debian's chromium"
        raise ServerNotInstalled(told)
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser that lives as long as the block.

    Raises ServerNotInstalled, or ServerNotStarted where it ends at once.
    """
    path = program()
    # Its sandbox refuses to start for root, as whom containers run.
    is_root = os.name == "posix" and os.geteuid() == 0
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=["--no-sandbox"] if is_root else [],
                timeout=1000 * SECONDS_TO_START,
            )
        except Error as error:
            told = f"{path} does not start: {error.message.splitlines()[0]}"
            raise ServerNotStarted(told) from None
        with browser:
            yield browser
