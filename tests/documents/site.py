"""The site: built with every warning an error, and the text of each page beside it.

`llms.txt` leads programs to these texts. `python -m tests.documents.site` builds it all.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def build(root: Path) -> int:
    """The exit code of the builder, which finds `mkdocs.yml` and `docs` in this folder."""
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"], cwd=root, check=False
    )
    for page in (root / "docs").glob("**/*.md"):
        text = root / "site" / page.relative_to(root / "docs")
        text.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, text)
    return built.returncode


if __name__ == "__main__":
    sys.exit(build(Path.cwd()))
