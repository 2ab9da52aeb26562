"""Statuses as authors write them."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from redhanded.core.errors import UsageError
from redhanded.verdict.status import Status, allowed, named


@pytest.mark.parametrize(
    "status, codes, words",
    [
        pytest.param(200, {200}, "200", id="one"),
        pytest.param(HTTPStatus.CREATED, {201}, "201", id="named constant"),
        pytest.param({204, 200}, {200, 204}, "200 or 204", id="set"),
        pytest.param([404, 410], {404, 410}, "404 or 410", id="list"),
        pytest.param(range(200, 203), {200, 201, 202}, "200 to 202", id="range"),
        pytest.param("2xx", set(range(200, 300)), "2xx", id="class"),
        pytest.param("5XX", set(range(500, 600)), "5xx", id="class in capitals"),
        pytest.param({"4xx", 301}, {301, *range(400, 500)}, "301 or 4xx", id="mixed"),
    ],
)
def test_a_status_can_be_written_in_several_ways(
    status: Status, codes: set[int], words: str
) -> None:
    """Each way means a set of codes and has words."""
    assert allowed(status) == codes
    assert named(status) == words


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("200", id="a number as text"),
        pytest.param("ok", id="a word"),
        pytest.param("9xx", id="no class"),
        pytest.param(True, id="a boolean"),
        pytest.param(99, id="too small"),
        pytest.param(600, id="too large"),
        pytest.param(None, id="nothing"),
        pytest.param([], id="an empty list"),
        pytest.param([200, "x"], id="one wrong in a list"),
        pytest.param(2.5, id="a fraction"),
    ],
)
def test_what_cannot_be_a_status_is_the_authors_mistake(status: Status) -> None:
    """The sentence shows what can be written."""
    with pytest.raises(UsageError, match=r"is no status: write 200, \{200, 204\}"):
        allowed(status)
