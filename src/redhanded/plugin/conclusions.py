"""What the run as a whole came to: a report for each finding that no single test made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.verdicts import BESIDE, CAUSE, HEADLINE, ROUTE, TITLE, VERDICT
from redhanded.session.failed_removals import conclusions
from redhanded.verdict.words import Scene, failure_text, headline

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from redhanded.session.conclusion import Conclusion
    from redhanded.session.session import Session

_WHOLE = 2_000  # characters of the headline, which nothing else tells
# They remember failed tests for the next run, and no test has such a name.
_REMEMBERING = ("lfplugin", "stepwiseplugin")


class Conclusions:
    """Tells everybody of the findings on the run, as of tests that failed, when all are over."""

    def __init__(self, session: Session, *conclude: Callable[[], Sequence[Conclusion]]) -> None:
        self._session = session
        self._conclude = conclude

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """After all tests, their requeue included; not where the run was stopped."""
        done = yield
        if not hasattr(session.config, "workerinput"):
            found = [each for conclude in self._conclude for each in conclude()]
            self._tell_all([*found, *conclusions(self._session.folder)], session)
        return done

    def _tell_all(self, concluded: Sequence[Conclusion], session: pytest.Session) -> None:
        session.testscollected += len(concluded)  # else the progress ends beyond 100 %
        if concluded:
            self._begin_line(session.config)
        for conclusion in concluded:
            self._tell(conclusion, session.config)

    def _begin_line(self, config: pytest.Config) -> None:
        """The tests' line in the terminal has ended; where there are letters, name whose they are.

        A test's own beginning would show the progress once more.
        """
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            if reporter.currentfspath is None:
                reporter.line("")
            reporter.ensure_newline()
            if config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES) <= 0:
                reporter.write("the run as a whole ")

    def _tell(self, conclusion: Conclusion, config: pytest.Config) -> None:
        report = self._report(conclusion)
        manager = config.pluginmanager
        deaf = [one for name in _REMEMBERING if (one := manager.get_plugin(name)) is not None]
        tell = manager.subset_hook_caller("pytest_runtest_logreport", remove_plugins=deaf)
        tell(report=report)

    def _report(self, conclusion: Conclusion) -> pytest.TestReport:
        finding, mask = conclusion.finding, self._session.redactor.text
        name, line = mask(conclusion.name), headline(finding, mask=mask)
        scene = Scene(environment=self._session.settings.env or "")
        story = failure_text(finding, scene, mask=mask).removeprefix(line).lstrip("\n")
        return pytest.TestReport(
            nodeid=name,
            location=(name.partition("::")[0], None, name.partition("::")[2]),
            keywords={},
            outcome="failed",
            longrepr=headline(finding, width=_WHOLE, mask=mask),
            when="call",
            sections=[(TITLE, story)],
            user_properties=[
                (VERDICT, str(finding.verdict)),
                (CAUSE, finding.code),
                (HEADLINE, line),
                (ROUTE, mask(conclusion.operation)),
                (BESIDE, "yes"),
            ],
        )
