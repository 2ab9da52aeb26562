"""The first tests of a document: canaries, round trips, shapes of answers, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redhanded.scaffold.openapi import finite, imports, paths, rows, target, texts, trips
from redhanded.scaffold.openapi.clients import SERVICE
from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.clients import Clients
    from redhanded.scaffold.openapi.identities import Identities, Identity
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.openapi.shapes import Model
    from redhanded.scaffold.openapi.trips import Trip
    from redhanded.scaffold.plan import File

MOST_CANARIES: int = 3


@dataclass(slots=True)
class _Page:
    """The tests of one file, and what they import."""

    tests: list[str] = field(default_factory=list)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    needs_now: bool = False

    def use(self, source: str, *names: str) -> None:
        """Notes names that a test of the page needs."""
        self.wanted.setdefault(source, set()).update(names)


class Suite:
    """The tests of one document, for a package of that name."""

    def __init__(
        self,
        methods: Sequence[Method],
        classes: Classes,
        clients: Clients,
        who: Identities,
        package: str,
    ) -> None:
        self._classes = classes
        self._clients = clients
        self._who = who
        self._package = package
        self.reads: list[Method] = trips.callable_reads(methods)
        sendable = _sendable(methods, classes)
        self.judged: list[Method] = trips.judged(sendable, classes)
        self.trips: list[Trip] = list(trips.trips(sendable, classes))
        self.canaries: list[Method] = _canaries(self.reads)
        self.untested: list[Method] = self._left(methods)

    def files(self, answers: Answers) -> Iterator[File]:
        """One file for each kind of test that the document has something for."""
        yield from self._file(answers, "canary", self._canary, self.canaries)
        yield from self._file(answers, "functional", self._list, trips.lists(self.reads))
        yield from self._contract(answers)
        yield from self._file(answers, "negative", self._refusal, self.judged)

    def _file(
        self,
        answers: Answers,
        kind: str,
        written: Callable[[_Page, Method], str],
        methods: Iterable[Method],
    ) -> Iterator[File]:
        page = _Page()
        if kind == "functional":
            page.tests += [self._trip(page, trip) for trip in self.trips]
        page.tests += [written(page, method) for method in methods]
        untested = self.untested if kind == "functional" else []
        if page.tests or untested:
            yield rendered(
                f"{answers.tests}/test_{kind}.py",
                f"openapi/test_{kind}.py",
                answers,
                tests=page.tests,
                needs_now=page.needs_now,
                imports=imports.lines(page.wanted, package=self._package),
                untested=[rows.told(method) for method in untested],
            )

    def _canary(self, page: _Page, method: Method) -> str:
        page.use("pytest")
        return self._call(page, method, f"test_{method.name.strip('_')}_answers")

    def _list(self, page: _Page, method: Method) -> str:
        return self._call(page, method, f"test_{method.name.strip('_')}_gives_a_list")

    def _call(self, page: _Page, method: Method, name: str) -> str:
        argument, client = self._client(page, method.need.identity)
        page.use(f"{self._package}.client", SERVICE)
        known = [one for one in method.parameters if one.is_required and one.known is not None]
        given = [f"{one.argument}={rows.value(one.known)}" for one in known]
        call = texts.call(f"{self._clients.call_of(method, client)}(", given, ")", indent=4)
        return f"def {name}({argument}) -> None:\n{call}"

    def _trip(self, page: _Page, trip: Trip) -> str:
        """Make a thing, read it, remove it; it is removed as well where a step fails."""
        argument, client = self._client(page, trip.identity)
        page.use("redhanded", "Cleanup", "Factory")
        page.use(f"{self._package}.client", SERVICE)
        model = self._model(trip.create)
        page.use(f"{self._package}.models", model)
        service = f"{SERVICE}({client})"

        def call(method: Method) -> str:
            return self._clients.call_of(method, client).replace(service, "service", 1)

        own = f"created.{trip.id_field}"
        given = own if trip.is_text is trip.has_text_id else f"str({own})"
        signature = texts.call(
            f"def test_{rows.article(trip.thing)}_{trip.thing}_can_be_made_read_and_removed(",
            [argument, "make: Factory", "cleanup: Cleanup"],
            ") -> None:",
            indent=0,
        )
        lines = [
            signature,
            f"    service = {service}",
            "",
            self._made(page, trip.create),
            texts.call(f"created = {call(trip.create)}(", ["new"], ")", indent=4),
            *([f"    assert {own} is not None"] if trip.is_optional else []),
            f"    cleanup({texts.literal(trip.thing)}, {own})",
            "",
        ]
        opening = "read = " if trip.read_id else ""
        lines.append(texts.call(f"{opening}{call(trip.read)}(", [given], ")", indent=4))
        lines += [f"    assert read.{trip.read_id} == {own}", ""] if trip.read_id else []
        lines.append(texts.call(f"{call(trip.delete)}(", [given], ")", indent=4))
        if trip.ends:
            page.use("redhanded", "expect")
            if trip.is_text:
                page.use("urllib.parse", "quote")
            path = rows.path_to(trip, given)
            lines.append(f"    expect({client}.get({path}), {{{', '.join(map(str, trip.ends))}}})")
        return "\n".join(lines)

    def _refusal(self, page: _Page, method: Method) -> str:
        argument, client = self._client(page, method.need.identity)
        model = self._model(method)
        page.use("pytest")
        page.use("redhanded", "Factory", "expect")
        page.use("redhanded.data", "Case", "negatives")
        page.use(f"{self._package}.models", model)
        signature = texts.call(
            f"def test_{method.name.strip('_')}_refuses(",
            [argument, "make: Factory", "case: Case"],
            ") -> None:",
            indent=0,
        )
        path = texts.literal(paths.fixed(method.operation.template))
        verb = method.operation.method.lower()
        statuses = ", ".join(map(str, trips.refusals(method)))
        request = texts.call(
            f"response = {client}.{verb}(", [path, "**case.request(new)"], ")", indent=4
        )
        return "\n".join(
            [
                f'@pytest.mark.parametrize("case", negatives({model}))',
                signature,
                self._made(page, method),
                request,
                "",
                f"    expect(response, {{{statuses}}})",
            ]
        )

    def _made(self, page: _Page, method: Method) -> str:
        """What makes a body that servers take: little in it, and days in their order.

        What they demand beyond the document is mostly between fields, and of optional ones.
        """
        shape = method.body.shape if method.body is not None else None
        model = self._classes.model_of(shape or {})
        given = [self._model(method)]
        if model is not None:
            given += [f"{day}={value}" for day, value in self._following(page, model)]
            for name, inner in trips.inner_objects(model, self._classes):
                days = [f'"{day}": {value}' for day, value in self._following(page, inner)]
                given += [rows.mapping(name, days)] if days else []
        is_bare = model is not None and bool(model.shape["required"])
        return texts.call("new = make(", given, ").bare()" if is_bare else ")", indent=4)

    def _following(self, page: _Page, model: Model) -> list[tuple[str, str]]:
        days = trips.days(model, self._classes)
        if days:
            page.use("datetime", "UTC", "datetime", "timedelta")
            page.needs_now = True
        return [
            (name, f"NOW{'' if has_time else '.date()'} + timedelta(days={number})")
            for number, (name, has_time) in enumerate(days, 1)
        ]

    def _contract(self, answers: Answers) -> Iterator[File]:
        groups: dict[Identity | None, list[Method]] = {}
        for method in self.reads:
            groups.setdefault(self._other(method.need.identity), []).append(method)
        if not groups:
            return
        page = _Page()
        page.use("pytest")
        page.use("redhanded", "expect")
        for identity, methods in groups.items():
            page.tests.append(self._safe(page, identity, methods))
        yield rendered(
            f"{answers.tests}/test_contract.py",
            "openapi/test_contract.py",
            answers,
            tests=page.tests,
            imports=imports.lines(page.wanted, package=self._package),
        )

    def _safe(self, page: _Page, identity: Identity | None, methods: Sequence[Method]) -> str:
        argument, client = self._client(page, identity)
        whose = f"_for_{identity.name}" if identity is not None else ""
        listed = "".join(rows.row(method) for method in methods)
        return (
            '@pytest.mark.parametrize(\n    "method, path, status",\n    [\n'
            f"{listed}    ],\n)\n"
            f"def test_a_safe_operation_answers_as_documented{whose}(\n"
            f"    {argument}, method: str, path: str, status: int | str\n) -> None:\n"
            f"    expect({client}.request(method, path), status)"
        )

    def _client(self, page: _Page, identity: Identity | None) -> tuple[str, str]:
        """The argument of a test by which it gets a client, and the client itself."""
        page.use("redhanded", "Client")
        other = self._other(identity)
        if other is None:
            return "api: Client", "api"
        page.use("collections.abc", "Callable")
        return "api_as: Callable[[str], Client]", f"api_as({texts.literal(other.name)})"

    def _other(self, identity: Identity | None) -> Identity | None:
        """The identity, where it is not the one that tests have anyway."""
        return None if identity is self._who.main else identity

    def _model(self, method: Method) -> str:
        shape = method.body.shape if method.body is not None else None
        return self._classes.annotation(shape or {})

    def _left(self, methods: Sequence[Method]) -> list[Method]:
        called = {one.name for one in [*self.reads, *self.judged]}
        for trip in self.trips:
            called |= {trip.create.name, trip.read.name, trip.delete.name}
        return [one for one in methods if one.name not in called]


def _sendable(methods: Iterable[Method], classes: Classes) -> list[Method]:
    """Those whose body, if they have one, can be made at all, and by a test."""
    known = finite.finite(classes.models)
    bodies = [(one, one.body.shape if one.body is not None else None) for one in methods]
    return [
        one
        for one, shape in bodies
        if finite.is_finite(shape or {}, known)
        and finite.is_affordable(shape or {}, classes.models)
    ]


def _canaries(reads: Sequence[Method]) -> list[Method]:
    """The operation that tells of health, else the simplest reads."""
    well = target.health(reads)
    if well is not None:
        return [well]
    first = target.simplest(reads)
    return [first] if first is not None else []
