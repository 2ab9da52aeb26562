"""Credentials: which alternatives of them an operation takes, and which schemes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from redhanded.contracts.changes.change import Scene
from redhanded.contracts.changes.view import names
from redhanded.contracts.openapi.operations import members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.changes.change import Change
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

Alternative: TypeAlias = "Mapping[str, frozenset[str]]"
"""Schemes that are all needed, each with the scopes that are."""

_WHOLE: Final = Scene(section="security")
_COMPONENTS: Final = Scene(section="components")


def global_security(old: Document, new: Document) -> Iterator[Change]:
    """What changed about the credentials that hold where an operation tells none of its own."""
    stem = "api-global-security"
    yield from _told(_WHOLE, stem, old.node(), new.node())


def operation_security(
    scene: Scene, old: tuple[Document, Operation], new: tuple[Document, Operation]
) -> Iterator[Change]:
    """What changed about the credentials of one operation."""
    before, after = old[1].node, new[1].node
    yield from _told(scene, "api-security", before, after)
    held, holds = (_holding(document, operation.node) for document, operation in (old, new))
    for alternative in held or [{}]:
        if not any(_is_enough(alternative, other) for other in holds or [{}]):
            text = f"a call with {_words(alternative)} is not enough any more"
            yield scene.tell("api-security-tightened", text, after)
            return


def schemes(old: Document, new: Document) -> Iterator[Change]:
    """What changed about the security schemes of the components."""
    before, after = (
        dict(members(document, document.node().find("components", "securitySchemes")))
        for document in (old, new)
    )
    stem = "api-security-component"
    for name, node in before.items():
        if name not in after:
            yield _COMPONENTS.tell(f"{stem}-removed", f"{name}: was removed", node, "old")
        else:
            yield from _scheme(name, node, after[name])
    for name, node in after.items():
        if name not in before:
            yield _COMPONENTS.tell(f"{stem}-added", f"{name}: was added", node)


def _own(holder: Node) -> list[dict[str, frozenset[str]]] | None:
    """The alternatives that stand there; None where it tells of none."""
    told = holder.value.get("security")
    if not isinstance(told, list):
        return None
    return [
        {name: names(scopes) for name, scopes in one.items()}
        for one in told
        if isinstance(one, dict)
    ]


def _holding(document: Document, operation: Node) -> list[dict[str, frozenset[str]]] | None:
    """The alternatives of an operation: its own, else those of the document."""
    own = _own(operation)
    return _own(document.node()) if own is None else own


def _is_enough(held: Alternative, wanted: Alternative) -> bool:
    return all(name in held and scopes <= held[name] for name, scopes in wanted.items())


def _words(alternative: Alternative) -> str:
    if not alternative:
        return "no credentials"
    return " and ".join(
        f"{name} ({', '.join(sorted(scopes))})" if scopes else name
        for name, scopes in sorted(alternative.items())
    )


def _told(scene: Scene, stem: str, old: Node, new: Node) -> Iterator[Change]:
    """Alternatives that came, went, or need other scopes; they go by the names of their schemes."""
    was = {tuple(sorted(one)): one for one in _own(old) or ()}
    is_now = {tuple(sorted(one)): one for one in _own(new) or ()}
    for key, alternative in is_now.items():
        if key not in was:
            yield scene.tell(f"{stem}-added", f"may be called with {_words(alternative)}", new)
            continue
        for name in key:
            for scope in sorted(alternative[name] - was[key][name]):
                yield scene.tell(f"{stem}-scope-added", f"{name} needs the scope {scope}", new)
            for scope in sorted(was[key][name] - alternative[name]):
                text = f"{name} needs the scope {scope} no more"
                yield scene.tell(f"{stem}-scope-removed", text, old, "old")
    for key, alternative in was.items():
        if key not in is_now:
            text = f"may not be called with {_words(alternative)} any more"
            yield scene.tell(f"{stem}-removed", text, old, "old")


def _scheme(name: str, old: Node, new: Node) -> Iterator[Change]:
    stem = "api-security-component"
    if old.value.get("type") != new.value.get("type"):
        text = f"{name}: type went from {old.value.get('type')} to {new.value.get('type')}"
        yield _COMPONENTS.tell(f"{stem}-type-changed", text, new)
    before, after = _flows(old), _flows(new)
    for flow in before.keys() & after.keys():
        yield from _flow(f"{name} ({flow})", _object(before[flow]), _object(after[flow]), new)


def _flows(scheme: Node) -> dict[str, Any]:
    return {name: flow for name, flow in _object(scheme.value.get("flows")).items() if flow}


def _object(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _flow(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], node: Node
) -> Iterator[Change]:
    stem = "api-security-component-oauth"
    for keyword, rule in (("authorizationUrl", "url"), ("tokenUrl", "token-url")):
        if old.get(keyword) != new.get(keyword):
            yield _COMPONENTS.tell(f"{stem}-{rule}-changed", f"{name}: another {keyword}", node)
    before, after = _object(old.get("scopes")), _object(new.get("scopes"))
    for scope in before.keys() | after.keys():
        if before.get(scope) != after.get(scope):
            kind = "added" if scope not in before else "changed"
            kind = "removed" if scope not in after else kind
            text = f"{name}: the scope {scope} was {kind}"
            yield _COMPONENTS.tell(f"{stem}-scope-{kind}", text, node)
