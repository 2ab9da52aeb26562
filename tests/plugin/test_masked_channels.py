"""The ways past reports by which a text leaves a run: every one of them, in real runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.suites import Ran, Suite

SECRET = "Tz6Yb1Kq8Wn3Rv5J"
MASK = "masked_API_KEY_16chars"
TOML = '[tool.redhanded.auth]\nkind = "bearer"\ntoken = "env:API_KEY"\n'
HEAD = """\
[tool.pytest]
filterwarnings = ["default"]
asyncio_default_fixture_loop_scope = "function"
"""
SOURCE = "import os, pytest\nS = os.environ['API_KEY']\n"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret, in the environment."""
    monkeypatch.setenv("API_KEY", SECRET)


def files_with(text: str, folder: Path) -> list[Path]:
    """The files of a run that hold the text, but for what the suite brought."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return [path for path in files if text.encode() in path.read_bytes()]


def is_clean(ran: Ran) -> bool:
    """Whether neither the terminal nor any file shows half of the secret."""
    half = SECRET[:8]
    return half not in ran.text and not files_with(half, ran.folder)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("import warnings\n    warnings.warn(f'warned of {S}')", id="warning"),
        pytest.param("pytest.skip(f'skip {S}')", id="skip"),
        pytest.param("pytest.exit(f'exit {S}')", id="exit"),
        pytest.param("pytest.xfail(f'xfail {S}')", id="xfail"),
        pytest.param("raise KeyboardInterrupt(S)", id="interrupt"),
        pytest.param("import logging\n    logging.warning('log %s', S)", id="log-file"),
        pytest.param("raise ExceptionGroup('g', [ValueError(S)])", id="group"),
        pytest.param("error = ValueError(1)\n    error.add_note(S)\n    raise error", id="note"),
        pytest.param("record_property(S, [S])", id="property"),
        pytest.param("record_testsuite_property('of-the-suite', S)", id="suite-property"),
        pytest.param(
            "with subtests.test(msg=S, k=S):\n        print(S)\n        assert not S",
            id="subtest",
        ),
        pytest.param("with capsys.disabled():\n        print('aside', S)", id="capsys-disabled"),
    ],
)
def test_what_a_test_says_of_itself_is_masked(suite: Suite, body: str) -> None:
    """In the terminal, in pytest's own JUnit file and in its cache."""
    wanted = "record_property, record_testsuite_property, subtests, capsys"

    ran = suite(
        f"{SOURCE}def test_it({wanted}):\n    {body}\n",
        "--junitxml=junit.xml",
        "--log-file=log.txt",
        "-rA",
        toml=TOML,
        head=HEAD,
        apart="Interrupt" in body,  # it would end this run as well
    )

    assert is_clean(ran)
    assert MASK in ran.text or files_with(MASK, ran.folder)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("raise ValueError(S)", id="collection"),
        pytest.param("print(S)\nassert False", id="printed-on-import"),
        pytest.param("pytest.skip(S, allow_module_level=True)", id="module-skipped"),
    ],
)
def test_what_cannot_be_collected_is_masked(suite: Suite, source: str) -> None:
    """The reason of the module, and what it printed."""
    ran = suite(SOURCE + source, "-rA", toml=TOML, head=HEAD)

    assert is_clean(ran)
    assert MASK in ran.text


def test_a_fault_of_a_plugin_is_masked(suite: Suite, pytester: pytest.Pytester) -> None:
    """Pytest calls it an internal error, and shows its traceback with all values."""
    pytester.makeconftest(f"{SOURCE}def pytest_runtestloop(): raise RuntimeError(S)")

    ran = suite("def test_it(): pass", "-l", toml=TOML, head=HEAD)

    assert "INTERNALERROR> RuntimeError" in ran.text
    assert is_clean(ran)


def test_ids_are_masked_and_stay_apart(suite: Suite) -> None:
    """INVARIANT: no test's name holds a secret, in whatever way its parameter was given."""
    source = f"""{SOURCE}
from redhanded import Secret
@pytest.fixture(params=[S], ids=[f"own-{{S}}"])
def own(request): return request.param
CHOSEN = [pytest.param(1, id=S), pytest.param(2, id=S)]
@pytest.mark.parametrize("a", [S, S.encode(), Secret("MINE", "of-this-test-1"), *CHOSEN])
def test_values(a): pass
@pytest.mark.parametrize("a, b", [(1, 2), (3, 4), (5, 6)], ids=[S, S, None])
def test_ids(a, b): pass
@pytest.mark.parametrize("a", (1, 2), ids=lambda value: f"{{S}}{{value}}")
def test_function(a): pass
def test_fixture(own): assert own == S
def test_plain(): pass
"""

    ran = suite(source, "-v", "--setup-show", toml=TOML, head=HEAD)

    assert ran.ret == 0
    assert is_clean(ran)
    names = {line.rpartition("::")[2] for line in ran.result.stdout.lines if "PASSED" in line}
    assert len({name.split()[0] for name in names}) == 12
    for name in (f"[{MASK}0]", "[Secret(MINE)]", f"[{MASK}-3]", f"[{MASK}-1]", f"[own-{MASK}-0]"):
        assert any(name in shown for shown in names), name


def test_ids_are_those_of_every_worker(suite: Suite) -> None:
    """Xdist refuses workers whose tests are called differently."""
    source = f"""{SOURCE}
@pytest.mark.parametrize("a", [S, pytest.param(1, id=S)])
def test_it(a): pass
"""

    ran = suite(source, "-n2", toml=TOML, head=HEAD, apart=True)

    assert ran.ret == 0
    assert is_clean(ran)


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(("-s",), ("out", "log", "err", "child", "low"), id="alone"),
        pytest.param(("-s", "-n1"), ("err", "low"), id="worker"),  # xdist drops its output
    ],
)
def test_what_is_shown_live_is_masked(
    suite: Suite, arguments: tuple[str, ...], said: tuple[str, ...]
) -> None:
    """Prints, logs, a child of the test, and a write to the descriptor."""
    source = f"""{SOURCE}
import logging, subprocess, sys
def test_it():
    print("out", S)
    print(S[:6], end="", flush=True)
    print(S[6:], file=sys.stdout)
    print("err", S, file=sys.stderr)
    logging.getLogger("a").warning("log %s", S)
    subprocess.run([sys.executable, "-c", "import os; print('child', os.environ['API_KEY'])"])
    os.write(2, f"low {{S}}\\n".encode())
"""

    ran = suite(source, *arguments, "-o", "log_cli=true", toml=TOML, head=HEAD, apart=True)

    assert ran.ret == 0
    assert is_clean(ran)
    for word in said:
        assert f"{word} {MASK}" in ran.text


def test_a_secret_that_a_test_makes_is_masked_from_then_on(suite: Suite) -> None:
    """Also where its value was taken out of it, and in the id of a test whose parameter it is."""
    source = """
import pytest
from redhanded import Secret
EARLY = Secret("EARLY", "Zk38-early-value-77")
@pytest.mark.parametrize("late", [Secret("LATE", "Wq91-late-value-44"), Secret("PIN", "4711")])
def test_it(late):
    print(EARLY, late, EARLY.reveal(), late.reveal())
"""

    ran = suite(source, "-rA", "-v", toml=TOML, head=HEAD)

    assert ran.ret == 0
    assert "test_it[Secret(LATE)] PASSED" in ran.text
    assert "Secret(EARLY) Secret(LATE) masked_EARLY_19chars masked_LATE_18chars" in ran.text
    assert "the secret PIN has fewer than 6 characters" in ran.text
