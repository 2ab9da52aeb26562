"""Packed documents: what a process read is what another one gets."""

from __future__ import annotations

import json

import pytest

from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.packing import NotPacked, pack, unpack

CONTENT = b"""
openapi: 3.2.0
$self: https://example.com/api.yaml
paths:
  /x/{id}: {$ref: 'x.yaml#/item'}
  /y: {$ref: no.yaml}
"""


def _fetch(uri: str) -> bytes:
    if uri.endswith("no.yaml"):
        return b""
    return b"$self: https://example.com/x\nitem: {get: {responses: {200: {description: x}}}}"


def test_a_packed_document_is_the_same_after_a_journey_through_json() -> None:
    """With its other files, their own addresses, its flaws and its digest."""
    document = read(CONTENT, "api.yaml", uri="file:///p/api.yaml", fetch=_fetch)

    found = unpack(json.loads(json.dumps(pack(document))))

    assert found == document
    assert found.flaws
    assert found.missing == ("file:///p/no.yaml",)
    assert set(found.aliases) == {"https://example.com/api.yaml", "https://example.com/x"}
    assert found.others["https://example.com/x"] is found.others["file:///p/x.yaml"]


def test_a_file_with_two_addresses_is_packed_once() -> None:
    """INVARIANT: a document that says its own address is not twice as long."""
    packed = pack(read(CONTENT, "api.yaml", uri="file:///p/api.yaml", fetch=_fetch))

    assert list(packed["others"]) == ["file:///p/x.yaml"]


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({}, id="empty"),
        pytest.param({"form": 0, "root": {}}, id="another form"),
        pytest.param({"form": 1, "root": []}, id="a list as the document"),
        pytest.param({"form": 1, "root": {}, "uri": "u"}, id="half of it"),
        pytest.param({"form": 1, "root": {}, "uri": "u", "version": [3]}, id="half a version"),
    ],
)
def test_what_is_no_packed_document_is_told(packed: object) -> None:
    """NotPacked, whatever is wrong: whoever kept it makes it anew."""
    with pytest.raises(NotPacked):
        unpack(packed)
