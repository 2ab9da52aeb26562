"""Which reports a run writes, as settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field

from redhanded.core.credentials import Table, Text

ReportFormat: TypeAlias = Literal[
    "html", "junit", "ctrf", "har", "ndjson", "brief", "allure", "summary", "comment"
]


class Reporting(Table):
    """Which reports a run writes when it is over, beside its evidence."""

    html: bool = Field(
        default=True, description="Whether each run leaves `report.html` in its folder."
    )
    files: Mapping[ReportFormat, Text] = Field(
        default_factory=dict,
        description='Further reports, by format: `junit = "junit.xml"`, `brief = "findings"`;'
        " seen from where pytest was started.",
    )
    github: Literal["auto", "off"] = Field(
        "auto",
        description="Whether a job of GitHub Actions gets annotations and a summary.",
    )
