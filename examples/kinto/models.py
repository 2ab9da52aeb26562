"""Kinto's documents: what is sent, and what comes back."""

from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import UUID4, AnyHttpUrl, AwareDatetime, BaseModel, ConfigDict, Field

Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
Timestamp: TypeAlias = Annotated[int, Field(gt=1_500_000_000_000, description="milliseconds")]
Principal: TypeAlias = Annotated[
    str,
    Field(pattern=r"^(account:[\w-]+|system\.(Everyone|Authenticated)|/buckets/[\w-]+/groups/.+)$"),
]
Permission: TypeAlias = Literal[
    "read", "write", "collection:create", "group:create", "record:create"
]
Permissions: TypeAlias = dict[Permission, list[Principal]]
T = TypeVar("T")


class NewBucket(BaseModel):
    """A bucket under an id of our choice."""

    id: Annotated[str, Field(pattern=r"^[a-z]{20}$")]


class NewTask(BaseModel):
    """What the tests store: Kinto itself does not care."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    done: bool
    priority: Annotated[int, Field(ge=0, le=9)]


class NewAccount(BaseModel):
    """Somebody who wants to use Kinto."""

    id: Annotated[str, Field(pattern=r"^[a-z]{16}$")]
    password: Annotated[str, Field(min_length=16, max_length=72)]


class Object(BaseModel):
    """What every stored object has."""

    id: Id
    last_modified: Timestamp


class Task(NewTask, Object):
    """A stored task."""


class Collection(Object):
    """Records that may share a JSON Schema."""

    schema_: dict[str, Any] | None = Field(None, alias="schema")


class CheckedTask(Task):
    """A task of a collection with a schema; it names the version that it was held against."""

    schema_: Timestamp = Field(alias="schema")


class Group(Object):
    """Accounts under one name."""

    members: list[Principal]


class Account(Object):
    """An account, with the hash of its password."""

    password: Annotated[str, Field(pattern=r"^\$2[aby]\$\d\d\$.{53}$")]


class Tombstone(Object):
    """What is left of a deleted object."""

    deleted: Literal[True]


class Stored(BaseModel, Generic[T]):
    """An object with its permissions; who may only read does not see them."""

    data: T
    permissions: Permissions


class Listed(BaseModel, Generic[T]):
    """A page of objects."""

    data: list[T]


class Deleted(BaseModel):
    """The answer to a deletion."""

    data: Tombstone


class Entry(Object):
    """One line of a bucket's history; it names its object and all that the object lies in."""

    id: UUID4  # type: ignore[assignment]  # narrower than an object's
    date: AwareDatetime
    action: Literal["create", "update", "delete"]
    uri: Annotated[str, Field(pattern=r"^/buckets/")]
    user_id: Principal
    resource_name: Literal["bucket", "collection", "group", "record"]
    target: Stored[dict[str, Any]]
    bucket_id: Id | None = None
    collection_id: Id | None = None
    group_id: Id | None = None
    record_id: Id | None = None


class Detail(BaseModel):
    """One thing that is wrong with a request."""

    location: Literal["body", "header", "path", "querystring"]
    name: str | None
    description: Annotated[str, Field(min_length=1)]


class Missing(BaseModel):
    """What was not found."""

    id: str
    resource_name: str


class Existing(BaseModel):
    """What stood in the way of a write."""

    existing: dict[str, Any]


class Refusal(BaseModel):
    """Why a request was refused: its errno is Kinto's own, finer than the status."""

    code: Annotated[int, Field(ge=400, le=599)]
    errno: Annotated[int, Field(ge=104, le=999)]
    error: Annotated[str, Field(min_length=1)]
    message: str | None = None
    info: AnyHttpUrl | None = None
    details: list[Detail] | Missing | Existing | None = None


class Answer(BaseModel):
    """The answer to one request of a batch."""

    path: Annotated[str, Field(pattern=r"^/v1/")]
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


class Answers(BaseModel):
    """The answers to a batch, in its order."""

    responses: list[Answer]


class User(BaseModel):
    """Who Kinto takes the caller for."""

    id: Principal
    principals: list[Principal]
    bucket: Id | None = None


class Limits(BaseModel):
    """What a client must know of the server's settings."""

    model_config = ConfigDict(extra="allow")  # operators may publish more

    readonly: bool
    batch_max_requests: Annotated[int, Field(ge=1)]


class Capability(BaseModel):
    """A plugin that the server runs."""

    model_config = ConfigDict(extra="allow")  # each has facts of its own

    description: str
    url: AnyHttpUrl


class Root(BaseModel):
    """What the server says of itself."""

    project_name: str
    project_version: str
    http_api_version: str
    project_docs: AnyHttpUrl
    url: AnyHttpUrl
    config: None
    settings: Limits
    capabilities: dict[str, Capability]
    user: User | None = None


class Heartbeat(BaseModel):
    """Whether each back end is well."""

    storage: bool
    cache: bool
    permission: bool
