"""What a contract finds wrong with an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach: `where` (JSONPath, `status`, `headers.<name>`), what stands there, what should.

    `code` groups breaches (`status`, `header`, `body.schema`, `body.json`, `latency`, `value`);
    `rule` is the broken rule in the words of its source (`int_type`, `required`, `maxLength`);
    `source` names the contract behind it (a model, a place in a document).
    """

    code: str
    where: str
    actual: str
    expected: str
    rule: str = ""
    source: str = ""
    level: Literal["error", "warning"] = "error"


class Contract(Protocol):
    """Anything that can judge an attempt; pure, so that it can be asked again at any time."""

    def check(self, attempt: Attempt) -> Sequence[Violation]:
        """Every breach found, in a stable order; empty where the contract holds."""
        ...
