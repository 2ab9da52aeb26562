"""Signatures and docstrings as the source has them, whatever the interpreter makes of them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from tests.documents.reference.markdown import flowing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WIDTH = 80


def signature(function: Callable[..., Any], name: str) -> str:
    """How the function is called, under that name; long ones with a line for each argument."""
    node = _definition(function)
    arguments = [text for text in _arguments(node.args) if text not in {"self", "cls"}]
    if arguments[:1] == ["/"]:  # what stood before it was `self`
        del arguments[0]
    answer = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{name}({', '.join(arguments)}){answer}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {text}," for text in arguments), f"){answer}"])


def returned(function: Callable[..., Any]) -> str:
    """The type of what the function gives."""
    returns = _definition(function).returns
    return ast.unparse(returns) if returns else ""


def paragraphs(thing: object) -> list[str]:
    """The docstring's paragraphs, each in one line."""
    text = inspect.getdoc(thing) or ""
    return [flowing(part) for part in text.split("\n\n") if part.strip()]


def sentence(thing: object) -> str:
    """The first paragraph of the docstring."""
    return paragraphs(thing)[0]


def _definition(function: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def _arguments(given: ast.arguments) -> Iterator[str]:
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    for number, (argument, default) in enumerate(zip(positional, defaults, strict=True), 1):
        yield _argument(argument, default)
        if number == len(given.posonlyargs):
            yield "/"
    if given.vararg:
        yield f"*{ast.unparse(given.vararg)}"
    elif given.kwonlyargs:
        yield "*"
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _argument(argument, default)
    if given.kwarg:
        yield f"**{ast.unparse(given.kwarg)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default else "")
