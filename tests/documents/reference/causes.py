"""The causes that findings name, as `redhanded explain` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cli.explain import FAMILIES, by_family
from redhanded.verdict.causes import causes
from tests.documents.reference.markdown import bullets, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.verdict.causes import Cause


def markdown() -> str:
    """A table of contents, and a section for each family with all of its causes."""
    families = by_family(list(causes().values()))
    rows = ((f"[{name}](#{name})", FAMILIES[name], str(len(families[name]))) for name in families)
    parts = (line for name, members in families.items() for line in _family(name, members))
    return "\n".join(["", *table(("family", "speaks of", "causes"), rows), *parts])


def _family(name: str, members: Sequence[Cause]) -> Iterator[str]:
    yield from (f"## {name}", "", f"{FAMILIES[name][0].upper()}{FAMILIES[name][1:]}.", "")
    for cause in members:
        yield from (f"### `{cause.code}`", "", f"**{cause.title}.** {cause.meaning}", "")
        yield from ("What usually lies behind it:", "", *bullets(cause.typical))
        yield from ("Do:", "", *bullets(cause.remedy))
        yield from (f"In the test: {cause.narrow}", "") if cause.narrow else ()
