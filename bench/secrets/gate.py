"""The gate alone: its matrix of shapes and encodings, chance, ordinary lines, and what it costs."""

from __future__ import annotations

import json
import random
import statistics
import string
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from bench.figures import Figure
from bench.secrets.ordinary import lines
from bench.secrets.reader import found, reading
from bench.secrets.shapes import SHAPES, Made
from redhanded.core.masks import MASK
from redhanded.core.redaction import Redactor
from tests.core import leaks

_RANDOM = 20_000
_ORDINARY = 10_000
_SECRETS = 50
_SIZE = 10_000  # characters of a text that is timed
_BETWEEN = ("", "", "\n", "\n    ", "\x1b[0m", "\x1b[1m\n", '"\n    b"')
# What stands around a secret that was taken up into something else: a log, a terminal, a page.
WRAPPERS: Final = (
    *("raw", "repr", "ascii", "bytes_repr", "json_ascii", "json_utf8", "json_in_json", "percent"),
    *("html_quoted", "form", "base64", "base64_url", "hex", "basic", "quoted_printable", "shell"),
    *("xml_attribute", "coloured", "utf16_base64", "percent_twice", "decimal_entities"),
)


class Case(NamedTuple):
    """A secret of some shape within some wrapper, which is then broken at some place."""

    made: Made
    wrapper: str
    place: float
    between: str

    @property
    def text(self) -> str:
        """The text that the gate is given."""
        whole = leaks.ENCODINGS[self.wrapper](self.made.text)
        at = int(self.place * len(whole))
        return whole[:at] + self.between + whole[at:]

    @property
    def is_leak(self) -> bool:
        """Whether the secret can be read from what the gate makes of the text."""
        redactor = Redactor()
        redactor.register(self.made.text, name="SECRET")
        shown = MASK.sub("|", redactor.text(self.text))
        return found(Made(self.made.text), reading(shown.encode("utf-8", "surrogatepass")))


def cases(count: int, *, seed: int) -> Iterator[Case]:
    """So many cases, the same ones for each seed."""
    chance = random.Random(seed)
    shapes = tuple(SHAPES.values())
    for _ in range(count):
        made = chance.choice(shapes)(chance)
        yield Case(made, chance.choice(WRAPPERS), chance.random(), chance.choice(_BETWEEN))


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """What leaks, what is masked without need, and what masking takes."""
    yield _shapes_and_encodings()
    count = _RANDOM // 10 if short else _RANDOM
    leaking = sum(case.is_leak for case in cases(count, seed=seed))
    yield _none("random secrets, wrappers and places of a break, leaked", leaking, count)
    yield _ordinary(seed)
    yield from _costs(seed, rounds=20 if short else 200)


def _none(name: str, met: int, of: int) -> Figure:
    return Figure(name=name, measured=f"{met:,} of {of:,}", goal="0", is_met=not met)


def _shapes_and_encodings() -> Figure:
    leaking = 0
    for secret in leaks.SHAPES.values():
        redactor = Redactor()
        redactor.register(secret, name="SECRET")
        for encode in leaks.ENCODINGS.values():
            shown = MASK.sub("|", redactor.text(encode(secret)))
            leaking += leaks.recoverable(secret, shown) >= leaks.RECOVERED
    cells = len(leaks.SHAPES) * len(leaks.ENCODINGS)
    return _none("cells that leak at the gate, 8 shapes in 40 encodings", leaking, cells)


def knowing(seed: int) -> Redactor:
    """A gate that knows fifty secrets of all shapes."""
    chance = random.Random(seed)
    redactor = Redactor()
    makes = [*SHAPES.values()]
    for number in range(_SECRETS):
        redactor.register(makes[number % len(makes)](chance).text, name=f"SECRET_{number}")
    return redactor


def _ordinary(seed: int) -> Figure:
    redactor = knowing(seed)
    changed = sum(redactor.text(line) != line for line in lines(_ORDINARY))
    return _none(f"ordinary lines that {_SECRETS} secrets change", changed, _ORDINARY)


def texts(seed: int) -> dict[str, str]:
    """Texts of 10,000 characters, by what they are."""
    chance = random.Random(f"texts {seed}")
    ordinary = lines(2_000)
    chance.shuffle(ordinary)
    rows = [{"id": at, "name": "Ann", "total": f"{at}.50", "note": "a\nb"} for at in range(300)]
    return {
        "lines of a log": "\n".join(ordinary)[:_SIZE],
        "JSON": json.dumps(rows)[:_SIZE],
        "JSON in JSON": json.dumps(json.dumps(rows))[:_SIZE],
        "a page": "".join(f'<p class="n{at}">a &amp; b</p>\n' for at in range(500))[:_SIZE],
        "one long word": "".join(chance.choices(string.ascii_letters + string.digits, k=_SIZE)),
        "a coloured terminal": "".join(f"\x1b[31mE   line {at}\x1b[0m\n" for at in range(700))[
            :_SIZE
        ],
    }


def _costs(seed: int, *, rounds: int) -> Iterator[Figure]:
    redactor = knowing(seed)
    medians = {name: _median(redactor, text, rounds) for name, text in texts(seed).items()}
    whole = statistics.median(medians.values())
    yield Figure(
        name=f"masking 10 kB with {_SECRETS} secrets, the median of six kinds of text",
        measured=f"{whole:.2f} ms",
        goal="<= 1 ms",
        is_met=whole <= 1,
    )
    for name, taken in medians.items():
        yield Figure(name=f"  {name}", measured=f"{taken:.2f} ms")


def _median(redactor: Redactor, text: str, rounds: int) -> float:
    """Milliseconds of CPU that masking the text takes."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        redactor.text(text)
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)
