"""One process that checks one answer against a large document, as a run's first test does.

`python -m bench.contracts.first_answer FOLDER FILE` prints the seconds from nothing of contracts
loaded to the answer being checked, and how many breaches that found.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.contracts.exchanges import answered
from redhanded.core.contracting import Contracting
from redhanded.session.session import Session
from redhanded.session.sources import load

BASE = "https://api.box.com/2.0"
_BODY = b'{"id": "12345", "type": "file", "name": "contract.pdf", "size": 629644}'


def main() -> None:
    """Print the seconds and the number of breaches as JSON."""
    folder, file = Path(sys.argv[1]), sys.argv[2]
    settings = load(folder, overrides={"base_url": BASE, "openapi": [file]}, environ={})
    session = Session(settings, run_id="bench", seed=0)
    attempt = answered(_BODY, url=f"{BASE}/files/12345")
    began = time.perf_counter()
    from redhanded.contracts.openapi.contract import OpenAPIContract
    from redhanded.session.documents import documents_of

    (document,) = documents_of(session)
    contract = OpenAPIContract(document, Contracting(), BASE)
    found = contract.check(attempt)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "breaches": [one.code for one in found]}))
    session.close(0)


if __name__ == "__main__":
    main()
