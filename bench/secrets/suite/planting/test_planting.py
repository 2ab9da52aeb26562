"""A test that writes a secret past the gate into the run's own folder, in many ways."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

BEFORE = "x" * int(os.environ["BEFORE"]) + "\n"


def test_planting(api: Any) -> None:
    [folder] = Path(".redhanded", "runs").glob("*/spool/..")
    secret = (Path(os.environ["VAULT"]) / "planted").read_text("utf-8")
    for name, write in WAYS.items():
        (folder / f"planted-{name}").write_bytes(write(secret))
    assert api.get("/health").status_code == 200


def plain(encode: Callable[[str], str]) -> Callable[[str], bytes]:
    return lambda secret: (BEFORE + encode(secret) + "\n").encode()


def zipped(secret: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", secret)
    return packed.getvalue()


def page(secret: str) -> bytes:
    """As our own page carries its data."""
    chunk = base64.b64encode(gzip.compress(json.dumps({"note": secret}).encode())).decode()
    return f'<script type="application/x-gz">{chunk}</script>'.encode()


WAYS: dict[str, Callable[[str], bytes]] = {
    "raw.txt": plain(str),
    "value.json": plain(json.dumps),
    "entities.xml": plain(html.escape),
    "url.txt": plain(lambda secret: quote(secret, safe="")),
    "base64.txt": plain(lambda secret: base64.b64encode(secret.encode()).decode()),
    "hexadecimal.txt": plain(lambda secret: secret.encode().hex()),
    "most.txt": plain(lambda secret: secret[: max(6, len(secret) * 4 // 5)]),
    "log.gz": lambda secret: gzip.compress(secret.encode()),
    "archive.zip": zipped,
    "page.html": page,
}
