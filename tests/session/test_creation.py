"""Creations, driven by hand: what is written, sent and asked, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from redhanded.cleanup.pending import Answered, Created, Removal
from redhanded.cleanup.registry import Cleanup
from redhanded.core.attempt import Failure, Phase
from redhanded.core.errors import ExpectationFailed, UsageError
from redhanded.core.settings import Resource
from redhanded.pipeline.call import CALL
from redhanded.session.bodies import Body
from redhanded.session.creation import Creation, Effect, Look, Post, Write
from redhanded.session.resources import Recipe
from redhanded.session.tracking import Tracking
from tests.core.attempts import attempt
from tests.pipeline.driving import open_call, response

MARK = "rh-3f2a9c1e-t62kq0-abcdefghijklmnopqrst"
ROOM = Resource(
    create="POST /rooms",
    delete="DELETE /rooms/{id}",
    tag="$.note",
    list_by_tag="GET /rooms?note={tag}",
)
MADE = {"id": 7, "note": MARK}
LISTING, OBJECT = f"GET /rooms?note={MARK}", "GET /rooms/7"


class Lines:
    """A journal that keeps its lines in a list."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []

    def declare(self, declared: Any) -> None:  # noqa: ANN401  the journal's own value
        self.lines += [("untracked", declared.untracked)] * bool(declared.untracked)

    def intend(self, kind: str, tag: str, *, parent: str = "") -> None:
        self.lines.append(("intend", kind, tag))

    def created(self, kind: str, which: str, *, tag: str = "", parent: str = "") -> None:
        self.lines.append(("created", kind, which, tag))

    def not_applied(self, kind: str, tag: str) -> None:
        self.lines.append(("not_applied", kind, tag))


@dataclass
class Driven:
    """A creation whose effects are answered from a list: `seen` is what it did, in order.

    The answer to the request may be an exception, which is raised; a listing is answered by JSON.
    """

    answers: list[Any]
    resource: Resource = ROOM
    mark: str = MARK
    attempts: tuple[Any, ...] = ()
    seen: list[str] = field(default_factory=list)
    journal: Lines = field(default_factory=Lines)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cleanup = Cleanup({"room": self.resource}, send=_nothing, wait=lambda _: None)

    def run(self, shape: object = None) -> object:
        """What comes of it."""
        journal: Any = self.journal
        flow = Creation(
            recipe=Recipe(kind="room", shape=shape, place="conftest.py:3"),
            resource=self.resource,
            body=Body({"note": self.mark}, {}, self.mark),
            parent="",
            tracking=Tracking(journal, self.notes.append),
            cleanup=self.cleanup,
            extensions={},
        )()
        answer: object = None
        try:
            while True:
                answer = self._perform(flow, answer)
        except StopIteration as done:
            value: object = done.value
            return value

    def _perform(self, flow: Any, answer: object) -> object:  # noqa: ANN401  a generator
        effect: Effect = (
            flow.throw(answer) if isinstance(answer, BaseException) else flow.send(answer)
        )
        match effect:
            case Write(act):
                before = len(self.journal.lines)
                act()
                self.seen += [line[0] for line in self.journal.lines[before:]]
                return None
            case Post(method, path):
                self.seen.append(f"{method} {path}")
                self._send(effect)
            case Look(path):
                self.seen.append(f"GET {path}")
        return self.answers.pop(0)

    def _send(self, post: Post) -> None:
        request = httpx2.Request("POST", "http://api.test/rooms")
        call = open_call(request)
        call.attempts.extend(self.attempts)
        request.extensions[CALL] = call
        post.sent.append(request)


def _nothing(_: Removal) -> Answered:
    return Answered(204)


def made(**fields: object) -> httpx2.Response:
    """The answer to a creation."""
    return response(status=201, json=MADE | fields)


def test_the_intent_comes_before_the_request_and_the_id_after() -> None:
    """INVARIANT: there is no moment at which an object exists and nothing tells of it."""
    driven = Driven([made()])

    value = driven.run()

    assert value == MADE
    assert driven.seen == ["intend", "POST /rooms", "created"]
    assert driven.journal.lines[-1] == ("created", "room", "7", MARK)
    assert driven.cleanup.pending == (Created("room", "7"),)


def test_without_a_mark_of_ours_only_the_object_is_written_down() -> None:
    """An intent that nothing can find would only mislead."""
    driven = Driven([response(status=201, json={"id": 7, "note": "mine"})], mark="")

    driven.run()

    assert driven.seen == ["POST /rooms", "created"]


@pytest.mark.parametrize(
    "answers, asked, reason",
    [
        pytest.param([made()], [], "", id="answer-shows-it"),
        pytest.param([made(note=MARK[:9])], [], "the API cuts it to 9 characters", id="cut"),
        pytest.param([made(note=MARK.upper())], [], "the API changes its case", id="case"),
        pytest.param([made(note=None)], [], "the API does not keep it", id="dropped"),
        pytest.param([{"id": 7}, [MADE]], [LISTING], "", id="list-shows-it"),
        pytest.param([{"id": 7}, [{"id": 8}, MADE]], [LISTING], "", id="among-others"),
        pytest.param(
            [{"id": 7}, [MADE | {"note": MARK[:9]}]],
            [LISTING],
            "the API cuts it to 9 characters",
            id="list-shows-it-cut",
        ),
        pytest.param([{"id": 7}, [{"id": 7}], MADE], [LISTING, OBJECT], "", id="object-shows-it"),
        pytest.param([{"id": 7}, [], MADE], [LISTING, OBJECT], "", id="listed-late"),
        pytest.param(
            [{"id": 7}, [], MADE | {"note": MARK[:9]}],
            [LISTING, OBJECT],
            "the API cuts it to 9 characters",
            id="found-by-nothing",
        ),
        pytest.param(
            [{"id": 7}, [{"id": 7}], {"id": 7}],
            [LISTING, OBJECT],
            "GET /rooms?note={tag} does not show it",
            id="shown-nowhere",
        ),
        pytest.param(
            [{"id": 7}, None, None],
            [LISTING, OBJECT],
            "GET /rooms?note={tag} does not list it",
            id="no-answer",
        ),
    ],
)
def test_the_first_of_a_kind_shows_whether_marks_are_kept(
    answers: list[Any], asked: list[str], reason: str
) -> None:
    """By the answer to the creation, else by the list, else by the object."""
    first, *others = answers
    answer = first if isinstance(first, httpx2.Response) else response(status=201, json=first)
    driven = Driven([answer, *others])

    driven.run()

    assert driven.seen == ["intend", "POST /rooms", "created", *asked]
    assert [line[1] for line in driven.journal.lines if line[0] == "untracked"] == [reason] * bool(
        reason
    )
    assert bool(driven.notes) is bool(reason)


UNSENT = Failure("refused", Phase.CONNECT, "ConnectError", "")
LOST = Failure("closed_fresh", Phase.WAIT, "ReadError", "")


@pytest.mark.parametrize(
    "attempts, is_unmade",
    [
        pytest.param([attempt(status=422)], True, id="refused-by-the-api"),
        pytest.param([attempt(status=None, failure=UNSENT)], True, id="never-sent"),
        pytest.param([], True, id="not-even-tried"),
        pytest.param([attempt(status=None, failure=LOST)], False, id="lost"),
        pytest.param([attempt(status=500)], False, id="fault"),
        pytest.param([attempt(status=408)], False, id="timed-out"),
        pytest.param(
            [attempt(status=None, failure=LOST), attempt(status=422)], False, id="lost-before"
        ),
    ],
)
@pytest.mark.parametrize("raises", [True, False], ids=["error", "answer"])
def test_an_intent_ends_only_where_nothing_can_have_come_of_it(
    attempts: list[Any], *, is_unmade: bool, raises: bool
) -> None:
    """INVARIANT: what may have been made unanswered is looked for later."""
    outcome = httpx2.ReadError("lost") if raises else response(status=422, json={})
    driven = Driven([outcome], attempts=tuple(attempts))

    with pytest.raises((httpx2.ReadError, ExpectationFailed)):
        driven.run()

    assert driven.seen == ["intend", "POST /rooms", *["not_applied"] * is_unmade]
    assert driven.cleanup.pending == ()


def test_an_interrupt_leaves_the_intent_as_it_is() -> None:
    """INVARIANT: Ctrl-C after the request went out says nothing about what came of it."""
    driven = Driven([KeyboardInterrupt()])

    with pytest.raises(KeyboardInterrupt):
        driven.run()

    assert driven.seen == ["intend", "POST /rooms"]


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": {"x": 1}}], ids=str)
def test_an_answer_without_an_id_leaves_the_intent_and_says_what_to_write(
    body: dict[str, object],
) -> None:
    """The object is found by its mark, once the declaration is right."""
    driven = Driven([response(status=201, json=body)])

    with pytest.raises(UsageError) as caught:
        driven.run()

    assert driven.seen == ["intend", "POST /rooms"]
    assert str(caught.value) == (
        'resource("room") (conftest.py:3): the answer to POST /rooms has no id at $.id: write'
        ' where it stands, such as id="$.booking.id".'
    )


def test_what_breaks_its_shape_is_registered_first() -> None:
    """INVARIANT: drift leaves nothing behind."""
    driven = Driven([made()])

    with pytest.raises(ExpectationFailed):
        driven.run(dict[str, int])

    assert driven.cleanup.pending == (Created("room", "7"),)


def test_a_removal_by_post_is_no_address_to_read() -> None:
    """Only what is deleted at its own address can be read there."""
    closed = ROOM.model_copy(update={"delete": "POST /rooms/{id}/close"})
    driven = Driven([response(status=201, json={"id": 7}), [{"id": 7}]], resource=closed)

    driven.run()

    assert driven.seen == ["intend", "POST /rooms", "created", LISTING]
    assert "does not show it" in driven.notes[0]
