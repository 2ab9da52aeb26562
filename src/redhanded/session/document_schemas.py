"""Schemas of the run's documents by the names that tests call them: what `make.schema` fills."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import RedhandedError, UsageError
from redhanded.data.factory import no_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.request_schemas import RequestSchemas
    from redhanded.session.contracts import Contracts

_OPERATION = re.compile(r"[A-Z]+ \S.*")
_LISTED = 8


class DocumentSchemas:
    """Finds a schema by its name under `components`, or by the operation whose JSON body it is.

    `contracts` gives what the run's answers are held against, once it is known.
    """

    def __init__(self, contracts: Callable[[], Contracts | None]) -> None:
        self._contracts = contracts
        self._known: dict[str, RequestSchemas] = {}

    def __call__(self, name: str) -> dict[str, Any]:
        """The schema as JSON Schema 2020-12; raises UsageError, DocumentUnreachable among them."""
        documents = self._documents(name)
        find = _of_operation if _OPERATION.fullmatch(name) else _of_name
        for schemas in documents:
            found = find(schemas, name)
            if found is not None:
                return found
        raise UsageError(_unknown(documents, name))

    def _documents(self, name: str) -> Sequence[RequestSchemas]:
        contracts = self._contracts()
        read = contracts.documents if contracts is not None else ()
        if contracts is not None and contracts.lack and not read:
            from redhanded.contracts.openapi.document import DocumentUnreachable

            raise DocumentUnreachable(contracts.lack)
        if not read:
            no_document(name)
        return [self._schemas(document) for document in read]

    def _schemas(self, document: Document) -> RequestSchemas:
        from redhanded.contracts.openapi.request_schemas import RequestSchemas

        if document.digest not in self._known:
            self._known[document.digest] = RequestSchemas(document)
        return self._known[document.digest]


def _of_name(schemas: RequestSchemas, name: str) -> dict[str, Any] | None:
    node = schemas.named.get(name)
    return _bundle(schemas, node, name) if node is not None else None


def _of_operation(schemas: RequestSchemas, name: str) -> dict[str, Any] | None:
    known = schemas.operation(name)
    if known is None:
        return None
    node = schemas.bodies[known]
    if node is None:
        raise UsageError(
            f'make.schema("{name}"): the operation takes no JSON body; name another one, or a'
            " schema of the document."
        )
    return _bundle(schemas, node, name)


def _bundle(schemas: RequestSchemas, node: Any, name: str) -> dict[str, Any]:  # noqa: ANN401
    try:
        return schemas.bundle(node)
    except RedhandedError as error:
        message = str(error).rstrip(".")
        raise UsageError(
            f'make.schema("{name}"): the document is broken at {message}; pass the schema itself.'
        ) from error


def _unknown(documents: Sequence[RequestSchemas], name: str) -> str:
    is_operation = bool(_OPERATION.fullmatch(name))
    names = [each for one in documents for each in (one.bodies if is_operation else one.named)]
    kind = "operation" if is_operation else "schema"
    close = difflib.get_close_matches(name, names, n=3)
    return f'make.schema("{name}"): the document has no such {kind}; {_hint(close or names)}.'


def _hint(names: Iterable[str]) -> str:
    listed = [f'"{name}"' for name in names]
    if not listed:
        return "it has none at all"
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return f"it has {', '.join(listed[:_LISTED])}{more}"
