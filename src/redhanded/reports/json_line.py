"""A value as one line of JSON that every reader of lines and of JSON takes."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
# Line ends of Unicode, at which some readers cut; halves of a pair, which strict readers refuse.
_UNFIT: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def json_line(value: Any) -> str:  # noqa: ANN401  any JSON value
    """The value as JSON without a line end.

    JSON has no place for half of a surrogate pair, which is spelt out, nor for what is no number,
    which becomes null.
    """
    try:
        encoded = _encode(value)
    except ValueError:
        encoded = _encode(_finite(value))
    return _UNFIT.sub(_spelt, encoded)


def _spelt(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\\\u{code:04x}" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"


def _finite(value: Any) -> Any:  # noqa: ANN401
    match value:
        case float():
            return value if isfinite(value) else None
        case dict():
            return {key: _finite(each) for key, each in value.items()}
        case list() | tuple():
            return [_finite(each) for each in value]
    return value
