"""The credential of a request: left as it was, filled, or made anew by the client's own auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.client.places import Cookie, Header, place_called
from redhanded.core import credentials
from redhanded.core.masks import MASK, mask_name
from redhanded.session.replay.outcome import Unrepeatable

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    import httpx2

    from redhanded.client.places import Place
    from redhanded.core.settings import Settings

_ISSUING = (credentials.LoginAuth, credentials.OAuth2Auth)


class Signer:
    """Tells which identity of the settings makes the credential that a request had carried.

    `wanted` is the identity to use, where somebody named one.
    """

    def __init__(self, settings: Settings, wanted: str | None = None) -> None:
        self._settings = settings
        self._wanted = wanted

    def sign(self, request: httpx2.Request, issued: str) -> tuple[bool, str | None]:
        """Whether the client's auth is to sign the request, and as whom; None is the run's own.

        What the request carries as it is stays. A credential of which only a mask is left is taken
        out, where the settings make another one of its kind. `issued` is what answers had brought
        to the test itself: what stands there was no credential of the settings.
        """
        known: dict[str | None, credentials.Auth] = {None: self._settings.auth}
        known.update(self._settings.identities.items())
        fitting = [
            (identity, place)
            for identity, auth in known.items()
            if (place := place_of(auth)) is not None
            and (held := _masked(request, place)) is not None
            and _is_of(auth, held, place, issued)
        ]
        if not fitting:
            return False, None
        if self._wanted is not None:
            fitting = [pair for pair in fitting if pair[0] == self._wanted]
        if len(fitting) != 1:
            raise Unrepeatable(_undecided(self._wanted, known))
        [(identity, place)] = fitting
        _take_out(request, place)
        return True, identity


def place_of(auth: credentials.Auth) -> Place | None:
    """Where an auth puts its credential; None where it has none."""
    match auth:
        case credentials.BearerAuth() | credentials.OAuth2Auth():
            return Header()
        case credentials.BasicAuth():
            return Header(scheme="Basic")
        case credentials.ApiKeyAuth():
            return place_called(auth.place, auth.name)
        case credentials.LoginAuth():
            return Cookie(auth.cookie) if auth.cookie else Header(auth.header, auth.scheme)
    return None


def _masked(request: httpx2.Request, place: Place) -> re.Match[str] | None:
    """The mask of the credential in that place; None where it carries none, or another one."""
    return MASK.fullmatch(place.carried(request) or "")


def _is_of(auth: credentials.Auth, held: re.Match[str], place: Place, issued: str) -> bool:
    """Whether the mask may stand for a credential of this kind."""
    if isinstance(auth, credentials.BasicAuth):
        login = f"{auth.username}:{auth.password.get_secret_value()}".encode()
        return int(held["length"]) == 4 * -(-len(login) // 3)  # of base64
    if not isinstance(auth, _ISSUING) or held[0] in issued:
        return False
    # A token that the run got by a login was known to the gate before it stood in this header.
    return not isinstance(place, Header) or held["name"] != mask_name(place.name)


def _undecided(wanted: str | None, known: Iterable[str | None]) -> str:
    if wanted is not None:
        return f"its credential is none that the identity {wanted} would send"
    names = ", ".join(filter(None, known))
    return f"who had sent it is not recorded, and several may have: give --as NAME ({names})"


def _take_out(request: httpx2.Request, place: Place) -> None:
    match place:
        case Header():
            del request.headers[place.name]
        case Cookie():
            place.put(request, "-")
            kept = [
                pair
                for pair in request.headers["Cookie"].split("; ")
                if not pair.startswith(f"{place.name}=")
            ]
            del request.headers["Cookie"]
            request.headers.update({"Cookie": "; ".join(kept)} if kept else {})
