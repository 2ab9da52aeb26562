"""client.py: one method for each operation, typed, and what of its answer it holds to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.scaffold.openapi import imports, names, texts
from redhanded.scaffold.openapi.writing import Writer
from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.plan import File

MOST_IN_ONE: int = 40
"""Operations that one module holds; more are spread over one for each tag."""
SERVICE = "Service"
_LONGEST = 35  # of a module's name: it stands in one line with that of its class


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag: the attribute and the class by which they are had."""

    tag: str
    module: str
    name: str
    methods: tuple[Method, ...]


class Clients:
    """Where each method of a document is found."""

    def __init__(self, methods: Sequence[Method], classes: Classes) -> None:
        self._classes = classes
        self._methods = tuple(methods)
        is_large = len(methods) > MOST_IN_ONE
        self.groups: tuple[Group, ...] = _groups(methods) if is_large else ()
        self._attributes = {
            method.name: group.module for group in self.groups for method in group.methods
        }

    def call_of(self, method: Method, client: str) -> str:
        """The method as a test names it: `Service(api).users.get_user`."""
        attribute = self._attributes.get(method.name)
        within = f".{attribute}" if attribute else ""
        return f"{SERVICE}({client}){within}.{method.name}"

    def files(self, answers: Answers, title: str) -> Iterator[File]:
        """client.py, and a module below clients/ for each tag where there are many operations."""
        package = answers.package
        template = "openapi/client.py"
        if not self.groups:
            more = self._module(answers, self._methods, SERVICE)
            yield rendered(f"{package}/client.py", template, answers, title=title, **more)
        else:
            yield rendered(
                f"{package}/client.py",
                "openapi/clients.py",
                answers,
                groups=self.groups,
                imports=_imports(package, self.groups),
                title=title,
            )
            yield rendered(f"{package}/clients/__init__.py", "openapi/tags.py", answers)
            for group in self.groups:
                path = f"{package}/clients/{group.module}.py"
                more = self._module(answers, group.methods, group.name)
                about = texts.remark(group.tag, 60)
                yield rendered(path, template, answers, title=about or group.module, **more)
        if any(Writer.needs_sent(method) for method in self._methods):
            yield rendered(f"{package}/sent.py", "openapi/sent.py", answers)

    def _module(self, answers: Answers, methods: Sequence[Method], name: str) -> dict[str, Any]:
        writer = Writer(self._classes)
        written = [writer.method(method) for method in methods]
        return {
            "name": name,
            "methods": written,
            "imports": writer.imports(answers.package),
        }


def _short(tag: str) -> str:
    """The first words of a tag, as many as there is room for."""
    kept = names.words(tag)
    while len(kept) > 1 and len("_".join(kept)) > _LONGEST:
        kept.pop()
    return " ".join(kept)[:_LONGEST]


def _imports(package: str, groups: Sequence[Group]) -> list[str]:
    modules = {f"{package}.clients.{group.module}": [group.name] for group in groups}
    return imports.lines({"redhanded": ["Client"], **modules}, package=package)


def _groups(methods: Sequence[Method]) -> tuple[Group, ...]:
    tags: dict[str, list[Method]] = {}
    for method in methods:
        tags.setdefault(names.snake(method.tag, "tag"), []).append(method)
    modules, classes = names.Taken(["api"]), names.Taken([SERVICE])
    groups = []
    for own in tags.values():
        tag = own[0].tag
        module = modules.give(names.snake(_short(tag), "tag"))
        name = classes.give(f"{names.camel(_short(tag), 'Tag')}Client")
        groups.append(Group(tag, module, name, tuple(own)))
    return tuple(groups)
