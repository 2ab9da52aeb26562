"""Sweeps in pytest's life: before the first test, and when everything was torn down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.session.journals import has_journals

if TYPE_CHECKING:
    from collections.abc import Generator

    from redhanded.session.session import Session


class Sweeps:
    """Sweeps in the process that sees the whole run; no worker does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_stopped = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Remove what killed runs left, where tests are to be run; a controller has no items."""
        is_controller = session.config.pluginmanager.has_plugin("dsession")
        if not (session.items or is_controller) or session.config.getoption("collectonly"):
            return
        if has_journals(self._session.settings):
            from redhanded.session.sweeping import Sweeping

            Sweeping(self._session).begin()

    def pytest_keyboard_interrupt(self) -> None:
        """Whoever stops a run does not wait for long."""
        self._is_stopped = True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Remove what is left of this run, once its fixtures and its workers are gone."""
        done = yield
        self._session.tracking.close()
        own = f"{self._session.run_id}-"
        if has_journals(self._session.settings, own):
            from redhanded.session.sweeping import Sweeping

            Sweeping(self._session).end(own, is_hurried=self._is_stopped)
        return done
