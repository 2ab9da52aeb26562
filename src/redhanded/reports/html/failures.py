"""The failures as plain HTML: for whoever reads the page without its script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from redhanded.reports import signatures
from redhanded.reports.kinds import HELD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.reports.dossier.case import Row
    from redhanded.reports.dossier.head import Head

MOST: Final = 300
_LONGEST: Final = 500  # characters of a headline


def title(head: Head) -> str:
    """The title of the page, as HTML."""
    sentence = head.sentences[0] if head.sentences else "no verdict"
    name = head.parts[0].name if head.parts else ""
    return _shown(f"{sentence} {name} redhanded".replace("  ", " "))


def failures(head: Head, rows: Sequence[Row]) -> str:
    """What did not hold, the worst first, as HTML without any script."""
    told = [row for row in rows if signatures.kind(row) not in HELD]
    ordered = sorted(told, key=signatures.rank)
    parts = [f"<p>{_shown(sentence)}</p>" for sentence in (*head.sentences, *head.missing)]
    if ordered:
        parts += ["<ol>", *(_item(row) for row in ordered[:MOST]), "</ol>"]
    if len(ordered) > MOST:
        parts.append(f"<p>{len(ordered) - MOST:,} more are not listed here.</p>")
    return "\n".join(parts)


def _item(row: Row) -> str:
    kind, code = _shown(signatures.kind(row).upper()), _shown(row.code)
    told = f": {_shown(row.headline)}" if row.headline else ""
    route = f" ({_shown(row.route)})" if row.route else ""
    return f"<li><b>{kind} {code}</b>{told}<br><code>{_shown(row.test_id)}</code>{route}</li>"


def _shown(text: str) -> str:
    """The text as HTML: nothing in it is markup, and what nobody can see is left out."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    seen = (sign if sign.isprintable() else " " for sign in cut)
    return escape("".join(seen), quote=True)
