"""Patterns: regular expressions as browsers read them, in words that the library compiles.

Source: ECMA-262, annex B.1.2 for what is lax there. OpenAPI (3.0.4, section 4.7.24) and JSON Schema
(2020-12, core, section 6.4) name that dialect; what is no expression there stays as it is.
"""

from __future__ import annotations

import re

_PART = re.compile(
    r"(?P<escape>\\(?:[pPu]\{[^{}]*\}|.))"
    r"|\[(?P<negation>\^?)(?P<members>(?:\\.|[^\]\\])*)\]"
    r"|(?P<times>\{[0-9]+(?:,[0-9]*)?\})"
    r"|(?P<brace>\{)",
    re.DOTALL,
)
_MEMBER = re.compile(r"\\(?:[pPu]\{[^{}]*\}|.)|.", re.DOTALL)
_SET = re.compile(r"\\[dDwWsSpP]")


def spelled_out(pattern: str) -> str:
    """The pattern with each character escaped that only means itself by where it stands."""
    return _PART.sub(_part, pattern)


def _part(match: re.Match[str]) -> str:
    if match["brace"]:
        return r"\{"
    if match["members"] is None:
        return match[0]
    if not match["members"]:  # nothing but a `]` ends a class, however early
        return r"[\s\S]" if match["negation"] else r"[^\s\S]"
    members = _MEMBER.findall(match["members"])
    written = map(_member, members, ["", *members], [*members[1:], ""])
    return f"[{match['negation']}{''.join(written)}]"


def _member(member: str, before: str, after: str) -> str:
    """A member of a class; no range begins or ends with a set, such as all digits."""
    is_beside_set = before and after and (_SET.match(before) or _SET.match(after))
    return r"\-" if member == "-" and is_beside_set else member
