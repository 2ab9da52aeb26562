"""The public names of the package, each with its signature and its sentence."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import redhanded
from redhanded import data
from tests.documents.reference.markdown import block, table
from tests.documents.reference.signatures import paragraphs, sentence, signature

if TYPE_CHECKING:
    from collections.abc import Iterator


def markdown() -> str:
    """The functions with their signatures, then tables of the classes and of the errors."""
    named = {name: getattr(redhanded, name) for name in redhanded.__all__}
    cases = {name: getattr(data, name) for name in data.__all__}
    errors = {name: it for name, it in named.items() if _is_error(it)}
    classes = {name: it for name, it in named.items() if name not in errors and not name.islower()}
    return "\n".join(
        [
            *("", "## Functions", "", *_functions(named)),
            *("## Types", "", *table(("name", "what it is"), _sentences(classes))),
            *("## Errors", "", *table(("name", "is also", "when"), _errors(errors))),
            *("## Cases: `redhanded.data`", "", *_functions(cases)),
            *table(("name", "what it is"), _sentences({"Case": data.Case})),
        ]
    )


def _functions(named: dict[str, Any]) -> Iterator[str]:
    for name, it in named.items():
        if name.islower():
            yield from _function(name, it)


def _is_error(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, Exception)


def _function(name: str, function: Any) -> Iterator[str]:  # noqa: ANN401  whatever is public
    yield from (f"### `{name}`", "")
    called = function.__init__ if inspect.isclass(function) else function
    yield from block(signature(called, name))
    for text in paragraphs(function):
        yield from (text, "")


def _sentences(classes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", sentence(it)) for name, it in classes.items())


def _errors(errors: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, it in errors.items():
        bases = " and ".join(f"`{base.__name__}`" for base in it.__bases__)
        yield f"`{name}`", bases, sentence(it)
