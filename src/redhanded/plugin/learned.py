"""What workers have learned is known to their controller, which writes and searches the files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from redhanded.core.sealing import seal, unseal

if TYPE_CHECKING:
    from redhanded.core.redaction import Redactor

_KEY, _SECRETS = "redhanded_key", "redhanded_learned"


class Learned:
    """Hands on the secrets of a worker when it ends, sealed; a killed one hands on nothing."""

    def __init__(self, config: pytest.Config, redactor: Redactor) -> None:
        self._config = config
        self._redactor = redactor
        self._key = os.urandom(32)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401  xdist's
        """Give a worker the key."""
        node.workerinput[_KEY] = self._key.hex()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Hand on what this worker knows."""
        told: dict[str, Any] = getattr(self._config, "workerinput", {})
        if _KEY in told:
            sealed = seal(self._redactor.secrets(), bytes.fromhex(told[_KEY]))
            output: dict[str, Any] = getattr(self._config, "workeroutput")  # noqa: B009  xdist's
            output[_SECRETS] = sealed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401  xdist's
        """Learn what the worker knew."""
        sealed = getattr(node, "workeroutput", {}).get(_SECRETS)
        for value, name in unseal(sealed, self._key).items() if sealed else ():
            self._redactor.issue(value, name=name)
