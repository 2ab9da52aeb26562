"""Makers: they make objects of a declared kind, which are removed when their scope ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio.to_thread
import httpx2
from pydantic_core import PydanticSerializationError, to_jsonable_python

from redhanded.cleanup.marking import parsed, value_at
from redhanded.cleanup.resources import Id, blanks, described, id_text
from redhanded.core.errors import CallError
from redhanded.pipeline.assembly import lookup_of
from redhanded.pipeline.call import LOOKUP
from redhanded.pipeline.drivers import arun, run
from redhanded.session.bodies import compose
from redhanded.session.creation import Creation, Effect, Look, Post, Write
from redhanded.session.removals import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.client.client import AsyncClient, Client
    from redhanded.core.settings import Resource
    from redhanded.data.factory import Factory
    from redhanded.session.removals import Removals
    from redhanded.session.resources import Recipe
    from redhanded.session.session import Session
    from redhanded.session.test_run import TestRun

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where a maker works: in one test, or in a wider scope over several.

    `current` gives the test under way, `make` its factory, `above` what the fixture of the
    parent's kind gives, None where there is no such fixture.
    """

    session: Session
    current: Callable[[], TestRun]
    removals: Removals
    make: Callable[[], Factory]
    above: Callable[[], object] = field(default=lambda: None)


class Maker(Generic[T]):
    """Makes objects of one declared kind: `booking(nights=3)`; they are removed by themselves."""

    def __init__(self, recipe: Recipe, resource: Resource, bench: Bench) -> None:
        self._recipe = recipe
        self._resource = resource
        self._bench = bench
        self._above: str = ""
        kinds, above = bench.removals.cleanup.kinds, bench.above()
        kinds.declare(recipe.kind, resource)
        if isinstance(above, Maker) and resource.parent is not None:  # perhaps of a wider scope
            kinds.declare(resource.parent, above._resource)  # noqa: SLF001  another maker's

    def __repr__(self) -> str:
        return f"<maker of {self._recipe.kind}>"

    def __call__(self, given: object = None, /, *, parent: object = None, **fields: object) -> T:
        """A new object, as the answer to its creation tells of it in the declared shape.

        `given` is a ready object to send, such as a model or a dictionary; else the declared model
        is made with `fields`. `parent` is what it belongs to, or that one's id; else the fixture
        of the parent's kind gives one, the same for all that this maker makes.
        """
        __tracebackhide__ = True
        creation = self._creation(given, self._parent(parent), fields)
        value: T = run(creation(), self._perform)
        return value

    async def make_async(
        self, given: object = None, /, *, parent: object = None, **fields: object
    ) -> T:
        """The same in the loop of an asynchronous test, which goes on meanwhile."""
        __tracebackhide__ = True
        above = await self._parent_async(parent)
        creation = self._creation(given, above, fields)
        value: T = await arun(creation(), self._perform_async)
        return value

    def _creation(self, given: object, parent: str, fields: Mapping[str, object]) -> Creation:
        session, bench = self._bench.session, self._bench
        body = compose(
            self._recipe,
            self._resource,
            given,
            fields,
            make=bench.make(),
            mark=session.new_tag(session.surroundings.entropy),
            tags=session.new_tag,
        )
        return Creation(
            recipe=self._recipe,
            resource=self._resource,
            body=body,
            parent=parent,
            tracking=session.tracking,
            cleanup=bench.removals.cleanup,
            made=bench.removals.fates.made,
            extensions=self._extensions(),
        )

    def _extensions(self) -> dict[str, Any]:
        """What the call brings: how it is looked up where its answer is lost."""
        settings = self._bench.session.settings
        lookup = lookup_of(self._resource, settings)
        is_told = self._resource.create in settings.lookups
        return {} if lookup is None or is_told else {LOOKUP: lookup}

    def _perform(self, effect: Effect) -> object:
        match effect:
            case Write(act):
                act()
            case Post():
                client = self._bench.current().client(self._resource.identity)
                return client.send(_built(effect, client))
            case Look(path):
                try:
                    return _shown(self._sender()("GET", path, self._resource.identity))
                except (httpx2.HTTPError, CallError):  # the attempt tells it
                    return None
        return None

    async def _perform_async(self, effect: Effect) -> object:
        match effect:
            case Write(act):
                await anyio.to_thread.run_sync(act)
            case Post():
                client = self._bench.current().async_client(self._resource.identity)
                return await client.send(_built(effect, client))
            case Look(path):
                try:
                    return _shown(await self._sender().ask(path, self._resource.identity))
                except (httpx2.HTTPError, CallError):  # the attempt tells it
                    return None
        return None

    def _sender(self) -> Sender:
        run_ = self._bench.current()
        return Sender(self._bench.session, run_.test_id, run_.scope.trace_id)

    def _parent(self, given: object) -> str:
        """The parent's id; a new parent is made where none is given and its fixture is a maker."""
        if self._resource.parent is None or given is not None or self._above:
            return self._parent_id(given)
        above = self._bench.above()
        self._above = self._id_of(above() if isinstance(above, Maker) else above)
        return self._above

    async def _parent_async(self, given: object) -> str:
        if self._resource.parent is None or given is not None or self._above:
            return self._parent_id(given)
        above = self._bench.above()
        made = await above.make_async() if isinstance(above, Maker) else above
        self._above = self._id_of(made)
        return self._above

    def _parent_id(self, given: object) -> str:
        if given is None:
            return self._above
        if self._resource.parent is None:
            raise self._recipe.problem(
                'it was given a parent, and none is declared: name its kind, as parent="room"'
            )
        return self._id_of(given)

    def _id_of(self, above: object) -> str:
        """The id of a parent, which is given by itself or as an object that holds it."""
        kind, recipe = self._resource.parent, self._recipe
        if above is None:
            if "parent" not in blanks(self._resource.create or ""):
                return ""
            raise recipe.problem(f"it belongs to a {kind}: write {recipe.kind}(parent=...)")
        if isinstance(above, Id) and not isinstance(above, bool):
            return self._parent_text(above)
        known = self._bench.removals.cleanup.kinds.get(kind or "")
        place = known.id if known is not None else "$.id"
        if which := value_at(_plain(above), place):
            return self._parent_text(which)
        raise recipe.problem(
            f"its parent, {described(above)}, has no id at {place}: give the id itself"
        )

    def _parent_text(self, which: Id) -> str:
        kind = self._recipe.kind
        instead = f"{kind}(parent={self._resource.parent}.id)"
        return id_text(which, said=f"{kind}(parent=...)", instead=instead)


def _built(post: Post, client: Client | AsyncClient) -> httpx2.Request:
    options = dict(post.options)
    if options["json"] is None:
        del options["json"]
    request = client.build_request(post.method, post.path, **options)
    post.sent.append(request)
    return request


def _shown(answer: httpx2.Response) -> object:
    return parsed(answer.content) if answer.is_success else None


def _plain(value: object) -> object:
    """The object as JSON, where it can be had so."""
    try:
        return to_jsonable_python(value, by_alias=True)
    except PydanticSerializationError:
        return None
