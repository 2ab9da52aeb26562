"""Reading an OpenAPI document: its text, the files that it refers to, and its flaws."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from redhanded.contracts.openapi import text
from redhanded.contracts.openapi.document import Document, DocumentUnusable

if TYPE_CHECKING:
    from collections.abc import Callable


def read(
    content: bytes,
    name: str,
    *,
    uri: str = "",
    fetch: Callable[[str], bytes] | None = None,
) -> Document:
    """The document that the content stands for; DocumentUnusable where it is none.

    `name` is what people call it; `uri` its address, against which its references are resolved;
    `fetch` reads the file with an address, for references to other files.
    """
    root = text.parse(content, name).value
    if not isinstance(root, dict) or not isinstance(root.get("openapi"), str):
        raise DocumentUnusable(f"{name} is no OpenAPI document: it has no key `openapi`.")
    major, minor = root["openapi"].split(".")[:2]
    return Document(
        name=name,
        version=(int(major), int(minor)),
        root=root,
        uri=uri or f"file:///{quote(name)}",
        digest=hashlib.sha256(content).hexdigest(),
    )
