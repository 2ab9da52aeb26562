"""The text of a document, JSON or YAML, as the values it stands for."""

from __future__ import annotations

import json
from typing import Any


def parse(content: bytes, name: str) -> Any:
    """The value that the content stands for."""
    import yaml

    try:
        return json.loads(content)
    except ValueError:
        return yaml.safe_load(content)
