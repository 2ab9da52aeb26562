"""What a single setting may hold: texts with a form, numbers with bounds, durations in seconds.

A validator's message completes a sentence that begins with the setting's key.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, WithJsonSchema

from redhanded.core.credentials import Text
from redhanded.core.errors import UsageError
from redhanded.core.jsonpath import read

_ROUTE = re.compile(r"[A-Z]+ /[^\s?#]*")
_FIND = re.compile(r"GET /[!-~]*")
BLANK = re.compile(r"\{([^{}]*)\}")
TAG = re.compile(r"\$.+|header:[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The password has a setting of its own: an address is shown in messages and on command lines.
_REDIS = re.compile(r"rediss?://(?:[^\s/@:]+@)?[^\s/@?#]+(?:/\d{1,4})?")
_RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,30}[a-z0-9]")
_SHAPE_ROUTE = re.compile(r"[A-Z]+ /[^\s?#]*(?: [1-5](?:\d\d|XX))?")
_SHAPE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\[\])?")
_SHARD = re.compile(r"\d{1,4}/\d{1,4}")
_PREFIX = "^[a-z][a-z0-9]{1,11}$"
_REPEATABLE = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")


def _route(value: str) -> str:
    if not _ROUTE.fullmatch(value):
        raise ValueError('is not a route: write method and path, such as "GET /booking/{id}"')
    return value


def _route_or_any(value: str) -> str:
    return value if value == "*" else _route(value)


def _write(value: str) -> str:
    if _route(value).startswith(_REPEATABLE):
        raise ValueError("needs no look-up, for it may be sent again: name a POST or a PATCH")
    return value


def _creation(value: str) -> str:
    if _route(value).startswith(_REPEATABLE):
        raise ValueError("cannot be a creation: name a POST or a PATCH")
    return value


def _prefix(value: str) -> str:
    if not re.fullmatch(_PREFIX, value):
        raise ValueError("begins no mark: write 2 to 12 small letters and digits, a letter first")
    return value


def _tagged(value: str) -> str:
    if not TAG.fullmatch(value) or (value[:1] == "$" and not _is_path(value)):
        raise ValueError('is no place for a mark: write such as "$.note" or "header:X-Tag"')
    return value


def _find_by_tag(value: str) -> str:
    if not _FIND.fullmatch(value) or "#" in value:
        raise ValueError(
            'is not a listing: write GET and a path, such as "GET /booking?note={tag}"'
        )
    return value


def _place(value: str) -> str:
    if not _is_path(value):
        raise ValueError('is not a path into JSON: write it as "$" or "$.items"')
    return value


def _is_path(value: str) -> bool:
    try:
        read(value)
    except UsageError:
        return False
    return True


def _find(value: str) -> str:
    blanks = BLANK.findall(value)
    if not _FIND.fullmatch(value) or "#" in value or set("{}") & set(BLANK.sub("", value)):
        raise ValueError(
            'is not a look-up: write GET and a path, such as "GET /orders?tag={$.tag}"'
        )
    if not any(map(TAG.fullmatch, blanks)):
        raise ValueError(
            'does not say which write: write "{$.tag}" where the tag of its JSON body goes, or'
            ' "{header:X-Tag}"'
        )
    wrong = next((one for one in blanks if one[:1] == "$" and not _is_path(one)), None)
    if wrong is not None:
        raise ValueError(f'has no path into JSON in "{{{wrong}}}": write such as "{{$.tag}}"')
    return value


def _redis_url(value: str) -> str:
    if not _REDIS.fullmatch(value):
        raise ValueError('is no address of a Redis: write such as "redis://127.0.0.1:6379/0"')
    return value


def _run_id(value: str) -> str:
    if not _RUN_ID.fullmatch(value):
        raise ValueError("is no name for a run: write 4 to 32 small letters, digits and hyphens")
    return value


def _shard(value: str) -> str:
    part, _, parts = value.partition("/")
    if not _SHARD.fullmatch(value) or not 1 <= int(part) <= int(parts):
        raise ValueError('is no part of a run: write such as "1/4", the first of four')
    return value


def _shape_route(value: str) -> str:
    if not _SHAPE_ROUTE.fullmatch(value):
        raise ValueError(
            'is no route with its answer: write such as "GET /booking/{id}" or "POST /booking 201"'
        )
    return value


def _shape(value: str) -> str:
    if not _SHAPE.fullmatch(value):
        raise ValueError('names no model: write module and name, such as "models:Booking"')
    return value


def one_or_many(value: object) -> object:
    """What stands for a list: a single text is a list of one."""
    return (value,) if isinstance(value, str) else value


def _names(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError('has no names: write such as ["ann", "bob"]')
    return value


def _number(value: object) -> object:
    if isinstance(value, bool):  # pydantic counts true as 1
        raise ValueError("is not a number: write one")  # noqa: TRY004  pydantic passes others
    return value


# The outermost, so that bounds stay bounds of the number in the JSON Schema.
NUMBER = BeforeValidator(_number)

Seconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), NUMBER]
Rate: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), NUMBER]
Burst: TypeAlias = Annotated[float, Field(ge=1, allow_inf_nan=False), NUMBER]
Span: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False), NUMBER]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NUMBER]
Natural: TypeAlias = Annotated[int, Field(ge=0), NUMBER]
Count: TypeAlias = Annotated[int, Field(ge=1), NUMBER]
Refusal: TypeAlias = Annotated[int, Field(ge=400, le=499), NUMBER]
Connections: TypeAlias = Annotated[int, Field(ge=1, le=100), NUMBER]
Size: TypeAlias = Annotated[
    ByteSize,
    Field(ge=1),
    NUMBER,
    # pydantic's own schema for a size mixes the bound up with a keyword that does not exist.
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}),
]
Route: TypeAlias = Annotated[str, AfterValidator(_route)]
WriteRoute: TypeAlias = Annotated[str, AfterValidator(_write)]
CreationRoute: TypeAlias = Annotated[str, AfterValidator(_creation)]
Prefix: TypeAlias = Annotated[
    str, AfterValidator(_prefix), WithJsonSchema({"type": "string", "pattern": _PREFIX})
]
RouteOrAny: TypeAlias = Annotated[str, AfterValidator(_route_or_any)]
RedisUrl: TypeAlias = Annotated[str, AfterValidator(_redis_url)]
RunId: TypeAlias = Annotated[str, AfterValidator(_run_id)]
Shard: TypeAlias = Annotated[str, AfterValidator(_shard)]
Names: TypeAlias = Annotated[tuple[Text, ...], AfterValidator(_names)]
Find: TypeAlias = Annotated[str, AfterValidator(_find)]
JsonPlace: TypeAlias = Annotated[str, AfterValidator(_place)]
Tagged: TypeAlias = Annotated[str, AfterValidator(_tagged)]
ListByTag: TypeAlias = Annotated[str, AfterValidator(_find_by_tag)]
ShapeRoute: TypeAlias = Annotated[str, AfterValidator(_shape_route)]
Shape: TypeAlias = Annotated[str, AfterValidator(_shape)]
Texts: TypeAlias = Annotated[
    tuple[Text, ...],
    BeforeValidator(one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
