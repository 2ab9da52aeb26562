"""One report of the run in a folder, written in a process that does nothing else; tells as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from redhanded.reports.dossier.reading import read
from redhanded.reports.html.report import write


def main(folder: Path, page: Path) -> None:
    """Print how long reading and writing took, how large the page is, and the process at most."""
    began = time.perf_counter()
    dossier = read([folder])
    read_by, busy = time.perf_counter(), time.process_time()
    write(dossier, page)
    told = {
        "read_seconds": read_by - began,
        "read_cpu": busy,
        "write_seconds": time.perf_counter() - read_by,
        "write_cpu": time.process_time() - busy,
        "bytes": page.stat().st_size,
        "megabytes": _largest(),
    }
    print(json.dumps(told))


def _largest() -> float:
    """The memory that this process had at most, in MB; 0 on Windows, which does not tell it so."""
    try:
        import resource
    except ImportError:
        return 0.0
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
