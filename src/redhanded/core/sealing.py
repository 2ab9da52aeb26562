"""Secrets on their way between the processes of one run: never readable, and of use to these alone.

A worker's channel is logged by some tools when they are debugged. The key is made by the
controller and lives in memory; who can read that can read the secrets themselves.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b, shake_256
from hmac import compare_digest

_NONCE, _SEAL = 16, 16


def seal(secrets: dict[str, str], key: bytes) -> str:
    """The secrets and their names as text that only this key reads."""
    plain = json.dumps(secrets).encode("ascii")
    nonce = os.urandom(_NONCE)
    hidden = _crossed(plain, nonce, key)
    return (nonce + _mark(nonce + hidden, key) + hidden).hex()


def unseal(sealed: str, key: bytes) -> dict[str, str]:
    """What was sealed; raises ValueError where it was sealed with another key, or altered."""
    raw = bytes.fromhex(sealed)
    nonce, mark, hidden = raw[:_NONCE], raw[_NONCE : _NONCE + _SEAL], raw[_NONCE + _SEAL :]
    if not compare_digest(mark, _mark(nonce + hidden, key)):
        raise ValueError("this was not sealed with the key of this run")
    secrets: dict[str, str] = json.loads(_crossed(hidden, nonce, key))
    return secrets


def _crossed(data: bytes, nonce: bytes, key: bytes) -> bytes:
    stream = shake_256(key + nonce).digest(len(data))
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))


def _mark(data: bytes, key: bytes) -> bytes:
    return blake2b(data, digest_size=_SEAL, key=key).digest()
