"""The page's template, built of its hand-written parts: `python -m redhanded.reports.html.build`.

What is shipped is `template.html`, so that no report needs a build.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
PAGE: Final = _HERE / "page"
TEMPLATE: Final = _HERE / "template.html"
STYLES: Final = ("base", "layout", "test", "charts")
# In the order in which they need each other; the last one starts the page.
SCRIPTS: Final = (
    "visible",
    "elements",
    "quantities",
    "kinds",
    "record",
    "json",
    "tree",
    "replay",
    "filters",
    "banner",
    "failures",
    "fields",
    "tests",
    "waterfall",
    "exchange",
    "why",
    "test",
    "endpoints",
    "latency",
    "lanes",
    "health",
    "trends",
    "provenance",
    "keys",
    "page",
)

_NOTES = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*$|^[ \t]*//[^\n]*$", re.MULTILINE | re.DOTALL)
_STRICT = "'use strict';\n"


def template() -> str:
    """The page with marks where a run's data come, allowing no script and style but its own."""
    style, script = _style(), _script()
    parts = {
        "{{policy}}": _policy(style, script),
        "{{style}}": style,
        "{{script}}": script,
    }
    page = _part("index.html")
    for mark, part in parts.items():
        page = page.replace(mark, part)
    return page


def _style() -> str:
    return _bare("".join(_part(f"style/{name}.css") for name in STYLES))


def _script() -> str:
    """All scripts as one, in a scope of their own."""
    whole = "".join(_part(f"script/{name}.js").replace(_STRICT, "") for name in SCRIPTS)
    return f"(() => {{\n{_STRICT}{_bare(whole)}}})();\n"


def _bare(text: str) -> str:
    """The text without comments of whole lines, indentation and empty lines."""
    lines = (line.strip() for line in _NOTES.sub("", text).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _policy(style: str, script: str) -> str:
    allowed = f"script-src {_hash(script)}; style-src {_hash(style)}; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    """The source expression that allows this inline text (CSP level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    TEMPLATE.write_text(template(), encoding="utf-8", newline="\n")
