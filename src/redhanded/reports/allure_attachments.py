"""What is attached to a test in Allure: its story, its output, and the bodies that were kept."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from redhanded.reports.run_ids import unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from redhanded.reports.allure_steps import Attachments
    from redhanded.reports.dossier.case import Case, Sent
    from redhanded.reports.dossier.head import Head

OF_TEST: Final = -1
_JSON: Final = ("json", "application/json")
_TEXT: Final = ("txt", "text/plain")


class Attached(NamedTuple):
    """A file beside the results; `attempt` is the index of its attempt, or `OF_TEST`."""

    attempt: int
    file: str
    what: str
    media_type: str
    text: str


def attached(head: Head, case: Case) -> list[Attached]:
    """All that is attached to a test; nothing where there is nothing to tell of it."""
    return [] if case.row.is_quiet else [*_attached(head, case)]


def references(files: Iterable[Attached]) -> dict[int, Attachments]:
    """How results refer to the files, by the attempt."""
    told: defaultdict[int, Attachments] = defaultdict(list)
    for file in files:
        reference = {"name": file.what, "source": file.file, "type": file.media_type}
        told[file.attempt].append(reference)
    return told


def _attached(head: Head, case: Case) -> Iterator[Attached]:
    texts = [(OF_TEST, "story", _TEXT, case.story), (OF_TEST, "output", _TEXT, case.output)]
    for round_ in case.rounds:
        for sent in round_.sent:
            texts += _bodies(sent)
    for index, what, (suffix, media_type), text in texts:
        if text:
            name = unique(head, case.row.id, index, what)
            yield Attached(index, f"{name}-attachment.{suffix}", what, media_type, text)


def _bodies(sent: Sent) -> Iterator[tuple[int, str, tuple[str, str], str]]:
    for what, body in (("request body", sent.request), ("response body", sent.response)):
        if body is not None:
            kind = _JSON if body.kind == "json" and not body.truncated else _TEXT
            yield sent.index, what, kind, body.text
