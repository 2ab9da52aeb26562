"""What a pytest that a test starts is spared: plugins that no test is about."""

from __future__ import annotations

__all__ = ["LEAN"]

# A team need not have them, and each takes a part of a second to import: once in every process.
LEAN = tuple(
    word for name in ("randomly", "hypothesispytest", "faker") for word in ("-p", f"no:{name}")
)
