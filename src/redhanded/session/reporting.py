"""Which reports a run writes, and writing them: whatever goes wrong costs a sentence, no run."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.core.errors import UsageError
from redhanded.reports.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from redhanded.core.events import Event
    from redhanded.core.settings import Settings
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.formats import Format, Write
    from redhanded.session.session import Session

PAGE: Final = "report.html"
_LATER: Final = "; `redhanded report` writes it later"
_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
_MOST: Final = 1024 * 1024  # bytes that GitHub takes of a step's summary, in MiB as it counts
_OPTION: Final = "--rh-report"
_JUNIT: Final = "--rh-junit"


class Wanted(NamedTuple):
    """A report to write; `asked` is how it was asked for, with `{}` in the place of the path."""

    name: str
    path: Path
    asked: str

    @property
    def format(self) -> Format:
        """Its format."""
        return FORMATS[self.name]


def wanted_of(
    settings: Settings,
    *,
    given: Sequence[str] = (),
    junit: str | None = None,
    start: Path,
) -> list[Wanted]:
    """The reports that the settings and the command line name, seen from `start`.

    Raises UsageError, in one sentence, where a format is none or a path can be no report's.
    """
    asked = named(given, option=_OPTION, start=start)
    known = {each.name for each in asked}
    files = [each for each in settings.report.files.items() if each[0] not in known]
    found = [
        *([_wanted("junit", junit, f"{_JUNIT}={{}}", start)] if junit is not None else []),
        *asked,
        *(_wanted(name, path, f'report.files.{name} = "{{}}"', start) for name, path in files),
    ]
    _refuse_doubles(found)
    return [*dict.fromkeys(found)]


def named(given: Sequence[str], *, option: str, start: Path) -> list[Wanted]:
    """The reports that an option names as `FORMAT=PATH`, seen from `start`.

    Raises UsageError, in one sentence, where a format is none or a path can be no report's.
    """
    pairs = [_pair(text, option) for text in given]
    found = [_wanted(name, path, f"{option} {name}={{}}", start) for name, path in pairs]
    _refuse_doubles(found)
    return found


def _pair(text: str, option: str) -> tuple[str, str]:
    """Format and path of `FORMAT=PATH`."""
    name, separator, path = (part.strip() for part in text.partition("="))
    if name not in FORMATS:
        close = get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(FORMATS)}"
        raise UsageError(f'{option} {text}: there is no format "{name}"; {hint}')
    if not separator or not path:
        example = f"{option} {name}={FORMATS[name].example}"
        raise UsageError(f"{option} {text}: write FORMAT=PATH, such as {example}")
    return name, path


def _wanted(name: str, given: str, asked: str, start: Path) -> Wanted:
    path = start / Path(os.path.expandvars(given)).expanduser()
    how, is_folder = asked.format(given), FORMATS[name].is_folder
    if not given.strip() or (path.is_file() if is_folder else path.is_dir()):
        kind = "folder" if is_folder else "file"
        raise UsageError(
            f"{how} names no {kind}: write such as {asked.format(FORMATS[name].example)}"
        )
    return Wanted(name, path, asked)


def _refuse_doubles(found: Sequence[Wanted]) -> None:
    """Two reports cannot stand in one place."""
    known: dict[Path, str] = {}
    for each in found:
        other = known.setdefault(each.path, each.name)
        if other != each.name:
            raise UsageError(
                f"{each.asked.format(each.path)}: {other} is written there as well;"
                " give each report a path of its own"
            )


class Written(NamedTuple):
    """What became of reports: lines on those that are there, sentences on those that are not."""

    lines: Sequence[str]
    troubles: Sequence[str]


def write_all(
    dossier: Dossier,
    wanted: Iterable[Wanted],
    *,
    shown: Callable[[Path], str] = str,
    page: Write | None = None,
) -> Written:
    """Write each report, whatever becomes of the others; `shown` is a path as one types it.

    `page` writes the page, where somebody knows more of the run than its dossier does.
    """
    lines, troubles = [], []
    for each in wanted:
        path = shown(each.path)
        asked = each.asked.partition("{}")[0].rstrip('= "')
        advice = f"; give {asked} another path" if asked else _LATER
        if why := _trouble(each, dossier, page, advice=advice):
            troubles.append(f"no {each.format.title}: {path} {why}")
        else:
            lines.append(f"{each.format.title}: {path}")
    return Written(lines, troubles)


def _trouble(
    wanted: Wanted, dossier: Dossier, page: Write | None = None, *, advice: str = ""
) -> str:
    """Why a report is not there, and what to do about a place for it; empty where it is."""
    try:
        write = page if page is not None and wanted.name == "html" else wanted.format.write
        write(dossier, wanted.path)
    except OSError as error:
        return f"cannot be written ({error.strerror or error}){advice}"
    except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the run
        return f"cannot be made ({type(fault).__name__}): please report it"
    return ""


class Reporting:
    """The reports of one run, written when it is over by the process that sees all of it.

    `lines` say what there is, `troubles` what there is not; `annotations` are for GitHub's runner,
    which reads them from the output.
    """

    def __init__(
        self,
        session: Session,
        wanted: Sequence[Wanted],
        *,
        environ: Mapping[str, str],
        root: Path | None = None,
    ) -> None:
        self.lines: list[str] = []
        self.troubles: list[str] = []
        self.annotations: list[str] = []
        self._session = session
        self._wanted = wanted
        self._root = root
        is_job = environ.get("GITHUB_ACTIONS") == "true"
        self._is_job = is_job and session.settings.report.github == "auto"
        self._summary = environ.get(_SUMMARY, "")

    def without_job(self) -> Reporting:
        """The same files alone, with nothing for GitHub's runner."""
        return Reporting(self._session, self._wanted, environ={}, root=self._root)

    def write(self, heard: Iterable[Event], shown: Callable[[Path], str]) -> None:
        """Write everything that is wanted; `heard` is what this process knows by itself."""
        try:
            self._write(heard, shown)
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the run
            name = type(fault).__name__
            self.troubles.append(f"no reports: they cannot be made ({name}): please report it")

    def _write(self, heard: Iterable[Event], shown: Callable[[Path], str]) -> None:
        wanted = [*self._wanted, *self._page()]
        if not (wanted or self._is_job):
            return
        from redhanded.reports.dossier.reading import read

        session = self._session
        dossier = read([session.folder], heard=heard, mask=session.redactor.text)
        told = wanted if dossier.rows else self._wanted
        written = write_all(dossier, told, shown=shown, page=self._writer(told))
        self.lines += written.lines
        self.troubles += written.troubles
        if self._is_job:
            self._annotate(dossier)

    def _writer(self, wanted: Sequence[Wanted]) -> Write:
        """What writes the page, with what this session knows of its run."""
        from redhanded.session.page import Page

        return Page(
            [self._session.folder],
            self._session.settings,
            self._root,
            others={each.path: each.format.title for each in wanted},
            note=self.troubles.append,
        )

    def _page(self) -> Iterator[Wanted]:
        """The page in the run's own folder, unless it lies there anyway."""
        if self._session.settings.report.html and self._session.folder.is_dir():
            yield Wanted("html", self._session.folder / PAGE, "")

    def _annotate(self, dossier: Dossier) -> None:
        """Tell GitHub's runner, where the run is a job of it."""
        from redhanded.reports import annotations

        self.annotations += annotations.lines(dossier)
        if self._summary and (why := self._summarise(dossier, Path(self._summary))):
            self.troubles.append(f"no job summary: {self._summary} {why}")

    def _summarise(self, dossier: Dossier, path: Path) -> str:
        """Append the summary to the step's; why that cannot be, empty where it is done."""
        made = self._session.folder / "summary.md"
        if why := _trouble(Wanted("summary", made, ""), dossier):
            return why
        try:
            text = made.read_bytes()
            there = path.stat().st_size if path.exists() else 0
            if there + len(text) > _MOST:
                return f"would grow beyond 1 MiB; this run's part is {made}"
            with path.open("ab") as file:
                file.write(text)
        except OSError as error:
            return f"cannot be written ({error.strerror or error})"
        return ""
