"""The gate alone: its matrix of shapes and encodings, chance, ordinary lines, and what it costs."""

from __future__ import annotations

import json
import random
import statistics
import string
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bench.figures import Figure
from bench.secrets.ordinary import lines
from bench.secrets.reader import found, reading
from bench.secrets.shapes import SHAPES, Made
from bench.truth import bounds
from redhanded.core.masks import MASK
from redhanded.core.redaction import Redactor
from tests.core import leaks

_RANDOM = 20_000
_ORDINARY = 10_000
_SECRETS = 50
_MOST = 1.0  # milliseconds
_MOST_SHORT = 3.0  # the gate is run on any machine, beside other things
_SIZE = 10_000  # characters of a text that is timed
_USUAL = ("token", "json_web_token", "database_url")
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
    at_worst = f"<= {bounds.upper(leaking, count):.2%}"
    yield _none("random secrets, wrappers and breaks that leak", leaking, count, bound=at_worst)
    yield _ordinary(seed)
    yield from _costs(seed, rounds=20 if short else 200, most=_MOST_SHORT if short else _MOST)


def _none(name: str, met: int, of: int, *, bound: str = "") -> Figure:
    measured = f"{met:,} of {of:,}"
    return Figure(name=name, measured=measured, bound=bound, goal="0", is_met=not met)


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


def knowing(seed: int, shapes: Sequence[str] = tuple(SHAPES)) -> Redactor:
    """A gate that knows fifty secrets of these shapes."""
    chance = random.Random(f"secrets {seed}")
    redactor = Redactor()
    for number in range(_SECRETS):
        made = SHAPES[shapes[number % len(shapes)]](chance)
        redactor.register(made.text, name=f"SECRET_{number}")
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


def _costs(seed: int, *, rounds: int, most: float) -> Iterator[Figure]:
    every = texts(seed)
    tokens = _taken(knowing(seed, _USUAL), every, rounds)
    whole = statistics.median(tokens.values())
    yield Figure(
        name=f"masking 10 kB, the median of six kinds of text; {_SECRETS} tokens and URLs",
        measured=f"{whole:.2f} ms",
        goal=f"<= {most:g} ms",
        is_met=whole <= most,
    )
    shapes = _taken(knowing(seed), every, rounds)
    yield Figure(
        name=f"the same; {_SECRETS} of all shapes, with phrases and six characters",
        measured=f"{statistics.median(shapes.values()):.2f} ms",
    )
    for name in every:
        yield Figure(name=f"  {name}", measured=f"{tokens[name]:.2f} ms; {shapes[name]:.2f} ms")


def _taken(redactor: Redactor, every: Mapping[str, str], rounds: int) -> dict[str, float]:
    return {name: _least(redactor, text, rounds) for name, text in every.items()}


def _least(redactor: Redactor, text: str, rounds: int) -> float:
    """Milliseconds of CPU that masking the text takes: what else goes on can only add to it."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        redactor.text(text)
        taken.append(time.process_time() - began)
    return min(taken) * 1000
