"""Every fault by its code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from redhanded.lab.weather.faults import (
    broken,
    credentials,
    elsewhere,
    gateways,
    handshake,
    outages,
    proxying,
    slow,
    streams,
)
from redhanded.lab.weather.faults.fault import Fault

_ALL: tuple[type[Fault], ...] = (
    elsewhere.WrongEnvironment,
    outages.BlackHole6,
    outages.Refused,
    outages.SilentDoor,
    handshake.HandshakeReset,
    handshake.BadCertificate,
    elsewhere.SkewedClock,
    broken.StaleKeepAlive,
    broken.LostAnswer,
    broken.EmptyAnswer,
    broken.CutHead,
    broken.ShortBody,
    broken.BadChunk,
    broken.CutWithoutLength,
    slow.SlowHead,
    slow.Stall,
    slow.Trickle,
    slow.Delay,
    slow.Loss,
    streams.GoAway,
    proxying.ProxyRefuses,
    gateways.Throttled,
    gateways.ThrottledUntil,
    gateways.ThrottledBare,
    gateways.Unavailable,
    gateways.BadGateway,
    gateways.Portal,
    gateways.Firewall,
    credentials.TokenExpires,
    credentials.LoginDown,
    credentials.Revoked,
    gateways.DatabaseDown,
    elsewhere.TwoBuilds,
    elsewhere.AnotherActor,
    outages.TotalOutage,
    broken.DeadBackend,
)

FAULTS: Final[Mapping[str, type[Fault]]] = MappingProxyType({each.code: each for each in _ALL})
