"""Resources that a fixture declares: what it was told, completed by the settings and checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypedDict

from pydantic import BaseModel, ValidationError

from redhanded.cleanup.resources import blanks
from redhanded.core.errors import UsageError
from redhanded.core.settings import Resource
from redhanded.session.problems import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.settings import Settings

# What may come from the settings, so that a declaration can be checked without it.
_ELSEWHERE: Final = {"delete": "DELETE /x/{id}", "create": "POST /x", "tag": "$.x"}


class Declaration(TypedDict, total=False):
    """What `resource(...)` and `[tool.redhanded.resources.<name>]` both can say."""

    create: str
    delete: str
    identity: str
    gone: tuple[int, ...]
    tag: str
    list_by_tag: str
    at: str
    id: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a fixture was told of a kind: how it is made, removed and found; by model and shape.

    `place` is the author's line. Nothing is checked against the settings yet.
    """

    kind: str
    model: type[BaseModel] | None = None
    shape: object = None
    place: str = ""
    declared: Mapping[str, object] = field(default_factory=dict)

    def check(self) -> None:
        """Raises UsageError where the words of the fixture alone cannot be meant."""
        if not f"{self.kind}".isidentifier():
            raise UsageError(
                f"resource({self.kind!r}): a fixture cannot be called so; give it a name such as"
                ' "open_order".'
            )
        for name in self.declared:
            self._check_name(name)
        if not _is_model(self.model):
            raise self.problem(f"model={self.model!r} is no Pydantic model: write model=NewBooking")
        self._validated(_ELSEWHERE | dict(self.declared))

    def resolve(self, settings: Settings) -> Resource:
        """The whole declaration: what the fixture says, else what the settings say."""
        table = settings.resources.get(self.kind)
        told = table.model_dump(exclude_unset=True) if table is not None else {}
        merged = {**told, **self.declared}
        for name, example in (("create", "POST"), ("delete", "DELETE")):
            if name not in merged:
                raise self.problem(self._missing(name, example))
        resource = self._validated(merged)
        self._check_names(resource, settings)
        return resource

    def problem(self, said: str) -> UsageError:
        """The error that names the fixture, and where it is declared."""
        place = f" ({self.place})" if self.place else ""
        return UsageError(f'resource("{self.kind}"){place}: {said}.')

    def _check_name(self, name: str) -> None:
        if name in Resource.model_fields:
            return
        known = ("model", "shape", "scope", *Resource.model_fields)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}" if close else f"it takes {', '.join(known)}"
        raise self.problem(f"{name} is nothing that it takes; {hint}" + "?" * bool(close))

    def _missing(self, name: str, method: str) -> str:
        end = "/{id}" if name == "delete" else ""
        word = "made" if name == "create" else "removed"
        write = f'"{method} /{self.kind}{end}"'
        return (
            f"nothing says how it is {word}: write {name}={write}, or {name} = {write} in"
            f" [tool.redhanded.resources.{self.kind}]"
        )

    def _validated(self, values: Mapping[str, Any]) -> Resource:
        try:
            return Resource.model_validate(values)
        except ValidationError as error:
            said = sentences(error, {})[0].rstrip(".")
            raise self.problem(said) from None

    def _check_names(self, resource: Resource, settings: Settings) -> None:
        who = resource.identity
        if who is not None and who not in settings.identities:
            raise self.problem(
                f'identity names "{who}", who is not declared: write'
                f" [tool.redhanded.identities.{who}] or take a declared name"
            )
        routes = (resource.create or "", resource.delete, resource.list_by_tag or "")
        allowed = {"parent"}, {"parent", "id"}, {"parent", "tag"}
        for route, names in zip(routes, allowed, strict=True):
            strange = sorted(blanks(route) - names)
            if strange:
                raise self.problem(f'nobody knows what stands for "{{{strange[0]}}}" in "{route}"')
        if resource.parent is None and any("parent" in blanks(route) for route in routes):
            raise self.problem("its routes name a {parent}: say which kind that is with parent=...")


def _is_model(model: object) -> bool:
    return model is None or (isinstance(model, type) and issubclass(model, BaseModel))
