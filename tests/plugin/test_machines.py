"""Machines of one run: each a pytest of its own, in a folder of its own, with one Redis."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from redhanded.core.settings import Settings
from redhanded.session.berth import Berth
from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.redis import RedisServer

# A machine whose test starts another machine and waits for its end.
FIRST = """
    import subprocess
    import sys
    from redhanded import expect, once

    def test_it(api, lease, request):
        expect(api.get("/x"), 200)
        assert once("seed", lambda: "made by the first") == "made by the first"
        assert lease("users") == {name!r}
        other = request.config.rootpath / "other"
        command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
        ended = subprocess.run([*command, "machine.py"], cwd=other, capture_output=True, text=True)
        (other / "output").write_text(f"{{ended.returncode}}\\n{{ended.stdout}}{{ended.stderr}}")
"""
SECOND = """
    from redhanded import expect, once

    def test_it(api, lease):
        expect(api.get("/x"), 200)
        assert once("seed", lambda: "made by the second") == "made by the first"
        assert lease("users") == "bob"
"""


def other(folder: Path, toml: str) -> Path:
    """The second machine's project."""
    made = folder / "other"
    made.mkdir()
    (made / "machine.py").write_text(dedent(SECOND), "utf-8")
    table = '[tool.pytest]\nasyncio_default_fixture_loop_scope = "function"\n[tool.redhanded]\n'
    (made / "pyproject.toml").write_text(table + toml, "utf-8")
    return made


def settings(url: str, redis: RedisServer, more: str = "") -> str:
    """What both machines are told."""
    leases = '[tool.redhanded.leases]\nusers = ["ann", "bob"]\n'
    where = f'base_url = "{url}"\nredis_url = "{redis.url}"\nhistory = {{ project = "shop" }}\n'
    return f'{where}run_id = "nightly"\n{more}{leases}'


@pytest.mark.parametrize("state", ["together", "apart"])
def test_two_machines_of_one_run(
    suite: Suite, raw_server: Serve, own_redis: RedisServer, pytester: pytest.Pytester, state: str
) -> None:
    """INVARIANT: shards share what is done once and the users; two runs of one id never meet."""
    url = raw_server(raw.answer_json({})).url
    shards = [f'shard = "{part}/2"\n' if state == "together" else "" for part in (1, 2)]
    machine = other(pytester.path, settings(url, own_redis, shards[1]))
    toml = settings(url, own_redis, shards[0]).replace(f'base_url = "{url}"\n', "")

    ran = suite(FIRST.format(name="ann"), base_url=url, toml=toml, apart=True)

    assert ran.ret == 0, ran.text
    code, _, said = (machine / "output").read_text("utf-8").partition("\n")
    if state == "together":
        assert code == "0", said
        assert "run nightly-2of2, seed" in said
    else:
        assert code == "4", said
        assert 'redhanded: the run_id "nightly" is taken by a run that is under way on' in said
    kept = [key for key in own_redis.do("KEYS", "*") if own_redis.do("TYPE", key) == "string"]
    assert not [key for key in kept if "made by" in str(own_redis.do("GET", key))]


def test_two_runs_of_one_id_on_one_machine(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: the second is refused before its first test; later it mixes with nothing."""
    source = "from redhanded import expect\n\ndef test_it(api):\n    expect(api.get('/x'), 200)\n"
    server = raw_server(raw.answer_json({}))
    toml = 'run_id = "nightly"\n'
    home = suite(source, base_url=server.url, toml=toml).folder / ".redhanded"

    living = Berth.take(Settings(folder=home, run_id="nightly"))
    refused = suite(source, base_url=server.url, toml=toml)
    living.leave()
    again = suite(source, base_url=server.url, toml=toml)

    assert (refused.ret, again.ret) == (4, 0)
    assert 'redhanded: the run_id "nightly" is taken by a run that is under way' in refused.text
    assert not refused.shows_our_frames
    assert "run nightly.2, seed" in again.text
    assert sorted(path.name for path in (home / "runs").iterdir()) == ["nightly", "nightly.2"]
    assert [request.path for request in server.requests].count("/x") == 2
