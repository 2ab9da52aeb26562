"""A real document, exchanges that break it, and the patch by which it accepts them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.patches import merged, patched
from redhanded.core.attempt import Attempt
from redhanded.core.contracting import Contracting
from tests.contracts.openapi.exchanges import ORIGIN, attempt

_FILE = Path(__file__).parents[2] / "corpus/specs/realworld.yml"
_PROFILE = {"username": "ann", "bio": "b", "image": "i", "following": True}
_ARTICLE = {
    "slug": "a",
    "title": "t",
    "description": "d",
    "body": "b",
    "tagList": ["x"],
    "createdAt": "2026-01-02T03:04:05Z",
    "updatedAt": "2026-01-02T03:04:05Z",
    "favorited": False,
    "favoritesCount": 1,
    "author": _PROFILE,
}


def _article(**changes: object) -> Attempt:
    return attempt("GET /api/articles/a", body={"article": {**_ARTICLE, **changes}})


def _without(name: str) -> Attempt:
    article = {key: value for key, value in _ARTICLE.items() if key != name}
    return attempt("GET /api/articles/a", body={"article": article})


BROKEN: dict[str, Attempt] = {
    "path": attempt("GET /api/health", body={"ok": True}),
    "path-with-a-body": attempt("POST /api/health", 201, {"ok": True}, sent={"x": 1}),
    "path-with-a-query": attempt("GET /api/health?deep=1&deep=2", body=["a"]),
    "method": attempt("PATCH /api/user", body={"a": 1}, sent={"b": 2}),
    "status": attempt("GET /api/tags", 418),
    "status-with-a-body": attempt("GET /api/tags", 500, {"error": "late"}),
    "media-type": attempt("GET /api/tags", 200, b"a,b", headers={"Content-Type": "text/csv"}),
    "query": attempt("GET /api/tags?order=asc", body={"tags": []}),
    "another-query": attempt("GET /api/tags?page=2&order=asc", body={"tags": ["a"]}),
    "property": _article(readingTime=7),
    "property-of-another-type": _article(readingTime="7 minutes"),
    "nested-property": _article(author={**_PROFILE, "badges": [{"name": "x"}]}),
    "null": _article(description=None),
    "text-for-a-number": _article(favoritesCount="many"),
    "null-for-the-same-number": _article(favoritesCount=None),
    "missing": _without("updatedAt"),
    "another-missing": _without("body"),
    "sent-property": attempt(
        "POST /api/users/login",
        body={"user": {"email": "a@b.de", "token": "t", "username": "u", "bio": "b", "image": "i"}},
        sent={"user": {"email": "a@b.de", "password": "p", "remember": True}},
    ),
}


@cache
def _original() -> Document:
    return read(_FILE.read_bytes(), "realworld.yml")


def _contract(document: Document) -> OpenAPIContract:
    return OpenAPIContract(document, Contracting(), f"{ORIGIN}/api")


@cache
def _suggestions(name: str) -> tuple[str, ...]:
    """What is suggested for one of the exchanges; empty texts where there is nothing."""
    found = _contract(_original()).check(BROKEN[name])
    return tuple(violation.suggestion for violation in found if violation.level == "error")


def _patch(*names: str) -> list[dict[str, Any]]:
    suggestions = [text for name in names for text in _suggestions(name)]
    return merged(suggestions, version=_original().version)


def _mended(*names: str) -> OpenAPIContract:
    """The contract of the document with the patch of these exchanges, read anew."""
    root = patched(_original().root, _patch(*names))
    document = read(json.dumps(root).encode(), "realworld.yml")
    assert document.flaws == _original().flaws
    return _contract(document)


def _errors(contract: OpenAPIContract, name: str) -> list[str]:
    return [str(one) for one in contract.check(BROKEN[name]) if one.level == "error"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_patched_document_accepts_what_broke_it(name: str) -> None:
    """Every breach comes with its suggestion, and with that the exchange follows the document."""
    assert _suggestions(name)
    assert all(_suggestions(name))

    assert _errors(_mended(name), name) == []


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sets(st.sampled_from(sorted(BROKEN)), min_size=2))
def test_one_patch_of_many_exchanges_accepts_all_of_them(names: set[str]) -> None:
    """INVARIANT: whatever is suggested for one exchange takes nothing from another one."""
    contract = _mended(*names)

    assert {name: _errors(contract, name) for name in names} == {name: [] for name in names}


def test_a_patch_is_what_another_library_makes_of_it() -> None:
    """The patch of all exchanges is plain RFC 6902: anybody can apply it."""
    patch, root = _patch(*BROKEN), json.loads(json.dumps(_original().root))

    assert jsonpatch.apply_patch(root, patch) == patched(_original().root, patch)


def test_a_patch_names_each_place_once() -> None:
    """A hundred exchanges of one cause are one line for whoever reads the patch."""
    patch = _patch(*BROKEN)

    places = [told["path"] for told in patch if not told["path"].endswith("/-")]
    assert len(places) == len(set(places))
    assert len(patch) < sum(len(_suggestions(name)) for name in BROKEN)
