"""A page as a reader has it open, with all that must not happen in it noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, Page
from playwright.sync_api import Request as Fetched

READY = "html[data-ready=all]"


@dataclass
class View:
    """One window on one report; `noted` are what it complained of, and where it tried to go."""

    page: Page
    report: Path
    noted: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, context: BrowserContext, report: Path, fragment: str = "") -> View:
        """The report in a new window, all of it drawn."""
        view = cls(context.new_page(), report)
        view.page.on("console", view._console)
        view.page.on("pageerror", lambda error: view.noted.append(str(error)))
        view.page.on("request", view._request)
        view.page.on("dialog", view._dialog)
        view.go(fragment)
        return view

    def show(self, report: Path, fragment: str = "") -> View:
        """Another report in the same window, which costs a third of a new one."""
        self.report = report
        self.go(fragment)
        return self

    def go(self, fragment: str = "") -> None:
        """Open the report anew, at this place of it."""
        self.page.goto("about:blank")
        self.page.goto(self.report.as_uri() + (f"#{fragment}" if fragment else ""))
        self.page.locator(READY).wait_for(state="attached")

    def of(self, selector: str) -> Locator:
        """What the selector finds."""
        return self.page.locator(selector)

    def text(self, selector: str) -> str:
        """The text of the one element that the selector finds, its blanks as one."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def texts(self, selector: str) -> list[str]:
        """The text of each element that the selector finds, seen or not, its blanks as one."""
        return [" ".join(one.split()) for one in self.page.locator(selector).all_text_contents()]

    def rows(self) -> list[list[str]]:
        """The cells of the tests that are listed, as far as they are in the page."""
        found = self.page.locator("#rows tbody tr[data-test]").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return [[str(cell) for cell in row] for row in found]

    def listed(self) -> list[str]:
        """The tests that are listed, by their ids."""
        found = self.page.locator("#rows tbody tr[data-test]").evaluate_all(
            "rows => rows.map(row => row.dataset.test)"
        )
        return [str(one) for one in found]

    def ask(self, expression: str) -> Any:  # noqa: ANN401  what JSON may hold
        """What an expression is in the page."""
        return self.page.evaluate(expression)

    @property
    def fragment(self) -> str:
        """What stands behind `#` in its address."""
        return str(self.page.evaluate("location.hash.slice(1)"))

    @property
    def focused(self) -> str:
        """The id of what has the focus, else its text, else its tag."""
        told = "const on = document.activeElement; on.id || on.textContent || on.tagName"
        return str(self.page.evaluate(f"(() => {{ {told.replace('; on.', '; return on.')} }})()"))

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def open_test(self, test_id: str, row_id: str) -> None:
        """Open the test of that row, and wait until it is shown."""
        self.page.evaluate(f"location.hash = 't={row_id}'")
        self.page.locator("#h-test", has_text=test_id[-20:]).wait_for()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.noted.append(message.text)

    def _request(self, request: Fetched) -> None:
        if request.url not in {"about:blank", "data:,"} and not self._is_own(request.url):
            self.noted.append(f"it asked for {request.url[:200]}")

    def _is_own(self, url: str) -> bool:
        return url.partition("#")[0] == self.report.as_uri()

    def _dialog(self, dialog: Dialog) -> None:
        self.noted.append(f"it showed a dialog: {dialog.message}")
        dialog.dismiss()


def window(browser: Browser, **options: Any) -> BrowserContext:  # noqa: ANN401  Playwright's own
    """A window of a reader of ours: as wide as a desk's unless told, and calm."""
    ordinary: dict[str, Any] = {
        "viewport": {"width": 1440, "height": 900},
        "reduced_motion": "reduce",
        "locale": "en-US",
    }
    context = browser.new_context(**ordinary | options)
    context.set_default_timeout(20_000)
    return context
