"""The pictures in the documentation show the page as it is today."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Told
from tests.browser.pictures import IMAGES, LARGEST, ROOT, SHOTS, SIDECAR, WIDTH, Shot, shown, texts
from tests.browser.view import window

each_shot = pytest.mark.parametrize("shot", SHOTS, ids=[shot.name for shot in SHOTS])
SHARES = """async address => {
  const picture = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const drawn = canvas.getContext('2d');
  drawn.drawImage(picture, 0, 0);
  const counts = new Map();
  const {data} = drawn.getImageData(0, 0, picture.width, picture.height);
  const colours = new Uint32Array(data.buffer);
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [Math.max(...counts.values()) / colours.length, counts.size];
}"""
LINKED = re.compile(r"!\[[^\]]*\]\(([^)\s]+\.png)\)")


def told_of(shot: Shot) -> dict[str, Any]:
    """What was written down of a picture when it was taken."""
    noted: dict[str, dict[str, Any]] = json.loads(SIDECAR.read_text("utf-8"))
    return noted[shot.path.name]


def stands_in(part: list[str], whole: list[str]) -> bool:
    """Whether all of a list stands in another one, one after the other."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole)))


@each_shot
def test_a_picture_is_small_and_as_large_as_it_was_taken(shot: Shot) -> None:
    """A page is read on a telephone too; a picture of another size is another picture."""
    picture = shot.path.read_bytes()

    assert struct.unpack(">II", picture[16:24]) == (WIDTH, shot.height)
    assert len(picture) < LARGEST


@each_shot
def test_what_is_written_down_is_of_that_very_picture(shot: Shot) -> None:
    """Neither is taken anew without the other."""
    assert told_of(shot)["sha256"] == hashlib.sha256(shot.path.read_bytes()).hexdigest()


@each_shot
def test_a_picture_says_what_the_page_says(shot: Shot, browser: Browser, told: Told) -> None:
    """INVARIANT: when the page's words or its run change, its pictures are taken anew.

    `python -m tests.browser.pictures --docs` takes them. Where a window ends is a matter of fonts,
    so that the words count and not what of them is in view here.
    """
    said = told_of(shot)["shows"]

    with shot.opened(browser, told.path, told.dossier) as view:
        drawn = [text for text, _ in texts(view)]
        seen = shown(view)

    assert stands_in(said, drawn)
    assert seen[0] == said[0]
    assert len(said) > 0.7 * len(seen)


@each_shot
def test_a_picture_is_not_blank(shot: Shot, browser: Browser) -> None:
    """A window that was caught before anything was drawn has one colour, or next to it."""
    address = f"data:image/png;base64,{base64.b64encode(shot.path.read_bytes()).decode()}"

    with window(browser) as context:
        share, colours = context.new_page().evaluate(SHARES, address)

    assert share < 0.97  # paper
    assert colours > 50  # letters have soft edges


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    """A picture that no page shows would grow old unseen."""
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    shows = {
        (page.parent / link).resolve()
        for page in pages
        for link in LINKED.findall(page.read_text("utf-8"))
    }

    assert shows == {shot.path for shot in SHOTS} == set(IMAGES.glob("*.png"))


@pytest.mark.parametrize(
    "part, whole, is_there",
    [
        (["b", "c"], ["a", "b", "c", "d"], True),
        (["b", "d"], ["a", "b", "c", "d"], False),
        (["d", "e"], ["a", "b", "c", "d"], False),
    ],
    ids=["within", "with-a-gap", "beyond-the-end"],
)
def test_words_stand_one_after_the_other(
    part: list[str], whole: list[str], *, is_there: bool
) -> None:
    """The comparison knows a page that says the same from one that says less."""
    assert stands_in(part, whole) is is_there
