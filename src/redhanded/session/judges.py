"""Judges: what an answer is held against, each with a name and an opinion that can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias

from redhanded.contracts.registry import ModelRegistry
from redhanded.contracts.shape import kind_of, name_of
from redhanded.core.errors import InternalError, UsageError
from redhanded.verdict.drift import PREFIX, Opinion, is_about_body

if TYPE_CHECKING:
    from redhanded.contracts.openapi.contract import OpenAPIContract
    from redhanded.contracts.openapi.examination import Examination
    from redhanded.core.attempt import Attempt
    from redhanded.core.violation import Contract, Violation
    from redhanded.pipeline.call import Held
    from redhanded.session.coverage import Coverage

Kind: TypeAlias = Literal["code", "document"]
OperationOf: TypeAlias = Callable[["Attempt"], str]

_DOCUMENT = re.compile(rb"""["']?openapi["']?\s*:\s*["']?3\.""")
_START = 1024  # bytes in which a document says what it is
_ANYTHING = (str, bytes, dict, list, object)

LACKS: Final = frozenset({f"{PREFIX}operation_undocumented", f"{PREFIX}method_undocumented"})
"""The codes of what a document says of an exchange that it does not describe."""


class Ruling(NamedTuple):
    """What a judge says of one answer, as an answer of which operation.

    `opinion` is that on its body, None without one; `examination` is what of a document was met.
    `is_check` says that it was held against something: a document may know nothing of it.
    """

    operation: str
    violations: Sequence[Violation]
    opinion: Opinion | None = None
    examination: Examination | None = None
    is_check: bool = True


class Judge(Protocol):
    """One contract of a run."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def kind(self) -> Kind:
        """What it is made of."""
        ...

    def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling | None:
        """What it says of the attempt's answer; None where that is not its matter.

        `held` are the shapes that the test itself held the answer against.
        """
        ...


@dataclass(frozen=True, slots=True)
class DocumentJudge:
    """Judges by an OpenAPI document; what that lacks is named by `operation_of`."""

    contract: OpenAPIContract
    operation_of: OperationOf
    coverage: Coverage
    kind: Kind = "document"

    @property
    def name(self) -> str:
        """The document's name."""
        return self.contract.name

    def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling | None:  # noqa: ARG002
        """What the document says, whatever the test has said; it need not describe itself."""
        found = self.contract.examine(attempt)
        if found.operation is None and _is_document(attempt):
            return None
        operation, is_check = self._operation(attempt, found), found.operation is not None
        return Ruling(operation, found.violations, self._on(found), found, is_check)

    def _operation(self, attempt: Attempt, found: Examination) -> str:
        if found.operation is not None:
            return found.operation.name
        return (
            f"{attempt.method} {found.template}" if found.template else self.operation_of(attempt)
        )

    def _on(self, found: Examination) -> Opinion | None:
        is_broken = any(map(is_about_body, found.violations))
        has_looked = found.response.schema is not None or found.response.item_schema is not None
        return Opinion(self.name, "document", not is_broken) if has_looked or is_broken else None


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """Judges by a registry of models, where the test has not done so with the same shape."""

    registry: ModelRegistry
    kind: Kind = "code"

    @property
    def name(self) -> str:
        """What all registries are called."""
        return self.registry.name

    def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling | None:
        """What the model of the route says."""
        entry = self.registry.entry_of(attempt)
        if entry is None:
            return None
        if any(_is_same(each.shape, entry.shape) for each in held):
            return Ruling(entry.route, ())
        violations = self.registry.check(attempt)
        return Ruling(
            entry.route, violations, Opinion(name_of(entry.shape), "code", not violations)
        )


@dataclass(frozen=True, slots=True)
class OtherJudge:
    """Judges by any contract that a project brings; it says of every answer what is wrong."""

    contract: Contract
    operation_of: OperationOf
    name: str
    kind: Kind

    def rule(self, attempt: Attempt, held: Sequence[Held]) -> Ruling | None:  # noqa: ARG002
        """What the contract says; UsageError where it fails itself."""
        try:
            violations = list(self.contract.check(attempt))
        except (UsageError, InternalError):
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise UsageError(
                f"The contract {self.name} failed itself, by {said}: mend its `check`."
            ) from error
        return Ruling(self.operation_of(attempt), violations)


def competent(rulings: Iterable[tuple[Judge, Ruling]]) -> list[tuple[Judge, Ruling]]:
    """The rulings, without those of documents that lack what another document has.

    Documents that describe an API together each describe a part of it.
    """
    made = list(rulings)
    if not any(ruling.examination and ruling.examination.operation for _, ruling in made):
        return made
    return [(judge, ruling) for judge, ruling in made if not _is_of_another_part(ruling)]


def _is_of_another_part(ruling: Ruling) -> bool:
    found = ruling.examination
    return (
        found is not None
        and found.operation is None
        and all(violation.code in LACKS for violation in found.violations)
    )


def _is_document(attempt: Attempt) -> bool:
    """Whether the answer is an OpenAPI document itself, by how one begins."""
    return _DOCUMENT.search((attempt.response_body or b"")[:_START]) is not None


def judge_of(contract: Contract, operation_of: OperationOf, registry: ModelRegistry) -> Judge:
    """The judge by a contract; what a registry of models leaves open is as in `registry`."""
    if isinstance(contract, ModelRegistry):
        said = {name: getattr(contract, name) for name in ("below", "strict", "extra", "mask")}
        given = {name: value for name, value in said.items() if value is not None}
        return ModelJudge(replace(registry, models=contract.models, **given))
    if not callable(getattr(contract, "check", None)):
        raise UsageError(
            f"pytest_redhanded_contracts gave {name_of(contract)}, which is no contract: a contract"
            " has a method check(attempt) that returns violations."
        )
    name = str(getattr(contract, "name", "") or type(contract).__name__)
    kind: Kind = "document" if getattr(contract, "kind", "code") == "document" else "code"
    return OtherJudge(contract, operation_of, name, kind)


def opinions_of(held: Sequence[Held]) -> list[Opinion]:
    """What the models say that the test itself held an answer against."""
    return [
        Opinion(name_of(each.shape), "code", each.is_kept)
        for each in held
        if each.shape not in _ANYTHING and kind_of(each.shape) == "type"
    ]


def _is_same(one: object, other: object) -> bool:
    return one is other or (type(one) is type(other) and one == other)
