"""What was generated, before anybody imports it: classes of fields, and nothing else.

A document is foreign, and so is what a generator makes of it. Only what is listed here passes.
"""

from __future__ import annotations

import ast
import sys
import types
from dataclasses import dataclass
from typing import Any

_SOURCES = {
    "__future__": {"annotations"},
    "datetime": {"date", "datetime", "time", "timedelta"},
    "typing": {"Annotated", "Any", "Literal"},
    "uuid": {"UUID"},
    "pydantic": {"AwareDatetime", "ConfigDict", "Field", "RootModel"},
}
_CALLED = frozenset({"ConfigDict", "Field"})
_EXPRESSIONS = (
    ast.BinOp,
    ast.BitOr,
    ast.Constant,
    ast.List,
    ast.Load,
    ast.Name,
    ast.Subscript,
    ast.Tuple,
    ast.UnaryOp,
    ast.USub,
    ast.keyword,
)


class Unexpected(Exception):
    """Something stands there that no model needs."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of classes: what it imports, as module and name, the text below, its classes."""

    imports: tuple[tuple[str, str], ...]
    body: str
    classes: frozenset[str]


def module_of(text: str, *, base: str, elsewhere: str) -> Module:
    """The parts of a generated module whose classes have this base, imported from `elsewhere`.

    Raises Unexpected for anything but classes of fields, and whatever pydantic raises where they
    cannot be built.
    """
    tree = ast.parse(text)
    imports: list[tuple[str, str]] = []
    first, classes = 0, set[str]()
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module=str() as source, names=listed, level=0):
                if source != elsewhere:
                    imports += [_imported(source, name) for name in listed]
            case ast.ClassDef():
                first = first or statement.lineno
                _check_class(statement, classes | {base, "RootModel"})
                classes.add(statement.name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr=attr))):
                if attr != "model_rebuild":
                    raise Unexpected(attr)
            case _:
                raise Unexpected(ast.dump(statement)[:100])
    lines = text.splitlines(keepends=True)
    body = "".join(lines[first - 1 :]) if first else ""
    _build(text, base, elsewhere, _inner_first(tree))
    wanted = [(source, name) for source, name in imports if source != "__future__"]
    return Module(tuple(wanted), body, frozenset(classes))


def _imported(source: str, name: ast.alias) -> tuple[str, str]:
    if name.name not in _SOURCES.get(source, ()):
        raise Unexpected(f"{source}.{name.name}")
    return source, name.name if name.asname is None else f"{name.name} as {name.asname}"


def _check_class(node: ast.ClassDef, known: set[str]) -> None:
    if node.decorator_list or node.keywords:
        raise Unexpected(node.name)
    for one in node.bases:
        _check_expression(one)
        inner = one.value if isinstance(one, ast.Subscript) else one
        if not isinstance(inner, ast.Name) or inner.id not in known:
            raise Unexpected(node.name)
    for statement in node.body:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.AnnAssign(target=ast.Name(), annotation=annotation, value=value):
                _check_expression(annotation)
                if value is not None:
                    _check_expression(value)
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                _check_expression(value)
            case _:
                raise Unexpected(node.name)


def _check_expression(node: ast.expr) -> None:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            if not isinstance(each.func, ast.Name) or each.func.id not in _CALLED:
                raise Unexpected(ast.dump(each)[:100])
        elif not isinstance(each, _EXPRESSIONS):
            raise Unexpected(ast.dump(each)[:100])


def _inner_first(tree: ast.Module) -> list[str]:
    """The classes, each behind those that it names: pydantic builds what is not built yet anew."""
    nodes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    named = {
        name: [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
        for name, node in nodes.items()
    }
    ordered: dict[str, None] = {}
    waiting, seen = list(named), set[str]()
    while waiting:
        name = waiting[-1]
        if name in seen:
            ordered.setdefault(waiting.pop())
            continue
        seen.add(name)
        waiting += [each for each in named[name] if each in named and each not in seen]
    return list(ordered)


def _build(text: str, base: str, elsewhere: str, names: list[str]) -> None:
    """Have pydantic build the classes: a pattern or a bound may be none to it."""
    from pydantic import BaseModel

    beside = types.ModuleType(elsewhere)
    vars(beside)[base] = type(base, (BaseModel,), {"__module__": elsewhere})
    built = types.ModuleType(f"{elsewhere}_models")
    sys.modules[elsewhere], sys.modules[built.__name__] = beside, built
    try:
        exec(compile(text, "models.py", "exec"), vars(built))  # noqa: S102  it was checked
        for name in names:
            if _is_model(made := vars(built)[name], BaseModel):
                made.model_rebuild()
    finally:
        del sys.modules[elsewhere], sys.modules[built.__name__]


def _is_model(made: object, base: type[Any]) -> bool:
    return isinstance(made, type) and issubclass(made, base)
