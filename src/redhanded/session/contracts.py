"""The contracts of a run: what every answer of its tests is held against."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.registry import ModelRegistry
from redhanded.core.errors import SettingsError, UsageError
from redhanded.session import baseline
from redhanded.session.allowances import Allowances
from redhanded.session.baseline import EMPTY
from redhanded.session.hearing import Hearing
from redhanded.session.judges import DocumentJudge, ModelJudge, judge_of
from redhanded.session.named_shapes import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from redhanded.contracts.openapi.contract import OpenAPIContract
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.core.attempt import Attempt
    from redhanded.core.events import Emit
    from redhanded.core.violation import Contract
    from redhanded.session.coverage import Coverage
    from redhanded.session.judges import Judge, OperationOf
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun


@dataclass(frozen=True, slots=True)
class Contracts:
    """What the tests of one process are held against, and how what they break is told.

    `foreign_sign` says why an answer is not the API's own; `home` is the API's origin. `lack` says
    what could not be had to hold them against, empty where nothing is missing; `again` tries anew.
    """

    judges: Sequence[Judge]
    allowances: Allowances
    home: str
    emit: Emit
    mask: Callable[[str], str]
    foreign_sign: Callable[[Attempt], str]
    lack: str = ""
    again: Callable[[], Contracts | None] = lambda: None

    def renewed(self) -> Contracts:
        """The same, with what was missing, where it can be had by now."""
        if self.lack:
            with suppress(UsageError):  # it is there, and of no use: what was said stands
                return self.again() or self
        return self

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents among them."""
        return tuple(
            judge.contract.document for judge in self.judges if isinstance(judge, DocumentJudge)
        )

    def hearing(self, run: TestRun) -> Hearing:
        """The hearing of a test."""
        return Hearing(self, run.test_id, run.scope.calls, run.inquiry)


def contracts_of(
    session: Session,
    root: Path,
    *,
    added: Sequence[Contract] = (),
    is_recording: bool = False,
) -> Contracts | None:
    """The contracts that the settings name, and those that were added; None where there are none.

    `is_recording` says that the run writes down what is broken, and fails of none of it. Raises
    UsageError where one cannot be used: before the first test. A document that the environment
    keeps from us is a lack: what tests are told without it is not judged.
    """
    settings = session.settings
    if not (settings.models or settings.openapi or added):
        return None
    judges, lack = _judges(session, root, added)
    return Contracts(
        judges=judges,
        allowances=_allowances(session, is_recording=is_recording),
        home=session.examiner.home,
        emit=session.emit,
        mask=session.redactor.text,
        foreign_sign=session.examiner.foreign_sign,
        lack=lack,
        again=partial(contracts_of, session, root, added=added, is_recording=is_recording),
    )


def _allowances(session: Session, *, is_recording: bool) -> Allowances:
    contracting, file = session.settings.contract, session.settings.contract.baseline
    if file is not None and not is_recording and not file.exists():
        session.note(
            f"there is no baseline {file.name}, so it lets nothing pass: correct its name, or "
            "write it with --rh-contract-update"
        )
    return Allowances(
        ignores=contracting.ignore,
        baseline=baseline.read(file) if file is not None else EMPTY,
        today=session.today(),
        note=session.note,
        is_recording=is_recording,
        is_lenient=contracting.preset == "drift",
    )


def _judges(
    session: Session, root: Path, added: Sequence[Contract]
) -> tuple[tuple[Judge, ...], str]:
    """The judges, and what kept the documents from us."""
    settings, shapes = session.settings, session.settings.shapes
    registry = ModelRegistry(
        {},
        below=urlsplit(settings.base_url or "").path,
        strict=shapes.strict,
        extra=shapes.extra,
        mask=session.redactor.text,
    )
    judges: list[Judge] = []
    if settings.models:
        judges.append(ModelJudge(replace(registry, models=imported(settings.models, root))))
    operation_of = session.examiner.almanac.operation_of
    documents, lack = _documents(session) if settings.openapi else ((), "")
    judges += _document_judges(session, documents, operation_of)
    judges += (judge_of(given, operation_of, registry) for given in added)
    return tuple(judges), lack


def _documents(session: Session) -> tuple[tuple[Document, ...], str]:
    """The documents, and what kept them from us; who has none imports nothing that reads them."""
    _require_extra()
    from redhanded.contracts.openapi.document import DocumentUnreachable
    from redhanded.session.documents import documents_of

    try:
        return documents_of(session), ""
    except DocumentUnreachable as error:
        return (), str(error)


def _document_judges(
    session: Session, documents: Sequence[Document], operation_of: OperationOf
) -> Iterator[DocumentJudge]:
    """The judges by documents."""
    if not documents:
        return
    from redhanded.contracts.openapi.contract import OpenAPIContract

    settings = session.settings
    see = partial(glimpse, mask=session.redactor.text)
    home = f"{session.examiner.home}/"
    for read in documents:
        # An API is known, and its port may be another one in each run.
        document = replace(read, name=read.name.removeprefix(home))
        if document.flaws:
            session.note(_of_flaws(document))
        contract = OpenAPIContract(document, settings.contract, settings.base_url or "", see=see)
        yield DocumentJudge(contract, operation_of, _coverage(session, contract))


def _coverage(session: Session, contract: OpenAPIContract) -> Coverage:
    from redhanded.session.coverage import Coverage

    def accepting(schema: Node, direction: Direction) -> Callable[[object], bool]:
        return contract.schemas.check(schema, direction, closed=False).accepts

    return Coverage(
        contract.document,
        accepting,
        emit=session.emit,
        folder=session.folder,
        worker=session.worker,
    )


def _of_flaws(document: Document) -> str:
    first, count = str(document.flaws[0]).rstrip("."), len(document.flaws)
    told = "a flaw" if count == 1 else f"{count} flaws, the first of them"
    return f"{document.name} has {told} at {first}; what answers need of that is told as a finding"


def _require_extra() -> None:
    missing = [name for name in ("jsonschema_rs", "yaml") if find_spec(name) is None]
    if missing:
        raise SettingsError("openapi needs more than is installed: pip install redhanded[openapi]")
