"""Loading settings: every source read, laid over the weaker ones, checked and accounted for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from redhanded.core.errors import SettingsError
from redhanded.core.settings import Settings, leaves
from redhanded.data import locales
from redhanded.session import certificates, keys, layers, problems, tree
from redhanded.session.layers import Layer, Layers, absolute, anchored
from redhanded.session.secrets import IsTracked, References, git_tracks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.session.keys import Key
    from redhanded.session.tree import Tree

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with their history.

    `origins` tells by dotted key which source spoke last; `secrets` holds each resolved secret
    under the name of a shell variable, for redaction; `is_configured` says whether any source
    said anything.
    """

    settings: Settings
    origins: Mapping[str, str]
    secrets: tuple[tuple[str, str], ...]
    is_configured: bool

    def __repr__(self) -> str:
        return f"Loaded({self.settings!r}, {len(self.secrets)} secrets)"


def load(
    root: Path,
    *,
    overrides: Mapping[str, object] = MappingProxyType({}),
    environ: Mapping[str, str],
    is_tracked: IsTracked = git_tracks,
    only: Collection[str] = (),
) -> Loaded:
    """The settings of the project in `root`, from the weakest source to the strongest.

    Keys of `overrides` may be dotted (`timeouts.read`), and None there means not given. Relative
    paths begin at `root`. Where `only` names keys of the top level, all others are left as they
    are by default, whatever is written there. Raises SettingsError with one line for each problem.
    """
    root = root.absolute()
    sources = layers.read(root, overrides=overrides, environ=environ)
    _refuse(sources.fatal)
    grown = _grown(sources)
    if only:
        grown = {name: node for name, node in grown.items() if name in only}
    origins = {key: leaf.layer for key, leaf in tree.leaves(grown)}
    references = References(root, environ, sources.dotenv, cache(is_tracked))
    settings = _validated(tree.values(grown), origins, references, sources.problems)
    settings = _anchored(settings, root)
    if ("live",) not in origins and (said := _who_calls_it_live(settings, sources.profiles)):
        settings = settings.model_copy(update={"live": True})
        origins["live",] = Layer(said, {})
    _refuse([*_certificates(settings, origins), *_locales(settings, origins)])
    return Loaded(
        settings,
        origins=_accounted(settings, origins),
        secrets=tuple(references.found.items()),
        is_configured=bool(sources.found),
    )


def _refuse(said: Iterable[str]) -> None:
    lines = [_printable(line) for line in said]
    if lines:
        raise SettingsError("\n".join(lines))


def _printable(line: str) -> str:
    """The line on one line: names and values come from outside, and may steer a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in line
    )


def _grown(sources: Layers) -> Tree:
    grown: Tree = {}
    for layer in sources.found:
        grown = tree.overlay(grown, _understood(layer, sources.problems))
    return grown


def _understood(layer: Layer, said: list[str]) -> Tree:
    """The values of one layer, those that arrive as text turned into what they stand for."""
    written = tree.grow(layer.values, layer)
    if layer.medium == "file":
        return written
    understood: Tree = {}
    for parts, leaf in tree.leaves(written):
        key = (*keys.split(parts[0]), *parts[1:]) if layer.medium == "arguments" else parts
        try:
            value = keys.decoded(key, leaf.value, medium=layer.medium)
        except ValueError as error:
            said.append(problems.sentence(layer, key, str(error)))
        else:
            understood = tree.overlay(understood, tree.plant(key, value, layer))
    return understood


def _validated(
    values: Mapping[str, object],
    origins: Mapping[Key, Layer],
    references: References,
    said: Sequence[str],
) -> Settings:
    refused: list[str] = []
    settings = Settings()
    try:
        settings = Settings.model_validate(values, context=references)
    except ValidationError as error:
        refused = problems.sentences(error, origins)
    _refuse([*said, *refused])
    return settings


def _anchored(settings: Settings, root: Path) -> Settings:
    given = {name: getattr(settings.tls, name) for name in ("ca", "cert", "key")}
    paths = {name: absolute(path, root) for name, path in given.items() if path is not None}
    tls = settings.tls.model_copy(update=paths)
    folder = absolute(settings.folder, root)
    openapi = tuple(anchored(where, root) for where in settings.openapi)
    contract = settings.contract
    if contract.baseline is not None:
        known = absolute(contract.baseline, root)
        contract = contract.model_copy(update={"baseline": known})
    anchors = {"tls": tls, "folder": folder, "openapi": openapi, "contract": contract}
    return settings.model_copy(update=anchors)


def _who_calls_it_live(settings: Settings, profiles: Mapping[str, layers.Values]) -> str:
    """The profile that calls this very origin live, though another way led to it; else empty.

    A URL by hand (`--rh-base-url`, REDHANDED_BASE_URL) does not make a live system another one.
    """
    live = {name: each for name, each in profiles.items() if each.get("live") is True}
    if not live or settings.base_url is None:
        return ""
    from redhanded.session.live_target import origin_of

    here = origin_of(settings)
    for name, each in live.items():
        with suppress(ValidationError):  # nobody has chosen it: what is wrong with it may wait
            if origin_of(Settings.model_validate({"base_url": each.get("base_url")})) == here:
                return layers.profile(name)
    return ""


def _certificates(settings: Settings, origins: Mapping[Key, Layer]) -> Iterator[str]:
    for field, said in certificates.complaints(settings.tls):
        key = ("tls", field)
        yield problems.sentence(problems.origin(key, origins), key, said)


def _locales(settings: Settings, origins: Mapping[Key, Layer]) -> Iterator[str]:
    said = locales.complaint(settings.data.locale, settings.data.charset)
    if said:
        key = ("data", "locale")
        yield problems.sentence(problems.origin(key, origins), key, said)


def _accounted(settings: Settings, origins: Mapping[Key, Layer]) -> dict[str, str]:
    labels = {keys.dotted(key): layer.label for key, layer in origins.items()}
    return {key: labels.get(key, DEFAULT) for key, _ in leaves(settings)}
