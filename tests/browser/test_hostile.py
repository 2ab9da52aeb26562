"""INVARIANT: what an API, a test or a machine says never becomes markup, script or a way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.reading import Spooled
from redhanded.reports.html import report
from tests.browser.run import SENTENCE, supplement, tell
from tests.browser.view import View, window
from tests.reports.dossier.made import making

ESCAPE = "window.__pwned=1"
HOSTILE = {
    "script": f"</script></noscript></title><script>{ESCAPE}</script>",
    "handlers": f"<img src=x onerror={ESCAPE}><svg onload={ESCAPE}><body onload={ESCAPE}>",
    "attributes": f"\"'><a href=javascript:{ESCAPE} onmouseover={ESCAPE} style=color:red>x</a>",
    "addresses": f"javascript:{ESCAPE}",
    "data": f"data:text/html,<script>{ESCAPE}</script>",
    "frames": f"<iframe srcdoc='<script>parent.{ESCAPE}</script>'></iframe><object data=x>",
    "styles": "</style><style>*{display:none!important}</style><link rel=stylesheet href=//a.test>",
    "forms": "<form action=//evil.test><input autofocus><button>go</button></form><base href=//e>",
    "refresh": "<meta http-equiv=refresh content=0;url=//evil.test><template><p>",
    "templates": f"{{{{constructor.constructor('{ESCAPE}')()}}}} ${{{ESCAPE}}} <%= 1 %> %7B%7B",
    "marks": "{{index}} {{chunks}} {{failures}} {{title}} $& $` $' \\1",
    "prototype": "__proto__ constructor toString hasOwnProperty",
    "comments": "<!-- --!> ]]> <![CDATA[ <?php <!DOCTYPE html> &lt;b&gt; &#60;b&#62;",
    "directions": "\u202egnp.exe\u202c \u2066\u2067\u2069 \u200b\u200d\ufeff\u00ad\u3164",
    "controls": "\x00\x07\x08\x1b[31m\x1b]8;;http://evil.test\x07\x7f\x85\u2028\u2029\r",
    "surrogates": "\ud800 \udfff \udc80 \ufffd",
    "marks that stack": "Z" + "\u0300\u0337\u0489" * 200,
}
# What the page itself has of these does not depend on what is said in it.
FOREIGN = "iframe, object, embed, form, base, img, template, audio, video, frame"
LONG = 65_536
DEEP = 10_000


def written(folder: Path, text: str) -> Path:
    """The report of the run in which everybody says the text."""
    report.write(tell(folder / "run", text), folder / "report.html", supplement(text))
    return folder / "report.html"


def is_harmless(view: View) -> bool:
    """Whether nothing ran, nothing was made of what was said, and nobody complained."""
    counts = f"document.querySelectorAll('{FOREIGN}').length"
    listeners = (
        "[...document.querySelectorAll('*')].filter(one => [...one.attributes]"
        ".some(a => a.name.startsWith('on') || /^javascript:/i.test(a.value))).length"
    )
    assert view.ask("typeof window.__pwned") == "undefined"
    assert view.ask(counts) == 0
    assert view.ask(listeners) == 0
    assert view.ask("document.querySelectorAll('style, link[rel=stylesheet]').length") == 1
    assert view.ask("document.querySelectorAll('meta[http-equiv]').length") == 1
    assert view.ask("document.querySelectorAll('script:not([type])').length") == 1
    links = view.ask("[...document.querySelectorAll('a[href]')].map(a => a.protocol)")
    assert {*links} <= {"file:", "http:", "https:"}
    return not view.noted


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_nothing_that_is_said_becomes_part_of_the_page(
    seen: View, tmp_path: Path, text: str
) -> None:
    """It is said in every place that a run has: ids, messages, bodies, headers, logs, settings."""
    view = seen.show(written(tmp_path, text))

    assert is_harmless(view)
    assert view.text("#h-summary").startswith(SENTENCE)
    size = view.ask("[...document.querySelectorAll('#overview > section')].length")
    assert size == 8
    view.of("#failures a[data-test]").filter(has_text="test_create").click()
    expect(view.of("#h-test")).to_contain_text("test_create")
    for toggle in view.of(".fall .toggle[aria-expanded=false]").all():
        toggle.click()
    assert is_harmless(view)
    assert view.of("#requests").is_visible()


@pytest.mark.parametrize("name", ["script", "handlers", "styles"])
def test_what_is_said_is_read_as_it_was_said(seen: View, tmp_path: Path, name: str) -> None:
    """Nothing is left out: markup is shown letter by letter."""
    view = seen.show(written(tmp_path, HOSTILE[name]))

    assert view.text("#h-summary") == f"{SENTENCE}{HOSTILE[name]}"


@pytest.mark.parametrize(
    "name, spelled",
    [
        pytest.param("controls", "\\x00\\x07\\x08\\x1b[31m", id="ansi and controls"),
        pytest.param("directions", "\\u202egnp.exe\\u202c", id="directions"),
        pytest.param("surrogates", "\\ufffd", id="halves of pairs"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(
    seen: View, tmp_path: Path, name: str, spelled: str
) -> None:
    """No line hides a part of itself, and none is turned around."""
    view = seen.show(written(tmp_path, HOSTILE[name]))
    text = view.ask("document.body.textContent")

    assert spelled in text
    assert not {sign for sign in HOSTILE[name] if not sign.isprintable()} & {*text} - {"\n", "\t"}


def test_without_script_what_is_said_stays_text(browser: Browser, tmp_path: Path) -> None:
    """The list for readers without script is HTML, and nothing of it is theirs."""
    everything = "".join(HOSTILE.values())
    path = written(tmp_path, everything[:280])
    with window(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(path.as_uri())

        assert page.locator("noscript").count() == 1
        assert (
            page.locator("noscript *").count()
            == page.locator("noscript :is(p, ol, li, b, br, code)").count()
        )
        assert "<script>" in page.locator("noscript").inner_text()


BODIES: dict[str, bytes] = {
    "10,000 levels": b"[" * DEEP + b"]" * DEEP,
    "10,000 levels of objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "10,000 levels that never close": b"[" * DEEP,
    "a line of 64 KiB": b'"' + b"x" * (LONG - 2) + b'"',
    "20,000 values": json.dumps([*range(20_000)]).encode(),
    "one name twice": b'{"a": 1, "a": 2, "__proto__": {"x": 1}}',
    "numbers beyond any": b"[1e999, -0, 123456789012345678901234567890, 1.10]",
    "not UTF-8": b'{"a": "\xff\xfe\xc3(\xed\xa0\x80"}',
    "binary": bytes(range(256)) * 16,
    "nothing": b"",
    "no JSON": b"<html><script>window.__pwned=1</script>",
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
}


def of_body(folder: Path, body: bytes) -> tuple[Path, Spooled]:
    """The report of one test that failed of this answer."""
    with making(folder / "run") as run:
        test = "tests/test_it.py::test_it"
        run.start(test)
        sent = run.send(test, received=(("Content-Type", "application/json"),), response_body=body)
        run.end(test, Verdict.DEFECT, bodies=[sent])
        run.report(test, Verdict.DEFECT, code="status", headline="DEFECT status: 500")
        run.over(exit_code=1)
    dossier = run.dossier()
    report.write(dossier, folder / "report.html")
    return folder / "report.html", dossier


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in BODIES.items()])
def test_no_body_is_too_odd_to_be_looked_at(seen: View, tmp_path: Path, body: bytes) -> None:
    """It is shown as a tree, as text, or as what it is, and the page stays usable."""
    path, dossier = of_body(tmp_path, body)
    view = seen.show(path, f"t={dossier.rows[0].id}")
    shown = view.of(".exchange")
    expect(shown).to_be_visible()
    for name in ("expand all", "collapse"):
        for tool in view.of(f".exchange button:visible:text-is('{name}')").all():
            tool.click()
    if view.of("[data-body=raw]").count():
        view.of("[data-body=raw]").click()

    assert is_harmless(view)
    assert view.ask("document.querySelectorAll('*').length") < 12_000
    width = view.ask("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    view.press("Escape")
    expect(view.of("#overview")).to_be_visible()


@pytest.mark.parametrize(
    "name, words",
    [
        pytest.param("one name twice", ['"a": 1', '"a": 2', '"__proto__"'], id="both are there"),
        pytest.param(
            "numbers beyond any",
            ["1e999", "-0", "123456789012345678901234567890", "1.10"],
            id="every digit is there",
        ),
    ],
)
def test_a_tree_is_what_was_sent_not_what_a_parser_makes_of_it(
    seen: View, tmp_path: Path, name: str, words: list[str]
) -> None:
    """A value that the page has rounded or dropped would be a lie about the API."""
    path, dossier = of_body(tmp_path, BODIES[name])
    view = seen.show(path, f"t={dossier.rows[0].id}")
    expect(view.of(".exchange")).to_be_visible()
    text = view.text(".exchange .tree tbody")

    assert [word for word in words if word not in text] == []
