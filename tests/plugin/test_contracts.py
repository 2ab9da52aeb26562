"""Contracts in a run: what is red without an assertion, what is let pass, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "shop", "version": "1"},
    "paths": {
        "/item": {
            "get": {
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "integer"}},
                                    "required": ["id"],
                                }
                            }
                        },
                    }
                }
            }
        },
        "/broken": {
            "get": {
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"$ref": "#/nowhere"}}},
                    }
                }
            }
        },
    },
}
ANSWERS = {
    "/item": (200, {"id": "7"}),
    "/teapot": (418, {}),
    "/broken": (200, {}),
    "/note": (200, {"id": 7, "note": 1}),
    "/openapi.json": (200, SHOP),
}
MODELS = 'models = { "GET /item" = "shop_models:Item" }\n'
OPENAPI = 'openapi = "/openapi.json"\n'
CALLING = """
    def test_it(api):
        assert api.get("/item").status_code == 200
"""

Write = Callable[..., None]


def answer(request: raw.Received) -> bytes:
    """What the shop says: an id that is a text, where both contracts want a number."""
    status, body = ANSWERS.get(request.target.partition("?")[0], (404, {}))
    return raw.message(status, json.dumps(body).encode())


@pytest.fixture
def url(raw_server: Serve) -> str:
    """Where the shop is."""
    return raw_server(raw.reply(answer)).url


@pytest.fixture
def write(pytester: pytest.Pytester) -> Write:
    """Writes a file beside the suite."""

    def write_(name: str, text: str) -> None:
        (pytester.path / name).write_text(dedent(text), "utf-8")

    return write_


@pytest.fixture(autouse=True)
def models(write: Write) -> None:
    """The models of the suite."""
    source = """
        from pydantic import BaseModel

        class Item(BaseModel):
            id: int
    """
    write("shop_models.py", source)


def breached(ran: Ran) -> list[tuple[str, str, str]]:
    """Contract, code and why it passed, of what was broken."""
    return [
        (each["contract"].rpartition("/")[2], each["violation"]["code"], each["passed"])
        for each in ran.of("breached")
    ]


def test_a_call_is_held_against_model_and_document(suite: Suite, url: str) -> None:
    """INVARIANT: both are broken, each is a finding, and they agree that the API has drifted."""
    ran = suite(CALLING, base_url=url, toml=MODELS + OPENAPI)

    assert ran.ret == 1, ran.text
    assert ran.codes == {"test_it": ["body.schema", "contract.body_schema"]}
    assert 'DRIFT body.schema: GET /item: $.id is "7", want integer' in ran.text
    assert "and the model Item agree: the API has drifted" in ran.text
    assert '$.id  "7"  want integer  (int_type)' in ran.text
    assert not ran.shows_our_frames
    (ended,) = ran.of("test_ended")
    assert ended["checks"] == 2


def test_without_contracts_nothing_is_heard(suite: Suite, url: str) -> None:
    """The same call is green, and checks nothing."""
    ran = suite(CALLING, base_url=url)

    assert (ran.ret, ran.of("breached"), ran.of("covered")) == (0, [], [])


def test_what_is_skipped_or_expected_to_fail_stays_so(suite: Suite, url: str) -> None:
    """What it met is told, and fails nothing; a call in a setup or a teardown is the test's."""
    source = """
        import pytest

        @pytest.fixture
        def before(api):
            api.get("/item")

        @pytest.fixture
        def after(api):
            yield
            api.get("/item")

        def test_skipped(api):
            api.get("/item")
            pytest.skip("no")

        @pytest.mark.xfail(strict=False)
        def test_expected(api):
            api.get("/item")

        def test_before(before): pass

        def test_after(api, after):
            api.get("/note")
    """

    ran = suite(source, base_url=url, toml=MODELS)

    ran.result.assert_outcomes(passed=1, failed=2, skipped=1, xpassed=1)
    assert ran.verdicts["test_before"] == ran.verdicts["test_after"] == "drift"
    assert ran.verdicts["test_skipped"] is None
    assert len(breached(ran)) == 4


def test_a_known_breach_passes_until_it_is_gone(suite: Suite, url: str, write: Write) -> None:
    """Update writes it down, a run with it is green, and prune takes away what is mended."""
    baseline = ("--rh-contract-baseline", "known.json")
    source = CALLING + '        api.get("/teapot")\n'

    update = suite(source, *baseline, "--rh-contract-update", base_url=url, toml=MODELS)
    known = json.loads((update.folder / "known.json").read_text("utf-8"))
    green = suite(source, *baseline, base_url=url, toml=MODELS)
    partial = suite(source, *baseline, "--rh-contract-prune", "-k", "it", base_url=url)
    failing = source.replace("== 200", "== 201")
    failed = suite(failing, *baseline, "--rh-contract-prune", base_url=url)
    kept = (update.folder / "known.json").read_text("utf-8")
    pruned = suite(source, *baseline, "--rh-contract-prune", base_url=url)
    after = json.loads((update.folder / "known.json").read_text("utf-8"))

    assert (update.ret, green.ret) == (0, 0), update.text + green.text
    assert [(each["code"], each["at"], each["reason"]) for each in known["breaches"]] == [
        ("body.schema", "$.id", "")
    ]
    assert "note: the baseline known.json is written, entries: 1, new: 1" in update.text
    assert "contract: let pass 1 by the baseline" in green.text
    assert "there is no baseline" not in update.text + green.text
    assert "nothing was taken away, because -k was given" in partial.text
    assert "because 1 tests failed of themselves" in failed.text
    assert json.loads(kept) == known
    assert "not met any more and taken away: 1" in pruned.text
    assert after == {"version": 1, "breaches": []}


def test_a_baseline_that_is_not_there_is_told(suite: Suite, url: str) -> None:
    """A misspelt name lets nothing pass, and says why all is red."""
    ran = suite(CALLING, "--rh-contract-baseline=konwn.json", base_url=url, toml=MODELS)

    assert ran.ret == 1, ran.text
    assert "note: there is no baseline konwn.json, so it lets nothing pass" in ran.text


def test_warnings_are_told_once_at_the_end(suite: Suite, url: str) -> None:
    """Grouped by cause, and the run is green; a quiet run says its sentence alone."""
    source = """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_it(api, number):
            assert api.get("/teapot").status_code == 418
            assert api.get("/item", params={"x": number}).status_code == 200
    """
    levels = '[tool.redhanded.contract]\npreset = "drift"\n'

    ran = suite(source, base_url=url, toml=OPENAPI + levels)

    assert ran.ret == 0, ran.text
    assert "contract: broken without failing a test: 2 kinds" in ran.text
    assert '  $.id is "7", want integer: GET /item, 3 times in 3 tests' in ran.text
    assert {passed for *_, passed in breached(ran)} == {"drift"}


def test_a_broken_part_of_a_document_is_a_finding_on_the_run(suite: Suite, url: str) -> None:
    """No test is red of it, and all else of the document is used."""
    source = """
        def test_it(api):
            assert api.get("/broken").status_code == 200
    """

    ran = suite(source, base_url=url, toml=OPENAPI)

    assert (ran.ret, ran.verdicts) == (1, {"test_it": "pass"}), ran.text
    assert "Red: 1 finding on the run as a whole; 1 test held." in ran.text
    assert "DRIFT contract.document: " in ran.text


def test_a_conftest_brings_contracts(suite: Suite, url: str, write: Write) -> None:
    """A registry reads as the project's own, and any other contract may judge."""
    source = """
        from redhanded import ModelRegistry, Violation
        from shop_models import Item

        class NoNotes:
            name = "no-notes"

            def check(self, attempt):
                found = b"note" in (attempt.response_body or b"")
                return [Violation("notes.there", "$.note", "there", "absent")] * found

        def pytest_redhanded_contracts(config):
            return [ModelRegistry({"GET /item": Item}), NoNotes()]
    """
    write("conftest.py", source)

    ran = suite(CALLING + '        api.get("/note")\n', base_url=url)

    assert ran.ret == 1, ran.text
    assert ran.codes == {"test_it": ["body.schema", "notes.there"]}


@pytest.mark.parametrize(
    "toml, arguments, sentence",
    [
        pytest.param(
            'models = { "GET /item" = "shop_models:Itme" }\n',
            (),
            "'shop_models' has no 'Itme'; did you mean 'Item'?",
            id="model",
        ),
        pytest.param(MODELS, ("--rh-contract-update",), "has no file: name it by", id="no file"),
        pytest.param(
            MODELS, ("--rh-contract-baseline=pyproject.toml",), "is not JSON", id="no baseline"
        ),
        pytest.param('openapi = "/teapot"\n', (), "/teapot", id="no document"),
        pytest.param('openapi = "none.yaml"\n', (), "none.yaml", id="no such file"),
        pytest.param(
            OPENAPI + "[[tool.redhanded.contract.ignore]]\nat = '$.[a'\nreason = 'x'\n",
            (),
            "contract.ignore[0].at",
            id="ignore of no place",
        ),
        pytest.param("", ("--rh-cover-fail-under=most",), "write a number of percent", id="cover"),
    ],
)
def test_what_cannot_be_used_stops_the_run(
    suite: Suite, url: str, toml: str, arguments: tuple[str, ...], sentence: str
) -> None:
    """Before its first test, with one sentence and without a traceback."""
    ran = suite(CALLING, *arguments, base_url=url, toml=toml)

    assert (ran.ret, ran.of("test_started")) == (4, []), ran.text
    assert sentence in ran.text
    assert not ran.shows_our_frames


def test_a_hook_that_fails_stops_the_run(suite: Suite, url: str, write: Write) -> None:
    """As any contract that cannot be used does, and it is named."""
    write("conftest.py", "def pytest_redhanded_contracts(config):\n    return [1 // 0]\n")

    ran = suite(CALLING, base_url=url)

    assert (ran.ret, ran.of("test_started")) == (4, []), ran.text
    assert "pytest_redhanded_contracts failed by ZeroDivisionError" in ran.text
    assert not ran.shows_our_frames


def test_a_missing_extra_is_a_sentence(
    suite: Suite, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install."""
    monkeypatch.setattr("redhanded.session.contracts.find_spec", lambda _: None)

    ran = suite(CALLING, base_url=url, toml=OPENAPI)

    assert (ran.ret, "pip install redhanded[openapi]" in ran.text) == (4, True), ran.text


def test_a_baseline_that_cannot_be_written_is_not_silent(
    suite: Suite, url: str, write: Write, tmp_path: Path
) -> None:
    """What the run was asked for was not done."""
    write("folder", "in the way")

    ran = suite(
        CALLING,
        "--rh-contract-baseline=folder/known.json",
        "--rh-contract-update",
        base_url=url,
        toml=MODELS,
    )

    assert ran.ret == 4, ran.text
    assert "known.json cannot be" in ran.text


WITHHELD = OPENAPI + "retry = {capacity = 0}\n"


def withholding(times: int) -> raw.Script:
    """The shop, whose document is out of service so many times."""
    left = iter(range(times))

    def reply(request: raw.Received) -> bytes:
        if request.target == "/openapi.json" and next(left, None) is not None:
            return raw.message(503, b"{}")
        return raw.message(200, b"{}") if request.target == "/health" else answer(request)

    return raw.reply(reply)


def test_what_a_withheld_document_could_have_found_is_not_green(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: the weather of the document is inconclusive, and a red test stays red."""
    toml = f"{WITHHELD}requeue = {{seconds = 0}}\n"
    server = raw_server(withholding(99))
    failing = 'def test_no(api):\n    assert api.get("/item").status_code == 201\n'

    kept = suite(CALLING, base_url=server.url, toml=toml)
    codes = kept.codes
    red = suite(dedent(CALLING) + failing, base_url=server.url, toml=toml)

    assert (kept.ret, red.ret) == (75, 1), kept.text + red.text
    assert codes == {"test_it": ["run.contract"]}
    assert "/openapi.json was answered with 503: run again" in kept.text


def test_a_withheld_document_is_asked_for_before_each_round(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: what was not judged is judged as soon as it can be."""
    server = raw_server(withholding(1))

    ran = suite(CALLING, base_url=server.url, toml=f"{WITHHELD}requeue = {{seconds = 5}}\n")

    assert ran.ret == 1, ran.text
    assert "DRIFT contract.body_schema: GET /item" in ran.text
