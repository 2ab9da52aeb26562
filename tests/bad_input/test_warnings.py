"""Nothing warns, also where warnings are errors and pytest is at its strictest."""

from __future__ import annotations

import pytest

from tests.plugin.suites import HEAD, Serve, Suite
from tests.servers import raw

SOURCE = """
    import asyncio
    import logging
    import pytest
    from redhanded import eventually, expect, once

    pytestmark = [pytest.mark.smoke, pytest.mark.contract, pytest.mark.integration]

    def test_sync(api, make, settings, cleanup):
        cleanup(api.delete, "/x")
        assert once("key", lambda: 7) == 7
        expect(api.get("/x"), 200)

    def test_other(api_as):
        expect(api_as("guest").get("/x"), 200)

    @pytest.mark.asyncio
    async def test_async(async_api):
        answers = await asyncio.gather(*(async_api.get(f"/{n}") for n in range(3)))
        for answer in answers:
            expect(answer, 200)

    @pytest.mark.slo(ceiling=20)
    def test_window(api):
        for look in eventually(within=0.01, every=0.01):
            with look:
                assert api.get("/x").status_code == 200

    def test_red(api):
        logging.getLogger("shop").error("it will fail")
        expect(api.get("/x"), 404)

    def test_streamed(api):
        request = api.build_request("GET", "/x")
        assert api.send(request, stream=True).status_code == 200
"""
GUEST = "[tool.redhanded.identities.guest]\nkind = 'none'\n"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-p", "randomly", "-p", "no:xdist"], id="random-order"),
        pytest.param(["-n2"], id="xdist"),
        pytest.param(["--log-cli-level=DEBUG", "-s"], id="live-log"),
    ],
)
def test_a_run_is_clean_where_warnings_are_errors(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """-W error, strict = true, unclosed sockets and files included; also the interpreter's own."""
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONDEVMODE", "1")

    ran = suite(
        SOURCE,
        "-W",
        "error",
        *options,
        base_url=raw_server(raw.answer(200)).url,
        toml=GUEST,
        apart=True,
    )

    assert ran.ret == 1, ran.text
    assert sorted(map(str, ran.verdicts.values())) == ["defect", *["pass"] * 5]
    assert "Warning" not in ran.text
    assert ran.result.stderr.str().strip() == ""


def test_a_run_whose_server_dies_leaves_nothing_open(suite: Suite, raw_server: Serve) -> None:
    """Every way in which a connection can end closes it on our side as well."""
    scripts = [
        raw.reset_on_accept(),
        raw.close_on_accept(),
        raw.reset_after_request(),
        raw.short_body(),
        raw.reset_in_body(),
        raw.garbage(),
        raw.answer(200),
    ]
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(4))
        def test_it(api, number):
            expect(api.get("/x"), 200)
    """

    ran = suite(source, "-W", "error", base_url=raw_server(*scripts).url, head=HEAD, apart=True)

    assert ran.ret in (1, 75), ran.text
    assert "Warning" not in ran.text
    assert not ran.shows_our_frames
