"""The registry of models: which shape the answers of a route have, without a call to `expect`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from redhanded.contracts.glimpse import unmasked
from redhanded.contracts.model import Extra, ModelContract
from redhanded.contracts.shape import adapter_of, kind_of
from redhanded.core.errors import UsageError
from redhanded.pipeline.routes import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from redhanded.core.attempt import Attempt
    from redhanded.core.violation import Violation

_KEY = re.compile(r"(?P<route>(?P<method>[A-Z]+) /[^\s?#]*)(?: (?P<status>[1-5](?:\d\d|XX)))?")
_BODILESS = frozenset({204, 205, 304})
_MOST = 4096  # targets whose entries are remembered; a path holds ids, of which there is no end


@dataclass(frozen=True, slots=True)
class Entry:
    """What answers of one route have; `status` is `201`, `4XX`, or empty for every 2xx."""

    route: str
    status: str
    shape: Any

    def covers(self, status: int) -> bool:
        """Whether answers of that status are meant."""
        if not self.status:
            return 200 <= status < 300 and status not in _BODILESS
        return self.status in (str(status), f"{status // 100}XX")

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """What sorts the entries of one request: the one that says most stands first."""
        return self.route.count("{"), not self.status, self.status.endswith("XX")


@dataclass(frozen=True, slots=True)
class ModelRegistry:
    """Holds every answer of a route against its shape, as `expect(response, status, shape)` does.

    `models` maps routes to shapes: `{"GET /booking/{id}": Booking}` for every 2xx with a body, and
    `{"GET /booking/{id} 404": Problem}` or `4XX` for others. Of several routes that match the one
    with the fewest variables counts. `below` is the path of the base URL. What is not said of
    `strict`, `extra` and `mask` is what the project says of them.
    """

    kind: ClassVar[Literal["code"]] = "code"
    name: ClassVar[str] = "models"

    models: Mapping[str, Any]
    below: str | None = field(default=None, kw_only=True)
    strict: bool | None = field(default=None, kw_only=True)
    extra: Extra | None = field(default=None, kw_only=True)
    mask: Callable[[str], str] | None = field(default=None, kw_only=True)
    _entries: tuple[Entry, ...] = field(init=False, repr=False, compare=False)
    _met: dict[tuple[str, str], tuple[Entry, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        entries = sorted(_entries(self.models), key=lambda entry: entry.rank)
        object.__setattr__(self, "_entries", tuple(entries))

    def entry_of(self, attempt: Attempt) -> Entry | None:
        """The entry that the attempt's answer is held against; None where there is none.

        Nor is there one for the body of a stream, which the test reads itself.
        """
        status = attempt.status
        if status is None or attempt.response_body is None or attempt.method == "HEAD":
            return None
        entries = self._entries_of(attempt.method, urlsplit(attempt.url).path)
        return next((entry for entry in entries if entry.covers(status)), None)

    def check(self, attempt: Attempt) -> list[Violation]:
        """Every breach of its route's shape in the attempt's body, sorted by place."""
        entry = self.entry_of(attempt)
        if entry is None:
            return []
        contract = ModelContract(
            entry.shape,
            strict=True if self.strict is None else self.strict,
            extra=self.extra or "forbid",
            mask=self.mask or unmasked,
        )
        return contract.check(attempt)

    def _entries_of(self, method: str, path: str) -> tuple[Entry, ...]:
        known = self._met.get((method, path))
        if known is None:
            found = tuple(self._matching(method, path))
            # A route that says most hides the others, whatever the status: /users/me is no id.
            variables = min((entry.rank[0] for entry in found), default=0)
            known = tuple(entry for entry in found if entry.rank[0] == variables)
            if len(self._met) >= _MOST:
                self._met.clear()
            self._met[method, path] = known
        return known

    def _matching(self, method: str, path: str) -> Iterator[Entry]:
        below = self.below or ""
        return (each for each in self._entries if matches(each.route, method, path, below=below))


def _entries(models: Mapping[str, Any]) -> Iterator[Entry]:
    for key, shape in models.items():
        read = _KEY.fullmatch(str(key))
        if read is None:
            raise UsageError(
                f"{key!r} is not a route: write method and path, and a status where one alone is "
                'meant, such as "GET /booking/{id}" or "POST /booking 201".'
            )
        if kind_of(shape) == "type":  # pydantic says at once what it cannot read
            adapter_of(shape)
        yield Entry(read["route"], read["status"] or "", shape)
