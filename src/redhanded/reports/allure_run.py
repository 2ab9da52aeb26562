"""What Allure shows beside the tests: the environment, who ran them, and categories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports.links import web

if TYPE_CHECKING:
    from redhanded.reports.dossier.head import Head

_CATEGORIES: Final = {
    Verdict.DEFECT: ("Defects of the API", "failed"),
    Verdict.DRIFT: ("Drift from the contract", "failed"),
    Verdict.SLOW: ("Slower than declared", "failed"),
    Verdict.TEST_BUG: ("Bugs of the tests", "broken"),
    Verdict.INCONCLUSIVE: ("Kept from judging by the environment", "broken"),
    Verdict.RECOVERED: ("Recovered from weather", "passed"),
}
_KEY: Final = re.compile(r"[^A-Za-z0-9._-]+")
_UNFIT: Final = re.compile(r"[^\x20-\x7e]|\\")


def environment(head: Head) -> str:
    """The environment as a properties file, in ASCII."""
    told: dict[str, str] = {"builds": ", ".join(head.builds), "verdict": " ".join(head.sentences)}
    for number, part in enumerate(head.parts):
        prefix = f"{part.shard or number}." if len(head.parts) > 1 else ""
        values = {
            "target": part.target,
            "environment": part.env,
            "seed": f"{part.seed}",
            "run": part.run_id,
            "platform": part.platform,
            **{f"version.{name}": value for name, value in part.versions.items()},
            **part.source,
        }
        told |= {f"{prefix}{name}": value for name, value in values.items()}
    return "".join(
        f"{_KEY.sub('_', name)} = {_UNFIT.sub(_escaped, value)}\n"
        for name, value in told.items()
        if value
    )


def executor(head: Head) -> dict[str, Any]:
    """Who ran the tests, with a link to the job where it is known."""
    source = head.parts[0].source if head.parts else {}
    job = web(source.get("job", ""))
    told = {
        "name": "redhanded",
        "type": _type(job),
        "reportName": "redhanded",
        "buildName": source.get("commit", "")[:12] or source.get("branch", ""),
        "buildUrl": job,
    }
    return {name: value for name, value in told.items() if value}


def categories() -> list[dict[str, Any]]:
    """A category for each verdict that is worth one; messages begin with the verdict's word."""
    return [
        {
            "name": title,
            "matchedStatuses": [status],
            "messageRegex": f"(?s){word(verdict).replace(' ', '[ _]')}\\b.*",
            "flaky": verdict is Verdict.RECOVERED,
        }
        for verdict, (title, status) in _CATEGORIES.items()
    ]


def word(verdict: str) -> str:
    """The verdict as headlines begin with it."""
    return verdict.upper().replace("_", " ")


def _type(job: str) -> str:
    """The kind of CI system, by the address of the job."""
    known = ("github", "gitlab", "jenkins", "teamcity", "bamboo", "circleci", "azure")
    return next((name for name in known if name in job.lower()), "")


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    return "".join(f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in pairs)
