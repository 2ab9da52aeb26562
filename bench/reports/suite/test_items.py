from __future__ import annotations

import os

import httpx2
import pytest


@pytest.mark.parametrize("number", range(int(os.environ["BENCH_TESTS"])))
def test_an_item_is_there(api: httpx2.Client, number: int) -> None:
    answers = [api.get(f"/item?number={number}&call={call}") for call in range(4)]
    wanted = 404 if number % 33 == 0 else 200
    assert answers[-1].status_code == wanted
