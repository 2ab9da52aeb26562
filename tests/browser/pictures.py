"""Pictures of the page: `python -m tests.browser.pictures` for review, with `--docs` those of docs.

Those for review lie in `build/screenshots`: each section and two open tests, in light and dark, on
a narrow and a wide screen. Beside those of docs stands `pictures.json`: what each picture says, by
which a test tells whether it is still one of the page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
SIDECAR: Final = IMAGES / "pictures.json"
LARGEST: Final = 150_000
"""Bytes of a picture in the documentation."""
WIDTH: Final = 1_100
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


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the documentation: where the page is opened, and how much of it is seen."""

    name: str
    height: int
    section: str = ""
    test: str = ""
    theme: str = "light"

    @property
    def path(self) -> Path:
        """Where the picture lies."""
        return IMAGES / f"report-{self.name}.png"

    @contextmanager
    def opened(self, browser: Browser, report_: Path, dossier: Spooled) -> Iterator[View]:
        """The page as the picture shows it."""
        fragment = f"t={row_of(dossier, self.test)}" if self.test else self.section
        size: Any = {"width": WIDTH, "height": self.height}
        with window(browser, viewport=size, color_scheme=self.theme) as context:
            yield View.on(context, report_, fragment)


SHOTS: Final = (
    Shot("summary", 900),
    Shot("test", 1_060, test=CREATE),
    Shot("verdict", 780, test=CREATE),
    Shot("dark", 620, section="health", theme="dark"),
)

# Each text of the page in its order, and whether the window shows the whole of it.
_TEXTS: Final = """() => {
  const bar = document.querySelector('.bar').getBoundingClientRect().bottom;
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const told = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim().replace(/\\s+/g, ' ');
    range.selectNodeContents(walker.currentNode);
    const {top, bottom, height} = range.getBoundingClientRect();
    if (text && height) told.push([text, top >= bar && bottom <= innerHeight]);
  }
  return told;
}"""


def texts(view: View) -> list[tuple[str, bool]]:
    """Each text that the page has drawn, and whether the window shows the whole of it."""
    return [(text, bool(is_shown)) for text, is_shown in view.ask(_TEXTS)]


def shown(view: View) -> list[str]:
    """The texts that one after the other are in view, up to the first that is not."""
    found = texts(view)
    first = next(place for place, (_, is_shown) in enumerate(found) if is_shown)
    ended = (at for at in range(first, len(found)) if not found[at][1])
    return [text for text, _ in found[first : next(ended, len(found))]]


def documented(browser: Browser, path: Path, dossier: Spooled) -> Iterator[Path]:
    """What a reader of the documentation sees: the first look, an open test, and both at night."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {}
    for shot in SHOTS:
        with shot.opened(browser, path, dossier) as view:
            picture = view.page.screenshot(path=shot.path)
            digest = hashlib.sha256(picture).hexdigest()
            said[shot.path.name] = {"sha256": digest, "shows": shown(view)}
        if len(picture) > LARGEST:
            raise SystemExit(f"{shot.path.name} has {len(picture):,} bytes: show less of the page.")
        yield shot.path
    SIDECAR.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    yield SIDECAR


def row_of(dossier: Spooled, test_id: str) -> str:
    """The id of the test in reports."""
    return next(row.id for row in dossier.rows if row.test_id == test_id)


if __name__ == "__main__":
    main(sys.argv[1:])
