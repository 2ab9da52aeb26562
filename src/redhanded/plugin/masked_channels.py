"""The ways past the reports of tests by which a text leaves the process: each is masked here."""

from __future__ import annotations

import linecache
import logging
from typing import TYPE_CHECKING, Any

import pytest

from redhanded.plugin.masking import mask_object, mask_report

if TYPE_CHECKING:
    import warnings
    from collections.abc import Callable, Generator


class MaskedChannels:
    """Masks collection, subtests, warnings, and why a run broke off."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask

    @pytest.fixture(scope="session")
    def record_testsuite_property(
        self, record_testsuite_property: Callable[[str, object], None]
    ) -> Callable[[str, object], None]:
        """Pytest's own fixture, whose values go to a file by a way of their own, masked."""

        def record(name: str, value: object) -> None:
            record_testsuite_property(self._mask(name), mask_object(value, self._mask))

        return record

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Mask what goes to the file of `--log-file`; records stay as they are for `caplog`."""
        logs = session.config.pluginmanager.get_plugin("logging-plugin")
        handler: logging.Handler | None = getattr(logs, "log_file_handler", None)
        if handler is not None:
            handler.setFormatter(MaskedFormat(handler.formatter or logging.Formatter(), self._mask))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, Any]:
        """Mask why a module cannot be collected, and what it printed when it was imported."""
        report = yield
        mask_report(report, self._mask)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Mask what was put into a report after it was made, as subtests do."""
        mask_report(report, self._mask)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Mask a warning, and the line of code that it shows, before anybody stores it."""
        text = str(warning_message.message)
        if (masked := self._mask(text)) != text:
            warning_message.message = Warning(masked)
        line = linecache.getline(warning_message.filename, warning_message.lineno).strip()
        if (masked := self._mask(line)) != line:
            warning_message.line = masked

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object) -> None:
        """Mask a fault of pytest or of a plugin."""
        mask_object(excrepr, self._mask)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Mask why the run was broken off."""
        error = excinfo.value
        error.args = tuple(mask_object(part, self._mask) for part in error.args)
        if isinstance(error, pytest.exit.Exception):
            error.msg = self._mask(str(error.msg))


class MaskedFormat(logging.Formatter):
    """The text of a log record, masked, in the format of another."""

    def __init__(self, inner: logging.Formatter, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._inner = inner
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The record as the other formats it, masked."""
        return self._mask(self._inner.format(record))
