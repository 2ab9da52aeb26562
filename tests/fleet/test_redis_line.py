"""A connection to a Redis: what it says of servers that will not do, and whom it believes."""

from __future__ import annotations

import random
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as Disconnected

from redhanded.core.errors import SettingsError
from redhanded.core.settings import Settings
from redhanded.fleet.redis_address import Address, redis_address
from redhanded.fleet.redis_faults import LineBroken, broken_by
from redhanded.fleet.redis_line import Line
from redhanded.fleet.redis_scripts import Script, script, scripts
from tests.fleet.redis_impostor import HANG_UP, HTTP, answering, array, bulk, hello
from tests.servers import redis_weather
from tests.servers.fixtures import or_fail
from tests.servers.redis import RedisServer, serving

SECONDS = 30.0  # a busy machine is no server that does not answer
ECHO = Script("return {ARGV[1], redis.call('PING').ok}")
PASSWORD = "sesame-street"


def opened(address: Address, *, seconds: float = SECONDS) -> Line:
    """A connection that works."""
    line = Line(address, [ECHO.text], seconds=SECONDS)
    line.open(seconds=seconds)
    return line


def refusal(address: Address, *, seconds: float = SECONDS) -> str:
    """Why a connection cannot be had."""
    with pytest.raises(LineBroken) as caught:
        opened(address, seconds=seconds)
    return str(caught.value)


def local(port: int, **told: object) -> Address:
    """A server on loopback."""
    return Address(host="127.0.0.1", port=port, **told)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def guarded(redis_server: RedisServer) -> Iterator[RedisServer]:
    """A Redis with a password."""
    with or_fail(lambda: serving(password=PASSWORD)) as server:
        yield server


def test_several_questions_are_answered_in_order(redis_server: RedisServer) -> None:
    """Commands and scripts go out together, and each gets its own answer."""
    line = opened(local(redis_server.port))

    answers = line.ask([ECHO.on("k", "a"), ("PING",), ECHO.on("k", "b")], seconds=SECONDS)
    line.close()

    assert answers == [["a", "PONG"], "PONG", ["b", "PONG"]]


def test_connecting_asks_little(redis_server: RedisServer) -> None:
    """A server is asked who it is and given the scripts, and nothing else."""
    with redis_weather.serving(redis_server.port) as way:
        opened(local(way.port)).close()

        assert (way.accepted, way.commands) == (1, 2)


def test_a_password_and_a_database_are_heeded(guarded: RedisServer) -> None:
    """Whoever has the password works in the database that was named, also after it forgot."""
    with guarded.client() as client:
        client.select(3)
        client.flushdb()
        line = opened(local(guarded.port, password=PASSWORD, database=3))
        client.script_flush()
        line.ask([ECHO.on("k", "a"), ("SET", "k", "v")], seconds=SECONDS)
        line.close()

        assert client.get("k") == "v"


def test_a_user_of_its_own_is_heeded(guarded: RedisServer) -> None:
    """The user in the address is who logs in; the rights that are named are enough for it."""
    rights = [
        "hello",
        "select",
        "script",
        "evalsha",
        "time",
        "pexpire",
        "del",
        "get",
        "set",
        "@hash",
        "@sortedset",
    ]
    acl = ["reset", "on", ">word", "~{rh:*", *(f"+{right}" for right in rights)]
    guarded.do("ACL", "SETUSER", "me", *acl)
    address = local(guarded.port, user="me", password="word", database=3)

    line = Line(address, scripts(), seconds=SECONDS)
    line.open(seconds=SECONDS)
    answers = line.ask(
        [
            script("claim").on("{rh:1}:claim", "ann", 60_000),
            script("beat").on("{rh:1}:group", "ann", 60_000),
            script("release").on("{rh:1}:claim", "ann"),
            ("SET", "{rh:1}:text", "t", "PX", 60_000),
            ("GET", "{rh:1}:text"),
        ],
        seconds=SECONDS,
    )
    line.close()

    assert answers == ["ann", ["ann"], 1, "OK", "t"]


@pytest.mark.parametrize(
    "rights",
    [
        pytest.param(["~{rh:*", "+@all", "-evalsha"], id="no scripts"),
        pytest.param(["~{rh:*", "+@all", "-zadd"], id="less within scripts"),
        pytest.param(["~other:*", "+@all"], id="other keys"),
    ],
)
def test_a_user_that_may_not_is_told_what_it_needs(guarded: RedisServer, rights: list[str]) -> None:
    """Which rights are missing shows at the first act, and which are needed is said."""
    guarded.do("ACL", "SETUSER", "you", "reset", "on", ">word", *rights)
    address = local(guarded.port, user="you", password="word")
    line = Line(address, scripts(), seconds=SECONDS)
    line.open(seconds=SECONDS)

    with pytest.raises(LineBroken, match=r"its user may not do this; give it the keys \{rh:\*"):
        line.ask([script("beat").on("{rh:1}:group", "ann", 60_000)], seconds=SECONDS)
    line.close()


@pytest.mark.parametrize(
    "told, words",
    [
        pytest.param({}, "it wants a password; set redis_password", id="no password"),
        pytest.param({"password": "x"}, "it refuses the user or the password", id="a wrong one"),
        pytest.param(
            {"password": PASSWORD, "user": "me7"}, "it refuses the user", id="a wrong user"
        ),
        pytest.param(
            {"password": PASSWORD, "database": 99}, "no database of that number", id="database"
        ),
    ],
)
def test_a_server_that_lets_nobody_in_says_what_is_missing(
    guarded: RedisServer, told: dict[str, object], words: str
) -> None:
    """What is wrong with the settings is said in the settings' words, without any password."""
    said = refusal(local(guarded.port, **told))

    assert words in said
    assert PASSWORD not in said


def test_a_refused_connection_says_that_nothing_listens(closed_port: int) -> None:
    """The server may be down, or the address wrong."""
    assert "nothing listens there" in refusal(local(closed_port))


def test_a_name_that_nobody_knows_is_said_to_be_one() -> None:
    """Such as a typing mistake in the host."""
    assert "its name is not known" in refusal(Address(host="redis.invalid"))


@pytest.mark.parametrize(
    "answers, words",
    [
        pytest.param([hello("5.0.14")], "it is Redis 5.0.14, and 6.2 or newer is", id="5.0"),
        pytest.param([hello("6.0.16")], "it is Redis 6.0.16, and 6.2 or newer is", id="6.0"),
        pytest.param(
            [b"-ERR unknown command `HELLO`, with args\r\n", bulk("redis_version:3.2.1\r\n")],
            "it is Redis 3.2.1, and 6.2 or newer is needed",
            id="older than HELLO",
        ),
        pytest.param(
            [b"-ERR unknown command 'HELLO'\r\n", bulk("redis_version:7.0\r\nother")],
            "it knows no HELLO",
            id="HELLO taken away",
        ),
        pytest.param([b"-ERR unknown command\r\n"], "no Redis", id="nothing known"),
        pytest.param([hello(mode="sentinel")], "it is a Sentinel", id="sentinel"),
        pytest.param([HTTP], "what answers there is no Redis; mend redis_url", id="HTTP"),
        pytest.param([b"+OK\r\n"], "no Redis", id="yes to everything"),
        pytest.param([b":7\r\n"], "no Redis", id="a number"),
        pytest.param([b"$-1\r\n"], "no Redis", id="nothing"),
        pytest.param([b"*1\r\n$3\r\nfoo\r\n"], "no Redis", id="another array"),
        pytest.param([HANG_UP], "it closed the connection", id="hangs up"),
        pytest.param([hello(), HANG_UP], "it closed the connection", id="hangs up later"),
        pytest.param(
            [b"-DENIED Redis is running in protected mode\r\n"], "protected mode", id="protected"
        ),
        pytest.param([b"-LOADING Redis is loading\r\n"], "loading its data", id="loading"),
        pytest.param(
            [b"-ERR max number of clients reached\r\n"], "raise its maxclients", id="crowded"
        ),
        pytest.param(
            [b"-ERR AUTH <password> called without any password configured for\r\n"],
            "leave out redis_password",
            id="a password too much",
        ),
        pytest.param(
            [b"-WHATEVER is wrong\r\n"], "it answers with the error WHATEVER", id="another error"
        ),
        pytest.param([b"-ERR strange\r\n"], "it answers with the error ERR", id="no code"),
    ],
)
def test_a_server_that_will_not_do_is_told_apart(answers: list[bytes], words: str) -> None:
    """Each reason is a sentence that says what to do, and is found when the run begins."""
    with answering(*answers) as port:
        assert words in refusal(local(port, password=PASSWORD))


@pytest.mark.parametrize("version", ["6.2.0", "7.4.1", "10.0", "8", "df-v1.27"])
def test_newer_servers_and_strangers_are_believed(version: str) -> None:
    """What speaks as Redis does may have any version of its own."""
    with answering(hello(version), bulk("digest"), array("a", "PONG")) as port:
        line = opened(local(port))

        assert line.ask([ECHO.on("k", "a")], seconds=SECONDS) == [["a", "PONG"]]
        line.close()


@pytest.mark.parametrize(
    "answer, words",
    [
        pytest.param("-READONLY You can't write against a replica.", "it is a replica", id="ro"),
        pytest.param(
            "-ERR Error running script (call to f_1): @user_script:1: -READONLY You can't",
            "it is a replica",
            id="as old ones say it",
        ),
        pytest.param("-LOADING Redis is loading", "still loading", id="loading"),
        pytest.param("-OOM command not allowed", "raise its maxmemory", id="out of memory"),
        pytest.param("-NOAUTH Authentication required.", "set redis_password", id="logged out"),
        pytest.param("-WRONGPASS invalid", "refuses the user or the password", id="wrong"),
        pytest.param("-NOPERM no permissions", "give it the keys {rh:*", id="not permitted"),
        pytest.param("-MOVED 866 127.0.0.1:7001", "a node of a cluster", id="moved"),
        pytest.param("-ASK 866 127.0.0.1:7001", "a node of a cluster", id="ask"),
        pytest.param("-CROSSSLOT Keys", "a node of a cluster", id="slots"),
        pytest.param("-CLUSTERDOWN The cluster is down", "a node of a cluster", id="cluster"),
        pytest.param("-MASTERDOWN Link with MASTER", "a replica without its primary", id="master"),
        pytest.param("-MISCONF Redis is configured to", "cannot save to its disk", id="disk"),
        pytest.param("-BUSY Redis is busy", "busy with a script", id="busy"),
        pytest.param("-NOREPLICAS Not enough good", "too few replicas", id="replicas"),
        pytest.param("-ERR unknown command 'EVALSHA'", "the error ERR", id="no scripts"),
        pytest.param("?what", "no Redis", id="garbage"),
        pytest.param("*2", "did not answer within", id="half an answer"),
    ],
)
def test_each_trouble_of_a_running_server_has_its_sentence(answer: str, words: str) -> None:
    """What comes up later breaks the connection, and says what to do as well."""
    with answering(hello(), bulk("digest"), f"{answer}\r\n".encode()) as port:
        line = opened(local(port))
        with pytest.raises(LineBroken) as caught:
            line.ask([ECHO.on("k", "a")], seconds=0.05 if answer == "*2" else SECONDS)
        line.close()

    assert words in str(caught.value)


def test_an_error_that_repeats_what_it_was_sent_is_not_shown() -> None:
    """INVARIANT: a password that a stranger's error repeats is in no sentence."""
    repeated = f"-ERR unknown subcommand, with args beginning with: `AUTH` `{PASSWORD}`\r\n"

    with answering(repeated.encode()) as port:
        said = refusal(local(port, password=PASSWORD))

    assert PASSWORD not in said


def test_no_bytes_of_a_stranger_raise_anything_else() -> None:
    """INVARIANT: whatever answers, the connection is broken and says so, in its own time."""
    chance = random.Random(7)
    kinds = [b"*", b"$", b":", b"+", b"-", b"_", b"%", b"#", b"(", b"!", b"=", b"~", b">", b""]
    for _ in range(100):
        lines = (
            chance.choice(kinds) + chance.choice([b"", b"-1", b"3", b"x", chance.randbytes(5)])
            for _ in range(chance.randrange(1, 5))
        )
        with answering(b"\r\n".join(lines) + b"\r\n", HANG_UP) as port, pytest.raises(LineBroken):
            opened(local(port), seconds=0.05)


def test_a_server_that_does_not_answer_is_not_waited_for(redis_server: RedisServer) -> None:
    """The time limit is that of the question, however many answers are missing."""
    with redis_weather.serving(redis_server.port) as way:
        way.switch(redis_weather.BLACK_HOLE)

        said = refusal(local(way.port), seconds=0.05)

    assert said == "it did not answer within 50 ms; look at it and the way there"


def test_answers_in_drops_take_no_longer_than_the_question_may() -> None:
    """Each further answer has what is left of the time, not the same time again."""
    now = iter(float(second) for second in range(1000))
    with answering(hello(), bulk("digest"), b"+1\r\n", b"+2") as port:
        line = Line(local(port), [ECHO.text], seconds=SECONDS, now=lambda: next(now))
        line.open(seconds=1000.0)

        with pytest.raises(LineBroken, match="did not answer within 2000 ms"):
            line.ask([("PING",)] * 5, seconds=2.0)
        line.close()


class TestTls:
    """Certificates are verified, by the public authorities and by the one in the settings."""

    @pytest.fixture
    def port(self, tls_context: ssl.SSLContext) -> Iterator[int]:
        """A server that speaks TLS, signed by the authority."""
        with answering(hello(), bulk("digest"), array("a", "PONG"), tls=tls_context) as port:
            yield port

    def test_a_server_of_a_trusted_authority_is_spoken_to(self, port: int, ca_bundle: Path) -> None:
        """rediss:// with tls.ca set to its authority."""
        line = opened(local(port, secure=True, ca=str(ca_bundle)))

        assert line.ask([ECHO.on("k", "a")], seconds=SECONDS) == [["a", "PONG"]]
        line.close()

    def test_a_server_that_nobody_vouches_for_is_refused(self, port: int) -> None:
        """INVARIANT: a certificate that is not trusted ends the connection before any password."""
        said = refusal(local(port, secure=True, password=PASSWORD))

        assert said == "its certificate is not trusted; set tls.ca to the bundle of its authority"

    def test_a_server_without_tls_is_told_apart(self, redis_server: RedisServer) -> None:
        """Redis waits for the end of what it takes for a command; what to write is said."""
        address = local(redis_server.port, secure=True)
        line = Line(address, [], seconds=0.05)

        with pytest.raises(LineBroken, match="or write redis:// where it speaks no TLS"):
            line.open(seconds=SECONDS)

    @pytest.mark.parametrize("text", ["no bundle", None], ids=["no bundle", "no file"])
    def test_a_bundle_that_cannot_be_read_is_told(self, text: str | None, tmp_path: Path) -> None:
        """The run stops before the first test and names the setting."""
        bundle = tmp_path / "ca.pem"
        if text is not None:
            bundle.write_text(text, encoding="utf-8")
        told = {"redis_url": "rediss://ci", "tls": {"ca": str(bundle)}}

        with pytest.raises(SettingsError, match=r"^tls\.ca: .*: give the path of one$"):
            redis_address(Settings.model_validate(told))

    def test_a_bundle_is_heeded(self, ca_bundle: Path) -> None:
        """The authority that the API's certificates are held against serves Redis too."""
        told = {"redis_url": "rediss://ci", "tls": {"ca": str(ca_bundle)}}

        assert redis_address(Settings.model_validate(told)).ca == str(ca_bundle)


def test_a_line_is_closed_for_whoever_waits_in_it(redis_server: RedisServer) -> None:
    """A connection can be closed while somebody waits for its answer."""
    with redis_weather.serving(redis_server.port) as way:
        line = opened(local(way.port))
        way.switch(redis_weather.BLACK_HOLE)
        said: list[str] = []

        def wait() -> None:
            try:
                line.ask([("PING",)], seconds=SECONDS)
            except LineBroken as error:
                said.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        way.switch(redis_weather.RESET)
        thread.join(SECONDS)

    assert said == ["it closed the connection; look at it, and write rediss:// where it speaks TLS"]


@pytest.mark.parametrize(
    "error, words",
    [
        pytest.param(ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "it speaks no TLS", id="tls"),
        pytest.param(ConnectionResetError(), "it closed the connection", id="reset"),
        pytest.param(BrokenPipeError(), "it closed the connection", id="pipe"),
        pytest.param(OSError(101, "Network is unreachable"), "Network is unreachable", id="no way"),
        pytest.param(OSError(), "the network says OSError", id="nothing said"),
    ],
)
def test_each_trouble_of_the_network_has_its_sentence(error: OSError, words: str) -> None:
    """The error that the library wraps says it, and what to do follows."""
    wrapped = Disconnected()
    wrapped.__cause__ = error

    said = str(broken_by(wrapped, seconds=SECONDS))

    assert words in said
    assert "; " in said


def test_the_address_is_what_the_settings_say() -> None:
    """Host, port, database and user are read from the URL; what is left out has its default."""
    told = Settings.model_validate({"redis_url": "redis://me%40work@[::1]/4"})

    address = redis_address(told)

    assert address == Address(host="::1", port=6379, database=4, user="me@work")
    assert str(address) == "redis://[::1]:6379/4"


@pytest.mark.parametrize("url", ["redis://ci:99999", "redis://ci:port/0", "redis://[::1/0"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """What the pattern of the setting lets pass is still said in one sentence."""
    with pytest.raises(SettingsError, match=r'^redis_url: .* write such as "redis://'):
        redis_address(Settings.model_validate({"redis_url": url}))
