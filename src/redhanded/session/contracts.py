"""The contracts of a run: what every answer of its tests is held against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.registry import ModelRegistry
from redhanded.core.errors import SettingsError
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

    `foreign_sign` says why an answer is not the API's own; `home` is the API's origin.
    """

    judges: Sequence[Judge]
    allowances: Allowances
    home: str
    emit: Emit
    mask: Callable[[str], str]
    foreign_sign: Callable[[Attempt], str]

    def hearing(self, run: TestRun) -> Hearing:
        """The hearing of a test."""
        return Hearing(self, run.test_id, run.scope.calls)


def contracts_of(
    session: Session,
    root: Path,
    *,
    added: Sequence[Contract] = (),
    is_recording: bool = False,
) -> Contracts | None:
    """The contracts that the settings name, and those that were added; None where there are none.

    `is_recording` says that the run writes down what is broken, and fails of none of it. Raises
    UsageError where one cannot be used: before the first test.
    """
    settings = session.settings
    if not (settings.models or settings.openapi or added):
        return None
    return Contracts(
        judges=tuple(_judges(session, root, added)),
        allowances=_allowances(session, is_recording=is_recording),
        home=session.examiner.home,
        emit=session.emit,
        mask=session.redactor.text,
        foreign_sign=session.examiner.foreign_sign,
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


def _judges(session: Session, root: Path, added: Sequence[Contract]) -> Iterator[Judge]:
    settings, shapes = session.settings, session.settings.shapes
    registry = ModelRegistry(
        {},
        below=urlsplit(settings.base_url or "").path,
        strict=shapes.strict,
        extra=shapes.extra,
        mask=session.redactor.text,
    )
    if settings.models:
        yield ModelJudge(replace(registry, models=imported(settings.models, root)))
    operation_of = session.examiner.almanac.operation_of
    if settings.openapi:
        yield from _document_judges(session, operation_of)
    for given in added:
        yield judge_of(given, operation_of, registry)


def _document_judges(session: Session, operation_of: OperationOf) -> Iterator[DocumentJudge]:
    """The judges by documents; who has none imports nothing of what reads them."""
    _require_extra()
    from redhanded.contracts.openapi.contract import OpenAPIContract
    from redhanded.session.documents import documents_of

    settings = session.settings
    see = partial(glimpse, mask=session.redactor.text)
    home = f"{session.examiner.home}/"
    for read in documents_of(session):
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
