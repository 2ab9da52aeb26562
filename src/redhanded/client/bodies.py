"""Request bodies: what becomes of Pydantic models that are given as `json=`, and of `files=`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from redhanded.client.secrets import sendable
from redhanded.core.model_json import json_of
from redhanded.core.secret import Secret

if TYPE_CHECKING:
    import httpx2

KEPT_FORM: Final = 2**20
"""Bytes of a form with files up to which it is kept; larger ones are sent as they are read."""


def kept(request: httpx2.Request) -> httpx2.Request:
    """The request, its form of files in memory where that is small.

    What was sent can then be held against a document, shown, and sent again by hand.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= KEPT_FORM:
        request.read()
    return request


def dumped(json: object) -> object:
    """The JSON value of a Pydantic model, or of a list or a dictionary that holds some.

    Secrets in a model are sent as they are: pydantic would put asterisks in their place.
    """
    if json is None or isinstance(json, int | float):
        return json
    if isinstance(json, str | Secret):
        return sendable(json)
    if isinstance(json, BaseModel):
        return json_of(json)
    if isinstance(json, list | tuple):
        return [dumped(item) for item in json]
    if isinstance(json, dict):
        return {key: dumped(value) for key, value in json.items()}
    return json
