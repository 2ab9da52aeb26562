"""Write the sample's page to standard output."""

from __future__ import annotations

import sys

from tests.reports.html.sample import page, sample

sys.stdout.buffer.write(page(*sample()).encode("utf-8"))
