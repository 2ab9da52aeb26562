"""What the page's script does without a page: texts, bodies, and requests to run again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from redhanded.reports.html.build import PAGE, SCRIPTS

NODE = shutil.which("node")
BASH = shutil.which("bash") if os.name == "posix" else None
PURE = ("visible", "quantities", "record", "json", "replay")
SECRET = "t0ps3cret"
MASKED = "Bearer masked_ORDERS_TOKEN_40chars"
HOSTILE = {
    "plain": "/orders/1",
    "empty": "",
    "quotes": """it's "quoted" \\ and $HOME `id` !!""",
    "secret": MASKED,
    "secret-in-json": '{"token":"masked_ORDERS_TOKEN_40chars","n":1}',
    "lines": "a\nb\tc",
    "controls": "\x01\x1b[31m\x7f end",
    "turned": "\u202egnp.exe\u2066 \u200b",
    "beyond": "🎉 é \u00e9 \U000e0041",
    "markup": "</script><img src=x onerror='x'>",
}

pytestmark = pytest.mark.skipif(NODE is None, reason="no node here to run the page's script")


def called(expression: str, *values: object) -> Any:  # noqa: ANN401  what JSON may hold
    """What the expression of the page's functions gives for `values`."""
    parts = [(PAGE / "script" / f"{name}.js").read_text(encoding="utf-8") for name in PURE]
    code = "\n".join(
        [*parts, f"const values = {json.dumps(values)};", f"const result = {expression};"]
    )
    code += "\nprocess.stdout.write(JSON.stringify(result === undefined ? null : result));"
    assert NODE is not None
    done = subprocess.run([NODE, "-"], input=code.encode(), capture_output=True, check=True)
    return json.loads(done.stdout)


def options(cases: dict[str, str]) -> Any:  # noqa: ANN401  pytest's own
    """The cases as parameters, by their names."""
    return [pytest.param(text, id=name) for name, text in cases.items()]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_valid(name: str) -> None:
    """Each file is a script of its own."""
    assert NODE is not None
    path = str(PAGE / "script" / f"{name}.js")

    done = subprocess.run([NODE, "--check", path], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    "text, shown",
    [
        pytest.param("\x1b[31m", "\\x1b[31m", id="ansi"),
        pytest.param("a\u202eb", "a\\u202eb", id="right-to-left"),
        pytest.param("a\u200bb", "a\\u200bb", id="no-width"),
        pytest.param("a\x00\x00b", "a\\x00\\x00b", id="zeros"),
        pytest.param("\ufffd", "\\ufffd", id="was-not-utf-8"),
        pytest.param("\ud800!", "\\ud800!", id="half-a-pair"),
        pytest.param("a\r\nb", "a\\x0d\nb", id="carriage-return"),
        pytest.param("a\n\tb é 🎉 שלום", "a\n\tb é 🎉 שלום", id="what-can-be-seen"),
        pytest.param(MASKED, "Bearer ORDERS_TOKEN · 40 chars", id="mask"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    """INVARIANT: nothing recorded can hide in a line or turn it around."""
    assert called("plain(values[0])", text) == shown


@pytest.mark.skipif(BASH is None, reason="no bash here")
@pytest.mark.parametrize("text", options(HOSTILE))
def test_shell_reads_a_word_as_it_was_sent(text: str) -> None:
    """INVARIANT: a copied command sends the recorded bytes, and the secret of the variable."""
    word = called("shellWord(values[0])", text)

    assert BASH is not None
    done = subprocess.run(
        [BASH, "-c", f"printf %s {word}"],
        env={"ORDERS_TOKEN": SECRET, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == text.replace("masked_ORDERS_TOKEN_40chars", SECRET)


@pytest.mark.parametrize("text", options(HOSTILE))
def test_python_reads_a_text_as_it_was_sent(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVARIANT: copied Python sends the recorded text, and the secret of the variable."""
    monkeypatch.setenv("ORDERS_TOKEN", SECRET)
    written = called("pythonText(values[0])", text)

    read = eval(written, {"os": os})  # noqa: S307  what is written is what is tested

    assert read == text.replace("masked_ORDERS_TOKEN_40chars", SECRET)
    assert written.isprintable()


REQUEST = {
    "method": "POST",
    "url": "https://api.example.com/orders?q=1",
    "headers": [["Authorization", MASKED], ["Content-Type", "application/json"]],
    "body": '{"a":1}',
    "isWhole": True,
}


def test_request_is_written_for_curl() -> None:
    """One line, with a variable where a mask stands, and no method that curl takes by itself."""
    assert called("asCurl(values[0])", REQUEST) == (
        "curl --max-time 30 'https://api.example.com/orders?q=1'"
        " -H 'Authorization: Bearer '\"$ORDERS_TOKEN\" -H 'Content-Type: application/json'"
        " --data-raw '{\"a\":1}'"
    )


@pytest.mark.parametrize(
    "name, changes, part",
    [
        pytest.param("asCurl", {"method": "HEAD", "body": ""}, "--head", id="head"),
        pytest.param("asCurl", {"method": "PUT"}, "-X PUT", id="put"),
        pytest.param("asCurl", {"url": "https://a/[1]"}, "--globoff", id="brackets"),
        pytest.param("asCurl", {"isWhole": False}, "# the request's body is not", id="cut"),
        pytest.param(
            "asHttpx2", {"isWhole": False}, "# The request's body is not", id="cut-python"
        ),
        pytest.param(
            "asHttpx2", {"headers": [["A", "1"], ["a", "2"]]}, '("a", "2")', id="repeated-header"
        ),
    ],
)
def test_request_keeps_what_is_particular(name: str, changes: dict[str, Any], part: str) -> None:
    """What a plain command would do otherwise is said."""
    assert part in called(f"{name}(values[0])", REQUEST | changes)


def test_request_is_written_for_httpx2() -> None:
    """A module that compiles and names the variable of the secret."""
    written = called("asHttpx2(values[0])", REQUEST)

    compile(written, "copied", "exec")
    assert "import os\n\nimport httpx2\n" in written
    assert '"Authorization": "Bearer " + os.environ["ORDERS_TOKEN"]' in written


def test_request_is_written_for_pytest() -> None:
    """A test that goes the way of the fixture: path alone, no credentials, the wanted status."""
    given = "(run = { head: { target: 'https://api.example.com/' } }, asPytest(values[0], '201'))"

    written = called(given, REQUEST)

    compile(written, "copied", "exec")
    assert "def test_post_orders(api):" in written
    assert '"/orders?q=1",' in written
    assert "Authorization" not in written
    assert "expect(response, 201)" in written


def test_another_target_than_the_runs_is_written_in_full() -> None:
    """A path alone would go to the run's own target."""
    given = "(run = { head: { target: 'https://api.example' } }, asPytest(values[0], '201'))"

    assert '"https://api.example.com/orders?q=1"' in called(given, REQUEST)


def test_deep_body_is_read_whole() -> None:
    """INVARIANT: no depth ends the script; 10,000 levels are 10,000 values."""
    given = """(() => {
      let depth = 0;
      for (let value = parsedJson('['.repeat(1e4) + ']'.repeat(1e4), false); value; depth += 1)
        value = value.items[0];
      return depth;
    })()"""

    assert called(given) == 10_000


def test_numbers_and_repeated_names_stay_as_they_were_sent() -> None:
    """What a parser would round or drop is what one may be looking for."""
    text = '{"id": 12345678901234567890, "a": 1.10, "a": 2}'
    given = "parsedJson(values[0], false).items.map((one) => [one.key, one.text])"

    assert called(given, text) == [["id", "12345678901234567890"], ["a", "1.10"], ["a", "2"]]


@pytest.mark.parametrize(
    "text",
    options({"nan": '{"a": NaN}', "comma": "[1,]", "nothing": "", "text": "Bad Gateway"}),
)
def test_what_is_no_json_is_shown_as_no_tree(text: str) -> None:
    """A tree of a broken body would hide that it is broken."""
    assert called("parsedJson(values[0], false)", text) is None


@pytest.mark.parametrize(
    "text, leaves",
    [
        pytest.param('{"a":[1,2', ["1", "2"], id="in-an-array"),
        pytest.param('{"a":"hal', ["hal…"], id="in-a-string"),
        pytest.param('{"a":1,"b', ["1", "b…"], id="in-a-name"),
        pytest.param('{"a\\u00e9":"x\\"y"', ['x\\"y'], id="after-an-escape"),
    ],
)
def test_cut_body_is_read_as_far_as_it_goes(text: str, leaves: list[str]) -> None:
    """The beginning of a large body is a tree as well."""
    given = """(() => {
      const found = [];
      const left = [parsedJson(values[0], true)];
      for (let value = left.shift(); value; value = left.shift())
        value.items.length ? left.push(...value.items) : found.push(value.text);
      return found;
    })()"""

    assert called(given, text) == leaves


@pytest.mark.parametrize(
    "pointer, found",
    [
        pytest.param("", ["{", None], id="root"),
        pytest.param("/items/1/sku", ["{", "sku"], id="missing"),
        pytest.param("/items/0/sku", ["A", None], id="there"),
        pytest.param("/a~1b/~0", ["7", None], id="escaped"),
        pytest.param("/items/9", ["[", "9"], id="beyond"),
    ],
)
def test_pointer_leads_to_the_value_or_to_what_lacks_it(
    pointer: str, found: list[str | None]
) -> None:
    """A violation is marked where it stands, one of what is missing at what lacks it."""
    text = '{"items": [{"sku": "A"}, {}], "a/b": {"~": 7}}'
    given = """((at) => [at.value.text, at.missing])(
      pointedAt(parsedJson(values[0], false), values[1]))"""

    assert called(given, text, pointer) == found


@pytest.mark.parametrize(
    "ticks, shown",
    [
        pytest.param(3, "0.3 ms", id="below-a-millisecond"),
        pytest.param(840, "84 ms", id="milliseconds"),
        pytest.param(12_340, "1.23 s", id="seconds"),
        pytest.param(952_000, "1 min 35 s", id="minutes"),
        pytest.param(43_200_000, "1 h 12 min", id="hours"),
        pytest.param(None, "\u2013", id="unknown"),
    ],
)
def test_times_have_the_unit_that_suits_them(ticks: int | None, shown: str) -> None:
    """Ticks are for the data; people read milliseconds, seconds and minutes."""
    assert called("lasted(values[0])", ticks) == shown
