"""Single lines of tests, and parts of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.scaffold.openapi import paths, texts, trips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.trips import Trip

_ROOM = texts.WIDTH - 6  # of a line in a list of remarks
_LONGEST_NAME = 1000


def mapping(name: str, members: Sequence[str]) -> str:
    """An argument that is a dictionary of these members."""
    line = f"{name}={{{', '.join(members)}}}"
    if len(line) + 9 <= texts.WIDTH:
        return line
    inner = "".join(f"            {member},\n" for member in members)
    return f"{name}={{\n{inner}        }}"


def article(thing: str) -> str:
    """The article of a thing's name."""
    return "an" if thing[0] in "aeio" else "a"


def path_to(trip: Trip, given: str) -> str:
    """The path of the thing that a trip made, as a literal."""
    template = trip.read.operation.template
    found = VARIABLE.search(template)
    before = paths.fixed(template[: found.start()]) if found else template
    after = paths.fixed(template[found.end() :]) if found else ""
    if not trip.is_text:
        return f'f"{before}{{{given}}}{after}"'
    return f"f\"{before}{{quote({given}, safe='')}}{after}\""


def row(method: Method) -> str:
    """A read as one row of a parametrization."""
    known = [
        f"{paths.value(one.name)}={paths.value(str(one.known))}"
        for one in method.parameters
        if one.place == "query" and one.is_required
    ]
    path = paths.fixed(method.operation.template) + ("?" + "&".join(known) if known else "")
    exact = [one.status for one in method.answers]
    status = str(exact[0]) if exact[:-1] == [] and isinstance(exact[0], int) else '"2xx"'
    name = texts.literal(method.name.strip("_"))
    arguments = [texts.literal(method.operation.method), texts.literal(path), status, f"id={name}"]
    return texts.call("pytest.param(", arguments, "),", indent=8) + "\n"


def value(known: object) -> str:
    """A value that the document gives itself, as Python writes it."""
    return texts.literal(known) if isinstance(known, str) else repr(known)


def told(method: Method) -> str:
    """An operation that no test calls, with what it lacks as far as the line has room for it."""
    name = texts.remark(method.operation.name, _LONGEST_NAME)
    whole = texts.remark(f"{name}: {trips.lacks(method)}", _ROOM)
    if whole.startswith(f"{name}: "):
        return whole
    return name if len(name) <= _ROOM else f"{name[: _ROOM - 3]}..."
