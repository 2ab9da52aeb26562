"""Test ids without secrets: an id is part of a test's name in every report, cache and worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class MaskedIds:
    """Masks the ids of parameters before pytest makes names of them, and sees to their uniqueness.

    The mask of a secret is the same in every process that knows it, so workers agree on names.
    """

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_parametrize_id(self, val: object) -> str | None:
        """An id without the secret that the value is or holds; None leaves it to pytest."""
        if not isinstance(val, str | bytes):
            return None
        text = val if isinstance(val, str) else val.decode("ascii", "backslashreplace")
        masked = self._mask(text)
        return None if masked == text else masked

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Mask the ids that authors chose, whoever parametrizes the test from here on."""
        parametrize = metafunc.parametrize

        def masked(argnames: Any, argvalues: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401  pytest's
            options["ids"] = self._ids(options.get("ids"))
            parametrize(argnames, self._sets(argvalues), *args, **options)

        setattr(metafunc, "parametrize", masked)  # noqa: B010  of this object alone

    def _ids(self, ids: Any) -> Any:  # noqa: ANN401  pytest's
        if callable(ids):
            return lambda value: self._masked(ids(value), "")
        if isinstance(ids, Iterable):
            return [self._masked(each, f"-{place}") for place, each in enumerate(ids)]
        return ids

    def _sets(self, values: Any) -> Any:  # noqa: ANN401  pytest's
        """The sets of parameters; those of `pytest.param` with their ids masked."""
        if not isinstance(values, Iterable):
            return values
        return [
            each._replace(id=self._masked(each.id, f"-{place}")) if _has_id(each) else each
            for place, each in enumerate(values)
        ]

    def _masked(self, id_: object, suffix: str) -> object:
        """The id; one that was masked ends with its place, because its neighbour may look alike."""
        shown = self._mask(id_) if isinstance(id_, str) else id_
        return id_ if shown == id_ else f"{shown}{suffix}"


def _has_id(value: Any) -> bool:  # noqa: ANN401  pytest's
    return isinstance(value, tuple) and isinstance(getattr(value, "id", None), str)
