"""The resource registry: everything registered is tried, and what stays is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import pytest

from redhanded.cleanup.pending import Answered, Created, Leftover, Removal, Undo
from redhanded.cleanup.registry import Cleanup
from redhanded.core.errors import UsageError
from redhanded.core.settings import Resource

RESOURCES = {
    "booking": Resource(delete="DELETE /booking/{id}"),
    "user": Resource(delete="POST /users/{id}/close", identity="admin"),
    "hotel": Resource(delete="DELETE /hotels/{id}"),
    "room": Resource(delete="DELETE /rooms/{id}", parent="hotel"),
    "bed": Resource(delete="DELETE /rooms/{parent}/beds/{id}", parent="room"),
}


@dataclass
class Server:
    """An API that remembers each request and answers with the status planned for its path."""

    planned: dict[str, int | BaseException] = field(default_factory=dict)
    seen: list[tuple[str, str, str | None]] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)

    def send(self, method: str, path: str, identity: str | None) -> int:
        self.seen.append((method, path, identity))
        answer = self.planned.get(path, 204)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def remove(self, asked: Removal) -> Answered:
        status = self.send(asked.method, asked.path, asked.identity)
        return Answered(status, asked.path in self.strangers)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.seen]


@dataclass
class Written:
    """What was written down, line by line."""

    lines: list[tuple[str, ...]] = field(default_factory=list)

    def declare(self, kind: str, resource: Resource) -> None:
        self.lines.append(("declare", kind, resource.delete))

    def created(self, kind: str, which: str, *, parent: str = "") -> None:
        self.lines.append(("created", kind, which, parent))

    def deleted(self, kind: str, which: str, *, parent: str = "") -> None:
        self.lines.append(("deleted", kind, which, *([parent] if parent else [])))

    def gave_up(self, kind: str, which: str, reason: str, *, parent: str = "") -> None:
        self.lines.append(("gave_up", kind, which, reason, *([parent] if parent else [])))


@dataclass
class Answer:
    status_code: int


def _wait(awaitable: Awaitable[object]) -> object:
    async def whole() -> object:
        return await awaitable

    return asyncio.run(whole())


@pytest.fixture
def server() -> Server:
    """An API where everything is removed when asked."""
    return Server()


@pytest.fixture
def cleanup(server: Server) -> Cleanup:
    """A registry that knows two kinds of objects."""
    return Cleanup(RESOURCES, send=server.remove, wait=_wait)


def _refuse(*args: object) -> None:
    raise RuntimeError("the door is locked")


def test_objects_are_removed_the_latest_first(cleanup: Cleanup, server: Server) -> None:
    """What was made last may depend on what was made before, so it goes first."""
    cleanup("booking", 1)
    cleanup("user", "ann")
    cleanup("booking", 2)

    left = cleanup.run()

    assert left == ()
    assert server.seen == [
        ("DELETE", "/booking/2", None),
        ("POST", "/users/ann/close", "admin"),
        ("DELETE", "/booking/1", None),
    ]


def test_functions_and_objects_share_one_order(cleanup: Cleanup, server: Server) -> None:
    """A function stands in the same row as a declared object."""
    cleanup("booking", 1)
    cleanup(server.send, "PUT", "/off", None)
    cleanup("booking", 2)

    cleanup.run()

    assert server.paths == ["/booking/2", "/off", "/booking/1"]


def test_named_arguments_reach_the_function(cleanup: Cleanup) -> None:
    """A function is called with everything that stood behind it."""
    calls: list[tuple[str, bool]] = []

    def drop(name: str, *, hard: bool) -> None:
        calls.append((name, hard))

    cleanup(drop, "table", hard=True)
    cleanup.run()

    assert calls == [("table", True)]


def test_an_async_function_is_run_to_its_end(cleanup: Cleanup) -> None:
    """An awaitable is handed to the runner, and its answer is judged like any other."""

    async def delete(path: str) -> Answer:
        await asyncio.sleep(0)
        return Answer(500 if path == "/bad" else 204)

    cleanup(delete, "/good")
    cleanup(delete, "/bad")
    left = cleanup.run()

    assert [each.id for each in left] == ["/bad"]
    assert left[0].reason.endswith("delete answered 500")


@pytest.mark.parametrize(
    "which, path",
    [
        pytest.param("a/b", "/booking/a%2Fb", id="slash"),
        pytest.param("a?b#c", "/booking/a%3Fb%23c", id="query-and-fragment"),
        pytest.param("50% é", "/booking/50%25%20%C3%A9", id="percent-space-and-letters"),
        pytest.param("../../admin", "/booking/..%2F..%2Fadmin", id="climbing"),
        pytest.param("{id}", "/booking/%7Bid%7D", id="braces"),
        pytest.param(UUID(int=7), "/booking/00000000-0000-0000-0000-000000000007", id="uuid"),
        pytest.param(0, "/booking/0", id="zero"),
    ],
)
def test_an_id_never_leaves_its_place_in_the_path(
    cleanup: Cleanup, server: Server, which: str | int | UUID, path: str
) -> None:
    """Whatever an id holds, it stays one segment of the declared path."""
    cleanup("booking", which)
    cleanup.run()

    assert server.paths == [path]


@pytest.mark.parametrize(
    "status", [pytest.param(code, id=str(code)) for code in (200, 202, 204, 404, 410)]
)
def test_an_object_that_is_gone_leaves_nothing_to_tell(
    cleanup: Cleanup, server: Server, status: int
) -> None:
    """Removed now or gone before: both are done."""
    server.planned["/booking/1"] = status
    cleanup("booking", 1)

    assert cleanup.run() == ()


@pytest.mark.parametrize(
    "status", [pytest.param(code, id=str(code)) for code in (302, 401, 403, 409, 429, 500, 503)]
)
def test_any_other_answer_is_told_as_a_leftover(
    cleanup: Cleanup, server: Server, status: int
) -> None:
    """An object that may still be there is named with the reason, and nothing is raised."""
    server.planned["/booking/1"] = status
    cleanup("booking", 1)

    assert cleanup.run() == (Leftover("booking", "1", f"DELETE /booking/1 answered {status}"),)


@pytest.mark.parametrize(
    "gone, status, is_left",
    [
        pytest.param((404, 403), 403, False, id="named"),
        pytest.param((404, 403), 404, False, id="named too"),
        pytest.param((404, 403), 410, True, id="no longer named"),
        pytest.param((403,), 500, True, id="a fault"),
        pytest.param((), 404, True, id="none"),
        pytest.param((), 204, False, id="removed"),
    ],
)
def test_a_resource_says_which_answers_mean_that_it_is_gone(
    gone: tuple[int, ...], status: int, *, is_left: bool, server: Server
) -> None:
    """An API that hides what is gone behind a 403 is taken at the word of the settings."""
    server.planned["/booking/1"] = status
    resources = {"booking": Resource(delete="DELETE /booking/{id}", gone=gone)}
    cleanup = Cleanup(resources, send=server.remove, wait=_wait)
    cleanup("booking", 1)

    left = cleanup.run()

    assert [each.reason for each in left] == [f"DELETE /booking/1 answered {status}"] * is_left


def test_a_function_keeps_to_404_and_410(cleanup: Cleanup) -> None:
    """What a resource declares says nothing about other calls."""
    cleanup(Answer, 404)
    cleanup(Answer, 403)

    assert [each.reason for each in cleanup.run()] == ["Answer answered 403"]


def test_one_failure_keeps_no_other_entry_from_being_tried(
    cleanup: Cleanup, server: Server
) -> None:
    """INVARIANT: each entry is tried, whatever became of the others."""
    server.planned["/booking/2"] = ConnectionError("no route")
    cleanup("booking", 1)
    cleanup("booking", 2)
    cleanup(_refuse, "/door")
    cleanup("booking", 3)

    left = cleanup.run()

    assert server.paths == ["/booking/3", "/booking/2", "/booking/1"]
    assert left == (
        Leftover("_refuse", "/door", "RuntimeError: the door is locked"),
        Leftover("booking", "2", "ConnectionError: no route"),
    )


@pytest.mark.parametrize(
    "call, name, which",
    [
        pytest.param(partial(_refuse, "x"), "partial", "", id="without-a-name"),
        pytest.param(partial(_refuse), "partial", "7", id="with-an-id"),
    ],
)
def test_a_leftover_of_a_function_carries_its_name(
    cleanup: Cleanup, call: Callable[..., object], name: str, which: str
) -> None:
    """A function's leftover says which function it was and, where there is one, which id."""
    cleanup(call, *([int(which)] if which else [["a", "list"]]))

    assert cleanup.run() == (Leftover(name, which, "RuntimeError: the door is locked"),)


def test_an_interrupt_flows_through_and_loses_no_entry(cleanup: Cleanup, server: Server) -> None:
    """Ctrl-C during cleanup stops it, and what was not removed can still be asked for."""
    server.planned["/booking/3"] = 500
    server.planned["/booking/2"] = KeyboardInterrupt()
    for which in (1, 2, 3):
        cleanup("booking", which)

    with pytest.raises(KeyboardInterrupt):
        cleanup.run()

    kept = cleanup.pending
    server.planned.clear()
    left = cleanup.run()

    assert kept == (Created("booking", "1"), Created("booking", "2"))
    assert [each.id for each in left] == ["3"]
    assert not cleanup.pending


def test_an_entry_made_during_cleanup_is_removed_too(cleanup: Cleanup, server: Server) -> None:
    """A function that registers something more is followed to the end."""
    cleanup(lambda: cleanup("booking", 9))

    cleanup.run()

    assert server.paths == ["/booking/9"]


def test_what_is_pending_can_be_read_as_values(cleanup: Cleanup) -> None:
    """Entries are plain values: what must be removed can be written down before it is needed."""
    cleanup("booking", 17)
    cleanup(_refuse, 1)

    assert cleanup.pending == (Created("booking", "17"), Undo(_refuse, (1,)))


def test_a_forgotten_object_is_left_alone(cleanup: Cleanup, server: Server) -> None:
    """The test removed it itself; the same id in another type is the same object."""
    cleanup("booking", 1)
    cleanup("booking", 2)
    cleanup(_refuse, "/door")

    cleanup.forget("booking", "1")
    cleanup.forget(_refuse, "/door")

    assert cleanup.run() == ()
    assert server.paths == ["/booking/2"]


def test_forgetting_takes_back_one_registration_the_latest(
    cleanup: Cleanup, server: Server
) -> None:
    """An object that was registered twice is still removed once."""
    cleanup("booking", 1)
    cleanup("booking", 2)
    cleanup("booking", 1)

    cleanup.forget("booking", 1)
    cleanup.run()

    assert server.paths == ["/booking/2", "/booking/1"]


@pytest.mark.parametrize(
    "what, shown",
    [
        pytest.param(("booking", 5), '"booking" 5', id="object"),
        pytest.param((_refuse, 5), "_refuse", id="function"),
    ],
)
def test_forgetting_what_was_never_registered_is_an_error(
    cleanup: Cleanup, what: tuple[str, object], shown: str
) -> None:
    """A slip in forget() would leave the object behind unseen."""
    with pytest.raises(UsageError) as caught:
        cleanup.forget(*what)

    assert str(caught.value) == (
        f"cleanup.forget(): {shown} is not registered; give it what cleanup() was given."
    )


@pytest.mark.parametrize(
    "kind, hint",
    [
        pytest.param("boking", 'did you mean "booking"? Else declare it', id="close"),
        pytest.param("invoice", "declare it", id="far"),
    ],
)
def test_an_unknown_kind_says_what_to_write(cleanup: Cleanup, kind: str, hint: str) -> None:
    """The closest kind is named, and the lines for pyproject.toml are given."""
    with pytest.raises(UsageError) as caught:
        cleanup(kind, 1)

    assert str(caught.value) == (
        f'cleanup() does not know how to remove a "{kind}"; {hint} in pyproject.toml: '
        f'[tool.redhanded.resources.{kind}] delete = "DELETE /{kind}/{{id}}".'
    )


@pytest.mark.parametrize(
    "which, sentence",
    [
        pytest.param(None, 'cleanup("booking", ...) was given None instead of an id', id="none"),
        pytest.param(True, "was given a value of type bool instead of an id", id="bool"),
        pytest.param({"id": 1}, "was given a value of type dict instead of an id", id="dict"),
        pytest.param(1.5, "was given a value of type float instead of an id", id="float"),
        pytest.param("", "cleanup(\"booking\", ''): this id would address another", id="empty"),
        pytest.param(" ", "cleanup(\"booking\", ' '): this id would address another", id="blank"),
        pytest.param("..", "cleanup(\"booking\", '..'): this id would address", id="dots"),
        pytest.param(".", "cleanup(\"booking\", '.'): this id would address another", id="dot"),
    ],
)
def test_what_is_no_id_is_refused_at_once(
    cleanup: Cleanup, server: Server, which: object, sentence: str
) -> None:
    """INVARIANT: a wrong id would be answered with 404, which reads like "already gone"."""
    register: Callable[..., None] = cleanup

    with pytest.raises(UsageError) as caught:
        register("booking", which)

    assert sentence in str(caught.value)
    assert cleanup.pending == ()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="no-id"),
        pytest.param((1, 2), id="two-ids"),
    ],
)
def test_a_kind_takes_exactly_one_id(cleanup: Cleanup, arguments: tuple[int, ...]) -> None:
    """A kind without an id, or with two, says how it is written."""
    register: Callable[..., None] = cleanup

    with pytest.raises(UsageError) as caught:
        register("booking", *arguments)

    assert str(caught.value) == (
        'cleanup("booking") takes one id: write cleanup("booking", created.id).'
    )


@pytest.mark.parametrize(
    "what, shown",
    [
        pytest.param(Answer(204), "a value of type Answer", id="the-answer-of-a-call"),
        pytest.param(None, "None", id="none"),
    ],
)
def test_the_result_of_a_call_is_no_function(cleanup: Cleanup, what: object, shown: str) -> None:
    """`cleanup(api.delete(path))` removes at once; the sentence shows how it is meant."""
    register: Callable[..., None] = cleanup

    with pytest.raises(UsageError) as caught:
        register(what)

    assert str(caught.value) == (
        f"cleanup() was given {shown}; write a declared kind and an id, "
        'cleanup("booking", 17), or a function and its arguments without calling it, '
        'cleanup(api.delete, "/booking/17").'
    )


def test_a_function_that_gives_no_answer_is_done_when_it_returns(cleanup: Cleanup) -> None:
    """Not everything that removes something speaks HTTP."""
    cleanup(lambda: "whatever")

    assert cleanup.run() == ()


@pytest.fixture
def log() -> Written:
    """What outlives the process, in a list."""
    return Written()


@pytest.fixture
def logged(server: Server, log: Written) -> Cleanup:
    """A registry whose objects are written down."""
    return Cleanup(RESOURCES, send=server.remove, wait=_wait, log=log)


def test_children_are_removed_before_what_they_belong_to(cleanup: Cleanup, server: Server) -> None:
    """INVARIANT: the order of registration does not matter, nor how far apart the kinds are."""
    cleanup("bed", 5, parent=3)
    cleanup("room", 3)
    cleanup("booking", 1)
    cleanup("hotel", 2)
    cleanup("bed", 6, parent=3)

    cleanup.run()

    assert server.paths == [
        "/rooms/3/beds/6",
        "/booking/1",
        "/rooms/3/beds/5",
        "/rooms/3",
        "/hotels/2",
    ]


def test_an_object_without_its_parents_id_is_refused(cleanup: Cleanup, server: Server) -> None:
    """The removal could not be addressed, so that is said when it is registered."""
    with pytest.raises(UsageError) as caught:
        cleanup("bed", 5)

    assert str(caught.value) == (
        'cleanup("bed", ...): its removal names what it belongs to; '
        'write cleanup("bed", created.id, parent=other.id).'
    )
    assert cleanup.pending == ()


def test_a_conflict_is_tried_once_more_after_the_rest(cleanup: Cleanup, server: Server) -> None:
    """What keeps an object may itself be registered, as a function or as another kind."""

    def empty(path: str) -> None:
        del server.planned[path]

    server.planned["/booking/2"] = 409
    server.planned["/users/ann/close"] = 409
    cleanup("user", "ann")
    cleanup(empty, "/booking/2")
    cleanup("booking", 2)

    left = cleanup.run()

    closed = "POST /users/ann/close answered 409"
    assert left == (Leftover("user", "ann", closed),)
    assert server.paths == ["/booking/2", "/users/ann/close", "/booking/2", "/users/ann/close"]


def test_a_conflict_with_nothing_to_wait_for_is_told_at_once(
    cleanup: Cleanup, server: Server
) -> None:
    """Asking again would change nothing."""
    server.planned["/booking/1"] = 409
    cleanup("booking", 1)

    assert [each.id for each in cleanup.run()] == ["1"]
    assert server.paths == ["/booking/1"]


def test_what_is_made_and_what_becomes_of_it_is_written_down(
    logged: Cleanup, server: Server, log: Written
) -> None:
    """INVARIANT: an object is written down before anything can go wrong with it."""
    server.planned["/booking/1"] = 500
    server.planned["/booking/2"] = ConnectionError("no route")
    logged("booking", 1)
    logged("booking", 2)
    logged("bed", 5, parent=3)
    logged(_refuse, "/door")

    logged.run()

    assert log.lines == [
        ("declare", "booking", "DELETE /booking/{id}"),
        ("created", "booking", "1", ""),
        ("declare", "booking", "DELETE /booking/{id}"),
        ("created", "booking", "2", ""),
        ("declare", "bed", "DELETE /rooms/{parent}/beds/{id}"),
        ("created", "bed", "5", "3"),
        ("deleted", "bed", "5", "3"),
        ("gave_up", "booking", "1", "DELETE /booking/1 answered 500"),
    ]


def test_what_the_test_removed_itself_is_written_down_as_gone(
    logged: Cleanup, log: Written
) -> None:
    """Nobody needs to look for it after a crash; where it belonged to need not be said again."""
    logged("bed", 5, parent=3)

    logged.forget("bed", 5)

    assert log.lines[2:] == [("deleted", "bed", "5", "3")]
    assert logged.pending == ()


def test_forgetting_may_say_where_the_object_belonged_to(logged: Cleanup, server: Server) -> None:
    """Many APIs number the children of each parent from 1 on."""
    logged("bed", 1, parent=3)
    logged("bed", 1, parent=4)

    logged.forget("bed", 1, parent=3)
    logged.run()

    assert server.paths == ["/rooms/4/beds/1"]


def test_an_id_that_would_address_another_path_is_never_sent(
    cleanup: Cleanup, server: Server
) -> None:
    """INVARIANT: also where it is the API itself that answered with it."""
    cleanup.add(Created("booking", ".."))

    left = cleanup.run()

    assert server.paths == []
    assert [one.reason for one in left] == ["its id would address another path"]


def test_a_conflict_is_not_written_down_as_the_last_word(
    logged: Cleanup, server: Server, log: Written
) -> None:
    """It is still going to be tried."""
    server.planned["/booking/2"] = 409
    logged("booking", 1)
    logged("booking", 2)

    logged.run()

    assert [line[:3] for line in log.lines[4:]] == [
        ("deleted", "booking", "1"),
        ("gave_up", "booking", "2"),
    ]


def test_a_kind_can_be_declared_later(cleanup: Cleanup, server: Server) -> None:
    """Fixtures bring kinds of their own."""
    cleanup.kinds.declare("guest", Resource(delete="DELETE /guests/{id}", parent="booking"))
    cleanup("guest", 1)
    cleanup("booking", 2)

    cleanup.run()

    assert server.paths == ["/guests/1", "/booking/2"]


def test_what_is_written_down_already_is_removed_all_the_same(
    logged: Cleanup, server: Server, log: Written
) -> None:
    """A maker writes down itself what it makes, with its mark."""
    logged.add(Created("booking", "7"))

    logged.run()

    assert server.paths == ["/booking/7"]
    assert log.lines == [("deleted", "booking", "7")]


@pytest.mark.parametrize("status", [204, 404, 403, 503], ids=str)
def test_what_others_than_the_api_answer_says_nothing_of_the_object(
    logged: Cleanup, server: Server, log: Written, status: int
) -> None:
    """INVARIANT: a portal's 200 removes nothing; the object is left over, and not given up."""
    server.planned["/booking/1"] = status
    server.strangers.add("/booking/1")
    logged("booking", 1)

    left = logged.run()

    said = f"DELETE /booking/1 answered {status}, which may not be the API's own word"
    assert left == (Leftover("booking", "1", said),)
    assert [line[0] for line in log.lines] == ["declare", "created"]
