"""One process that loads a document and compiles the schema of every answer in it.

`python -m bench.contracts.compiling FILE` prints what that took and came to, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.operations import members, operations_of
from redhanded.contracts.openapi.schemas import Schemas


def main() -> None:
    """Print seconds, megabytes, and how many schemas there are and cannot be compiled."""
    file = Path(sys.argv[1])
    at_first = _megabytes()
    began = time.perf_counter()
    document = read(file.read_bytes(), file.name)
    loaded = time.perf_counter()
    with_document = _megabytes()
    schemas = Schemas(document)
    checks = [schemas.check(node, "response", closed=True) for node in answers(document)]
    compiled = time.perf_counter()
    flaws = [str(check.flaw) for check in checks if check.flaw]
    told = {
        "operations": len(operations_of(document)),
        "schemas": len(checks),
        "flaws": flaws,
        "document_flaws": [str(flaw) for flaw in document.flaws],
        "load_seconds": loaded - began,
        "compile_seconds": compiled - loaded,
        "document_megabytes": with_document - at_first,
        "megabytes": _megabytes(),
    }
    print(json.dumps(told))


def answers(document: Document) -> Iterator[Node]:
    """The schema of each media type of each answer of each operation."""
    for operation in operations_of(document):
        for _, response in members(document, operation.node.find("responses")):
            for _, media in members(document, response.find("content")):
                schema = media.find("schema")
                if schema is not None:
                    yield schema


def _megabytes() -> float:
    """The most memory that this process has had; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    # Linux counts in KiB, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main()
