"""How the suite judges with pytest alone: the same expectations as plain assertions."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")

_TYPES = (type, TypeAdapter)


def expect(
    response: httpx2.Response,
    status: int | str | Collection[int] = "2xx",
    shape: Any = None,
    *,
    headers: Mapping[str, object] | None = None,
    where: Any = (),
) -> Any:
    """The body as its shape reads it; the response itself where no shape is given."""
    assert _allows(status, response.status_code), f"{response.status_code} instead of {status}"
    for name, wanted in (headers or {}).items():
        found = response.headers.get(name)
        assert _is_header(found, wanted), f"{name} is {found!r} instead of {wanted!r}"
    value = response if shape is None else _read(response, shape)
    for condition in [where] if callable(where) else _each(where):
        assert condition(value), f"a condition does not hold for {value!r}"
    return value


def eventually(
    observe: Callable[[], T], *, within: float, every: float = 0.25, **_others: object
) -> T:
    """What the observation gives when it first holds."""
    until = time.monotonic() + within
    while True:
        try:
            return observe()
        except AssertionError:
            if time.monotonic() >= until:
                raise
            time.sleep(every)


def _allows(status: int | str | Collection[int], actual: int) -> bool:
    if isinstance(status, str):
        return status[0] == str(actual)[0]
    return actual == status if isinstance(status, int) else actual in status


def _is_header(found: str | None, wanted: object) -> bool:
    if wanted is None or found is None:
        return found is None and wanted is None
    if isinstance(wanted, re.Pattern):
        return wanted.search(found) is not None
    return wanted is ... or found == wanted or found.partition(";")[0].strip() == wanted


def _each(where: Any) -> Iterable[Callable[[Any], object]]:
    assert not isinstance(where, Mapping), "plain assertions have no paths"
    yield from where


def _read(response: httpx2.Response, shape: Any) -> Any:
    if shape is str or shape is bytes:
        return response.text if shape is str else response.content
    media = response.headers.get("content-type", "")
    assert "json" in media, f"{media or 'nothing'} instead of JSON"
    if not (isinstance(shape, _TYPES) or hasattr(shape, "__origin__")):
        assert response.json() == shape
        return shape
    adapter = shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)
    try:
        return adapter.validate_json(response.content, strict=True, extra="forbid")
    except ValidationError as error:
        raise AssertionError(str(error)) from error
