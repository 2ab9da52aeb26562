"""Pictures of the page: `python -m tests.browser.pictures` for review, with `--docs` those of docs.

Those for review lie in `build/screenshots`: each section and two open tests, in light and dark, on
a narrow and a wide screen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from redhanded.reports.dossier.reading import Spooled
from redhanded.reports.html import report
from tests.browser.chromium import browsing
from tests.browser.run import AWAY, CREATE, LOST, supplement, tell
from tests.browser.view import View, window

ROOT: Final = Path(__file__).parents[2]
REVIEWED: Final = ROOT / "build" / "screenshots"
IMAGES: Final = ROOT / "docs" / "images"
LARGEST: Final = 150_000
"""Bytes of a picture in the documentation."""
THEMES: Final = ("light", "dark")
WIDTHS: Final = (320, 1440)
SECTIONS: Final = (
    *("summary", "failures", "tests", "endpoints", "latency", "health", "trends", "provenance"),
)
OPENED: Final = {"contract": CREATE, "lost": LOST, "rounds": AWAY}


def main(arguments: list[str]) -> None:
    """Make the report of a run and take the pictures."""
    parser = argparse.ArgumentParser(description="Take pictures of the report's page.")
    parser.add_argument("--docs", action="store_true", help="those that the documentation shows")
    is_for_docs = parser.parse_args(arguments).docs
    with tempfile.TemporaryDirectory() as name, browsing() as browser:
        folder = Path(name)
        dossier = tell(folder / "run")
        report.write(dossier, folder / "report.html", supplement())
        take = documented if is_for_docs else reviewed
        for path in take(browser, folder / "report.html", dossier):
            sys.stdout.write(f"{path}\n")


def reviewed(browser: Browser, path: Path, dossier: Spooled) -> Iterator[Path]:
    """Each section and some open tests, in each theme, on each screen."""
    REVIEWED.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        for width in WIDTHS:
            options: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
            with window(browser, **options) as context:
                view = View.on(context, path)
                view.ask("document.querySelector('.bar').style.position = 'static'")
                for section in SECTIONS:
                    target = REVIEWED / f"{section}-{theme}-{width}.png"
                    view.of(f"section#{section}").screenshot(path=target)
                    yield target
                for name, test_id in OPENED.items():
                    view.open_test(test_id, row_of(dossier, test_id))
                    target = REVIEWED / f"test-{name}-{theme}-{width}.png"
                    view.page.screenshot(path=target, full_page=True)
                    yield target


def documented(browser: Browser, path: Path, dossier: Spooled) -> Iterator[Path]:
    """What a reader of the documentation sees: the first look, an open test, and both at night."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    opened = f"t={row_of(dossier, CREATE)}"
    shots = (("summary", "light", "", 900), ("test", "light", opened, 1_060))
    for name, theme, fragment, height in (*shots, ("dark", "dark", "health", 620)):
        options: Any = {"viewport": {"width": 1_100, "height": height}, "color_scheme": theme}
        with window(browser, **options) as context:
            View.on(context, path, fragment).page.screenshot(path=IMAGES / f"report-{name}.png")
        size = (IMAGES / f"report-{name}.png").stat().st_size
        if size > LARGEST:
            raise SystemExit(f"report-{name}.png has {size:,} bytes: take less of the page.")
        yield IMAGES / f"report-{name}.png"


def row_of(dossier: Spooled, test_id: str) -> str:
    """The id of the test in reports."""
    return next(row.id for row in dossier.rows if row.test_id == test_id)


if __name__ == "__main__":
    main(sys.argv[1:])
