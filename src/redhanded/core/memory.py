"""URLs and headers that were met and masked before: most of a run's are the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt

# What is shown, and how many masks are in it.
ShownText: TypeAlias = tuple[str, int]
ShownHeader: TypeAlias = tuple[tuple[str, str], int]
RawHeader: TypeAlias = tuple[bytes, bytes]

_KEPT = 2048


class New(NamedTuple):
    """What of an attempt was not met before; its URL is empty if it was."""

    url: str
    sent: list[RawHeader]
    received: list[RawHeader]


class Side:
    """The headers of one direction: the names that are plain, and what was made of each header."""

    def __init__(self) -> None:
        self.plain: dict[bytes, str] = {}
        self.masked: dict[RawHeader, ShownHeader] = {}


class Memory:
    """What was made of each URL and header since a version of the vault.

    The version is read before anything is masked: a mask that was made with older knowledge is
    kept under the older version, and dropped with it.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.urls: dict[str, ShownText] = {}
        self.sent: Side = Side()
        self.received: Side = Side()

    def is_full(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self.urls) + len(self.sent.masked) + len(self.received.masked) > _KEPT

    def new(self, attempt: Attempt) -> New:
        """What of the attempt was not met yet."""
        sent, received = self.sent.masked, self.received.masked
        return New(
            "" if attempt.url in self.urls else attempt.url,
            [header for header in attempt.raw_request_headers if header not in sent],
            [header for header in attempt.raw_response_headers if header not in received],
        )
