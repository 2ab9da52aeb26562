"""models.py: the classes of a document, as datamodel-code-generator writes them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import UsageError
from redhanded.scaffold.openapi import checking, imports
from redhanded.scaffold.openapi.naming import fields_of
from redhanded.scaffold.openapi.shapes import references
from redhanded.scaffold.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.openapi.shapes import Shape

    _Generate = Callable[[Mapping[str, Any], Mapping[str, str]], str]

BASE = "Model"
_ELSEWHERE = "written_beside"  # the module that the generator is told to import the base from
_POINTER = "#/components/schemas/"
_ANYTHING: Shape = {"type": "object", "additionalProperties": True}
_MOST_TRIES = 40  # one bad class among two thousand is found in a dozen
_NULL: Shape = {"type": "null"}
_SCALARS = frozenset({"string", "integer", "number"})
_BOUNDS = frozenset(
    {"exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties", "maximum"}
    | {"minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern"}
)
_NEEDED = {
    "typing": {"Any", "Self"},
    "pydantic": {"BaseModel", "ConfigDict", "SerializerFunctionWrapHandler", "model_serializer"},
}


@dataclass(frozen=True, slots=True)
class Written:
    """The text of models.py, and the classes that hold whatever there is, for want of better."""

    text: str
    vague: tuple[str, ...] = ()


def written(classes: Classes, answers: Answers) -> Written:
    """The module of all classes; one that cannot be made has no fields, and takes any.

    Raises UsageError where the generator is not installed.
    """
    workshop = _Workshop(_generator(), {name: _told(m.shape, classes) for name, m in classes})
    module = workshop.whole()
    return Written(
        render(
            "openapi/models.py",
            answers,
            imports=_imports(module),
            body=module.body.rstrip(),
        ),
        tuple(workshop.vague),
    )


@dataclass(slots=True)
class _Workshop:
    """Makes the classes; where that fails, finds out for which of them."""

    generate: _Generate
    shapes: Mapping[str, Shape]
    vague: list[str] = field(default_factory=list)
    tries: int = 0
    is_deep: bool = False
    """Whether classes hold each other deeper than Python can follow: no single one is at fault."""

    def whole(self) -> checking.Module:
        """All classes; those that fail are listed as vague."""
        if (module := self._made(self.shapes)) is not None:
            return module
        self.vague += [] if self.is_deep else self._failing(list(self.shapes))
        if self.vague and (module := self._made(self._without(self.vague))) is not None:
            return module
        self.vague[:] = list(self.shapes)  # each alone is well, but not all together
        return self._made(self._without(self.vague)) or _plain(self.shapes)

    def _failing(self, chosen: list[str]) -> list[str]:
        """Those of these classes that fail, found by halving; all of them when that takes long."""
        self.tries += 1
        if self.tries > _MOST_TRIES:
            return chosen
        if self._made(self._alone(chosen)) is not None:
            return []
        if len(chosen) == 1:
            return chosen
        middle = len(chosen) // 2
        return [*self._failing(chosen[:middle]), *self._failing(chosen[middle:])]

    def _alone(self, chosen: Iterable[str]) -> dict[str, Shape]:
        """These classes, and what they refer to as objects of any kind."""
        own = {name: self.shapes[name] for name in chosen}
        leads = {key.removeprefix(_POINTER) for key in references(own)}
        return own | dict.fromkeys(leads - own.keys(), _ANYTHING)

    def _without(self, vague: Iterable[str]) -> dict[str, Shape]:
        return {**self.shapes, **dict.fromkeys(vague, _ANYTHING)}

    def _made(self, shapes: Mapping[str, Shape]) -> checking.Module | None:
        """The module of these classes; None where none comes of them that does no harm."""
        if not shapes:
            return checking.Module((), "", frozenset())
        try:
            text = self.generate(shapes, _aliases(shapes))
            module = checking.module_of(text, base=BASE, elsewhere=_ELSEWHERE)
        except RecursionError:
            self.is_deep = True
            return None
        except Exception:  # noqa: BLE001  foreign code meets foreign data: any of its faults
            return None
        return module if shapes.keys() <= module.classes else None


def _plain(shapes: Iterable[str]) -> checking.Module:
    """Classes that take any fields, for want of a generator that can be used."""
    body = "\n\n\n".join(f"class {name}({BASE}):\n    pass" for name in shapes)
    return checking.Module((), body, frozenset(shapes))


def _told(shape: Any, classes: Classes) -> Any:  # noqa: ANN401  any part of a shape
    """The shape with references to classes by their names."""
    if isinstance(shape, dict):
        if isinstance(shape.get("$ref"), str):
            return {"$ref": _POINTER + classes.name_of(shape["$ref"])}
        if isinstance(shape.get("anyOf"), list):
            return _choice([_told(each, classes) for each in shape["anyOf"]])
        return {name: _told(value, classes) for name, value in shape.items()}
    return [_told(each, classes) for each in shape] if isinstance(shape, list) else shape


def _choice(shapes: list[Any]) -> Any:  # noqa: ANN401  a shape
    """A choice of shapes; the generator would make classes of bounds within one."""
    others = [shape for shape in shapes if shape != _NULL]
    if len(others) == 1 and len(others) < len(shapes) and others[0].get("type") in _SCALARS:
        return {**others[0], "type": [others[0]["type"], "null"]}
    return {"anyOf": [_unbounded(shape) for shape in shapes]}


def _unbounded(shape: Shape) -> Shape:
    return {name: value for name, value in shape.items() if name not in _BOUNDS}


def _aliases(shapes: Mapping[str, Shape]) -> dict[str, str]:
    """The name of each field that cannot be called as the document calls it."""
    return {
        f"{model}.{name}": own
        for model, shape in shapes.items()
        for name, own in fields_of(shape).items()
        if own != name
    }


def _imports(module: checking.Module) -> list[str]:
    """The lines of imports, with what the base class needs."""
    wanted = {name: set(there) for name, there in _NEEDED.items()}
    for source, name in module.imports:
        wanted.setdefault(source, set()).add(name)
    return imports.lines(wanted)


def _generator() -> _Generate:
    try:
        from datamodel_code_generator import InputFileType, generate
        from datamodel_code_generator.enums import DataModelType
        from datamodel_code_generator.format import Formatter, PythonVersion
        from datamodel_code_generator.parser import LiteralType
    except ImportError as error:
        raise UsageError(
            "init from a document needs more than is installed: pip install redhanded[init]"
        ) from error

    def made(shapes: Mapping[str, Any], aliases: Mapping[str, str]) -> str:
        document = {
            "openapi": "3.1.0",
            "info": {"title": "shapes", "version": "1"},
            "paths": {},
            "components": {"schemas": shapes},
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = generate(
                document,
                input_file_type=InputFileType.OpenAPI,
                output_model_type=DataModelType.PydanticV2BaseModel,
                target_python_version=PythonVersion.PY_311,
                base_class=f"{_ELSEWHERE}.{BASE}",
                aliases=dict(aliases),
                enum_field_as_literal=LiteralType.All,
                field_constraints=True,
                use_annotated=True,
                use_standard_collections=True,
                use_union_operator=True,
                use_double_quotes=True,
                formatters=[Formatter.BUILTIN],
                builtin_format_line_length=100,
                disable_timestamp=True,
                custom_file_header="#",
                allow_remote_refs=False,
                collapse_root_models=True,
                keep_model_order=True,
            )
        if not isinstance(text, str):
            raise TypeError("the generator gave no text")
        return text

    return made
