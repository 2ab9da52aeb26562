"""A run for the page alone: `python -m tests.reports.html.sample`.

It has every verdict and section, and bodies that would break a careless page.
"""

from __future__ import annotations

from tests.reports.html.sample.run import page, sample

__all__ = ["page", "sample"]
