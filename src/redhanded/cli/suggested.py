"""What runs suggest for a document: as a JSON Patch, or as the document with the patch applied."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable
from redhanded.cli.quantities import many

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.cli.live import Live
    from redhanded.contracts.openapi.document import Document
    from redhanded.session.coverage_figures import Figures

_YAML = (".yaml", ".yml")
_SCHEMES = ("http://", "https://")
_CONNECTING = ("folder", "contract", "timeouts", "tls", "trust_env", "body_limit")


def write_patch(live: Live, file: Path) -> str:
    """Write one patch (RFC 6902) of all suggestions into the file; tells of it in a sentence."""
    patch = _patch(live, _document_of(live))
    file.write_text(json.dumps(patch, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return f"{many(len(patch), 'suggested change')} written to {printable(str(file))}."


def write_patched(live: Live, file: Path, env: str | None) -> str:
    """Write the document as it would be with the patch; tells of it in a sentence.

    As YAML where the file is called so, else as JSON; comments of the original are not in it.
    """
    from redhanded.contracts.openapi.patches import patched

    told = _document_of(live)
    document, patch = _read(live, told.name, env), _patch(live, told)
    file.write_text(_text(patched(document.root, patch), file.suffix), "utf-8")
    changed = "" if document.digest == told.digest else " It has changed since the run."
    done = f"{printable(told.name)} with {many(len(patch), 'suggested change')}"
    return f"{done} written to {printable(str(file))}.{changed}"


def _document_of(live: Live) -> Figures:
    """The one document that something is suggested for; a patch is of one."""
    suggested = [one for one in live.figures if live.suggestions.get(one.name)]
    if len({one.name for one in suggested}) > 1:
        names = ", ".join(printable(one.name) for one in suggested)
        raise Refusal(f"A patch is for one document, and these have suggestions: {names}.")
    return suggested[0] if suggested else live.figures[0]


def _patch(live: Live, told: Figures) -> list[dict[str, Any]]:
    from redhanded.contracts.openapi.patches import merged

    return merged(live.suggestions.get(told.name, ()), version=told.version)


def _read(live: Live, name: str, env: str | None) -> Document:
    """The document as it stands today: in the project's folder, behind its URL, or at the API."""
    from redhanded.cli.project import loaded
    from redhanded.client.client import Clients
    from redhanded.session.documents import document_at

    settings = loaded(os.environ, env=env, only=("env", *_CONNECTING)).settings
    file = settings.folder.parent / name
    is_here = not live.base_url or file.exists() or name.startswith(_SCHEMES)
    # A document at the API is called by its path there, whatever port that has.
    where = name if name.startswith(_SCHEMES) else str(file)
    clients: Clients = Clients(settings)
    try:
        address = where if is_here else urljoin(live.base_url, f"/{name}")
        return document_at(address, clients, remote=settings.contract.remote)
    finally:
        clients.network.close()


def _text(root: object, suffix: str) -> str:
    if suffix.lower() not in _YAML:
        return json.dumps(root, indent=2, ensure_ascii=False) + "\n"
    import yaml

    return str(yaml.safe_dump(root, sort_keys=False, allow_unicode=True, width=100))
