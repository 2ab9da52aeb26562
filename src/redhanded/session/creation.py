"""The creation of an object, as effects: written down, sent, looked at; then it is the test's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx2

from redhanded.cleanup.marking import fate, parsed, value_at
from redhanded.cleanup.pending import Created
from redhanded.cleanup.resources import address
from redhanded.core.attempt import Phase
from redhanded.core.jsonpath import Nowhere, find, read
from redhanded.pipeline.call import ATTEMPT, CALL
from redhanded.verdict.expect import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from redhanded.cleanup.registry import Cleanup
    from redhanded.core.attempt import Attempt
    from redhanded.core.settings import Resource
    from redhanded.pipeline.call import Call
    from redhanded.session.bodies import Body
    from redhanded.session.resources import Recipe
    from redhanded.session.tracking import Tracking

_UNSENT = frozenset({Phase.POOL, Phase.DNS, Phase.CONNECT, Phase.TLS})


@dataclass(frozen=True, slots=True)
class Write:
    """Something to be written into the journal, which may wait for the disk."""

    act: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Post:
    """The request that makes the object, to be sent by the test's own client.

    Answered with the response; `sent` holds the request from then on.
    """

    method: str
    path: str
    options: Mapping[str, Any]
    sent: list[httpx2.Request] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """A GET in the name of cleanup; answered with its JSON, None where nothing came of it."""

    path: str


Effect: TypeAlias = Write | Post | Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """One object to be made, of which no trace is lost whatever happens meanwhile.

    `made` is told of it, with the id of the attempt that made it.
    """

    recipe: Recipe
    resource: Resource
    body: Body
    parent: str
    tracking: Tracking
    cleanup: Cleanup
    extensions: Mapping[str, Any]
    made: Callable[[Created, str], None] = lambda _created, _attempt_id: None

    def __call__(self) -> Generator[Effect, Any, Any]:
        """The object as the recipe's shape reads it, else the JSON of the answer."""
        kind, mark = self.recipe.kind, self.body.mark
        self.tracking.declare(kind, self.resource)
        if mark:
            yield Write(lambda: self.tracking.intend(kind, mark, parent=self.parent))
        post = self._post()
        try:
            response: httpx2.Response = yield post
        except Exception:
            if mark and _is_unmade(post):
                yield Write(lambda: self.tracking.not_applied(kind, mark))
            raise
        document = parsed(response.content)
        if response.is_success:
            attempt: Attempt | None = response.extensions.get(ATTEMPT)
            yield from self._keep(document, "" if attempt is None else attempt.id)
        elif mark and _is_unmade(post):
            yield Write(lambda: self.tracking.not_applied(kind, mark))
        return self._value(response, document)

    def _post(self) -> Post:
        method, path = address(self.resource.create or "", parent=self.parent)
        options = {"json": self.body.json, "headers": self.body.headers}
        return Post(method, path, {**options, "extensions": self.extensions})

    def _keep(self, document: object, attempt_id: str) -> Generator[Effect, Any, None]:
        """Register the object, whatever else is wrong with the answer."""
        kind, mark = self.recipe.kind, self.body.mark
        which = value_at(document, self.resource.id)
        if not which:
            return
        made = Created(kind, which, self.parent)
        self.cleanup.add(made)
        self.made(made, attempt_id)
        yield Write(lambda: self.tracking.created(kind, which, tag=mark, parent=self.parent))
        if mark and self.tracking.must_check(kind):
            yield from self._check(document, which)

    def _check(self, document: object, which: str) -> Generator[Effect, Any, None]:
        """See once whether the API keeps marks: one that it cuts finds nothing."""
        becomes = fate(document, self.body.mark, self.resource.tag)
        reason = ""
        if becomes is None:
            becomes, reason = yield from self._seen(which)
        if becomes or reason:
            self.tracking.lose(self.recipe.kind, reason or f"the API {becomes}")

    def _seen(self, which: str) -> Generator[Effect, Any, tuple[str | None, str]]:
        """What the listing shows of the mark, else the object; and why neither does, if so."""
        resource, mark = self.resource, self.body.mark
        route = resource.list_by_tag or ""
        _, path = address(route, tag=mark, parent=self.parent)
        listed: object = yield Look(path)
        own = [one for one in _entries(listed, resource) if value_at(one, resource.id) == which]
        becomes = fate(own[0], mark, resource.tag) if own else None
        method, path = address(resource.delete, id=which, parent=self.parent)
        if becomes is None and method == "DELETE":
            becomes = fate((yield Look(path)), mark, resource.tag)
        if becomes is None:
            return None, f"{route} does not {'show' if own else 'list'} it"
        return becomes, ""

    def _value(self, response: httpx2.Response, document: object) -> Any:  # noqa: ANN401
        __tracebackhide__ = True
        shape = object if self.recipe.shape is None else self.recipe.shape
        value: Any = expect(response, "2xx", shape)
        if not value_at(document, self.resource.id):
            raise self.recipe.problem(
                f"the answer to {self.resource.create} has no id at {self.resource.id}: write"
                ' where it stands, such as id="$.booking.id"'
            )
        return value


def _entries(listed: object, resource: Resource) -> list[object]:
    """What an answer lists, where it is a list that can be read."""
    try:
        there = find(listed, read(resource.at))
    except Nowhere:
        return []
    return there if isinstance(there, list) else [there]


def _is_unmade(post: Post) -> bool:
    """Whether nothing can have come of the request: it never got there, or the API refused it."""
    call: Call | None = post.sent[-1].extensions.get(CALL) if post.sent else None
    attempts: Sequence[Attempt] = () if call is None else call.attempts
    return all(_is_undone(attempt) for attempt in attempts)


def _is_undone(attempt: Attempt) -> bool:
    if attempt.failure is not None:
        return attempt.failure.phase in _UNSENT
    status = attempt.status or 0
    return 400 <= status < 500 and status != httpx2.codes.REQUEST_TIMEOUT
