from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from redhanded.core.credentials import BasicAuth, BearerAuth
from redhanded.core.errors import SettingsError
from redhanded.core.settings import Settings, leaves
from redhanded.session.sources import load
from tests.session.projects import TABLE, Project


def said_everywhere(project: Project) -> Project:
    """The project with another read timeout in each of its sources."""
    project.write(
        "pyproject.toml",
        """
        [tool.redhanded]
        timeouts.read = 11

        [tool.redhanded.env.ci]
        timeouts.read = 12
        """,
    )
    project.local("env = 'ci'\ntimeouts.read = 13\n")
    project.dotenv("REDHANDED_TIMEOUTS__READ=14\n")
    return project.set(REDHANDED_TIMEOUTS__READ="15")


def test_settings_that_nobody_asks_for_are_not_looked_at(project: Project) -> None:
    """Whoever needs a part of them need not have the secrets of the rest."""
    project.write(
        "pyproject.toml",
        """
        [tool.redhanded]
        auth = { kind = "bearer", token = "env:NOBODY_HAS_IT" }
        history.days = 7
        """,
    )

    loaded = load(project.root, environ={}, only=("history",))

    assert loaded.settings.history.days == 7
    assert loaded.settings.auth.kind == "none"
    with pytest.raises(SettingsError, match="NOBODY_HAS_IT"):
        load(project.root, environ={})


def test_a_project_without_settings_has_the_defaults(project: Project) -> None:
    """Nothing said is nothing wrong."""
    loaded = project.load()

    assert loaded.settings == Settings(folder=project.root / ".redhanded")
    assert loaded.is_configured is False
    assert loaded.secrets == ()
    assert set(loaded.origins.values()) == {"default"}


def test_every_setting_has_an_origin(project: Project) -> None:
    """What `config show --origin` prints covers all there is."""
    loaded = project.table("headers = { X-A = '1' }\nauth = { kind = 'none' }").load()

    assert list(loaded.origins) == [key for key, _ in leaves(loaded.settings)]
    assert loaded.origins["headers.X-A"] == TABLE
    assert loaded.origins["auth.kind"] == TABLE
    assert loaded.origins["timeouts.read"] == "default"


def test_the_strongest_source_decides(project: Project) -> None:
    """Command line > environment > .env > local file > profile > table > default."""
    said_everywhere(project)
    given: dict[str, object] = {"timeouts__read": "16"}
    seen: list[tuple[float, str]] = []

    for silence in (
        given.clear,
        project.environ.clear,
        (project.root / ".env").unlink,
        lambda: project.local("env = 'ci'"),
        lambda: project.local(""),
        (project.root / "pyproject.toml").unlink,
        lambda: None,
    ):
        loaded = project.load(**given)
        seen.append((loaded.settings.timeouts.read, loaded.origins["timeouts.read"]))
        silence()

    assert seen == [
        (16, "command line"),
        (15, "environment REDHANDED_TIMEOUTS__READ"),
        (14, ".env REDHANDED_TIMEOUTS__READ"),
        (13, "redhanded.local.toml"),
        (12, "pyproject.toml [tool.redhanded.env.ci]"),
        (11, TABLE),
        (10, "default"),
    ]


def test_sources_are_merged_key_by_key(project: Project) -> None:
    """A stronger source replaces what it names and leaves the rest."""
    project.table("timeouts = { read = 4, write = 6 }\nheaders = { X-A = 'a', X-B = 'b' }")
    project.set(REDHANDED_TIMEOUTS__READ="5", REDHANDED_HEADERS='{"X-B": "c"}')

    settings = project.load().settings

    assert (settings.timeouts.read, settings.timeouts.write) == (5, 6)
    assert settings.headers == {"X-A": "a", "X-B": "c"}


def test_an_empty_table_takes_nothing_away(project: Project) -> None:
    """It names nothing, and so decides about nothing."""
    project.table("headers = { X-A = 'a' }").local("headers = {}\nceilings = {}")

    assert project.load().settings.headers == {"X-A": "a"}


def test_a_list_is_replaced_as_a_whole(project: Project) -> None:
    """Half of two lists would be nobody's list."""
    project.table("retry.keys = ['POST /a', 'POST /b']")

    settings = project.set(REDHANDED_RETRY__KEYS='["POST /c"]').load().settings

    assert settings.retry.keys == ("POST /c",)


def test_a_credential_of_another_kind_replaces_the_weaker_one(project: Project) -> None:
    """The keys of one kind are unknown to another."""
    project.table("auth = { kind = 'basic', username = 'ann', password = 'env:NOT_NEEDED' }")
    project.local("auth = { kind = 'bearer', token = 's3cret' }")

    loaded = project.load()

    assert isinstance(loaded.settings.auth, BearerAuth)
    assert loaded.secrets == (("AUTH_TOKEN", "s3cret"),)


def test_a_credential_of_the_same_kind_is_merged(project: Project) -> None:
    """The project says how, the environment says with which secret."""
    project.table("auth = { kind = 'basic', username = 'ann', password = 'env:NOT_NEEDED' }")

    auth = project.set(REDHANDED_AUTH__PASSWORD="s3cret").load().settings.auth

    assert isinstance(auth, BasicAuth)
    assert (auth.username, auth.password.get_secret_value()) == ("ann", "s3cret")


def test_a_credential_can_be_set_by_variables_alone(project: Project) -> None:
    """Their order is no matter, although another kind empties the table below."""
    project.table("auth = { kind = 'bearer', token = 'env:NOT_NEEDED' }")
    project.set(
        REDHANDED_AUTH__CLIENT_ID="me",
        REDHANDED_AUTH__CLIENT_SECRET="s3cret",
        REDHANDED_AUTH__KIND="oauth2",
        REDHANDED_AUTH__TOKEN_URL="/token",
    )

    settings = project.load().settings

    assert settings.auth.model_dump(exclude={"client_secret"}) == {
        "kind": "oauth2",
        "token_url": "/token",
        "client_id": "me",
        "scope": (),
        "style": "basic",
    }


def test_a_single_variable_is_stronger_than_a_whole_table(project: Project) -> None:
    """Who names one key means that key."""
    project.set(
        REDHANDED_TIMEOUTS='{"read": 6, "write": 7}',
        REDHANDED_TIMEOUTS__READ="8",
    )

    times = project.load().settings.timeouts

    assert (times.read, times.write) == (8, 7)


def test_options_that_were_not_given_say_nothing(project: Project) -> None:
    """A command line hands over all its options, most of them None."""
    loaded = project.load(base_url=None, seed=None, env=None)

    assert loaded.is_configured is False
    assert loaded.origins["seed"] == "default"


def test_an_option_names_its_key_with_dots(project: Project) -> None:
    """What the author names stays whole, dots and all."""
    loaded = load(
        project.root,
        overrides={
            "timeouts.read": "8",
            "headers.X-A.B": "a",
            "ceilings.GET /v1.0/b": "0.5",
            "identities.admin.kind": "none",
            "retry.keys": '["POST /a"]',
            "breaker": {"rate": 0.9},
            "folder": Path("out"),
        },
        environ={},
    )

    settings = loaded.settings
    assert settings.timeouts.read == 8
    assert settings.headers == {"X-A.B": "a"}
    assert settings.ceilings == {"GET /v1.0/b": 0.5}
    assert settings.identities["admin"].kind == "none"
    assert settings.retry.keys == ("POST /a",)
    assert settings.breaker.rate == 0.9
    assert settings.folder == project.root / "out"
    assert loaded.origins["headers.X-A.B"] == "command line"


def test_paths_begin_at_the_project(project: Project, ca_bundle: Path) -> None:
    """Where a run was started from makes no difference."""
    (project.root / "ca.pem").write_bytes(ca_bundle.read_bytes())

    settings = project.table("tls.ca = 'ca.pem'\nfolder = 'out'").load().settings

    assert settings.tls.ca == project.root / "ca.pem"
    assert settings.folder == project.root / "out"


def test_a_home_that_nobody_has_is_a_name(project: Project) -> None:
    """`~` is the user's home where there is one."""
    settings = project.table("folder = '~no-such-user-here/out'").load().settings

    assert settings.folder == project.root / "~no-such-user-here/out"


@pytest.mark.parametrize(
    "written",
    ["https://x.test/openapi.json", "http://x.test/o.yaml", "/openapi.json", "file:///o.yaml"],
)
def test_a_document_that_is_no_relative_file_stays_as_it_is_written(
    project: Project, written: str
) -> None:
    """Only who knows the API can tell whether a path is one of it or a file."""
    assert project.load(openapi=[written]).settings.openapi == (written,)


def test_a_document_that_is_a_file_begins_at_the_project(project: Project) -> None:
    """As an address, which no path of the API can be taken for."""
    settings = project.table("openapi = ['api.yaml', '../other/a b.json']").load().settings

    assert settings.openapi == (
        (project.root / "api.yaml").as_uri(),
        (project.root.parent / "other" / "a b.json").as_uri(),
    )


@pytest.mark.parametrize(
    "text, sentence",
    [
        pytest.param(
            'base_url = "localhost:8000"',
            'base_url ("localhost:8000") is not an http or https URL: write scheme and host,'
            ' such as "http://localhost:8000".',
            id="wrong URL",
        ),
        pytest.param(
            "timeouts.connect = 20",
            "timeouts.connect is 20 s, above timeouts.read (10 s): write at most 10, or raise"
            " timeouts.read.",
            id="connect timeout above read timeout",
        ),
        pytest.param(
            "timeouts.read = 2",
            "timeouts.connect is 5 s, above timeouts.read (2 s): write at most 2, or raise"
            " timeouts.read.",
            id="read timeout below the default connect timeout",
        ),
        pytest.param(
            'base_ulr = "http://localhost"',
            "base_ulr is not a setting: write base_url.",
            id="unknown key",
        ),
        pytest.param(
            "timeouts.reed = 1",
            "timeouts.reed is not a setting: write timeouts.read.",
            id="unknown key in a table",
        ),
        pytest.param(
            "read = 1",
            "read is not a setting: write timeouts.read.",
            id="key outside its table",
        ),
        pytest.param(
            "tls.colour = 1",
            "tls.colour is not a setting: delete it, or write one of ca, cert, key, key_password.",
            id="key like no other",
        ),
        pytest.param(
            "colour = 1",
            "colour is not a setting: delete it, or take one that `redhanded config show` lists.",
            id="key like no other at the top",
        ),
        pytest.param(
            "verify = false",
            "verify is not a setting, for certificate verification cannot be switched off: delete"
            ' it, and trust a private authority with tls.ca = "path/to/bundle.pem".',
            id="verification off",
        ),
        pytest.param(
            "tls.verify = false",
            "tls.verify is not a setting, for certificate verification cannot be switched off:"
            ' delete it, and trust a private authority with tls.ca = "path/to/bundle.pem".',
            id="verification off in its table",
        ),
        pytest.param(
            "auth.kind = 'beerer'",
            "auth has an unknown kind (beerer): write 'none', 'bearer', 'basic', 'api_key',"
            " 'login', 'oauth2'.",
            id="unknown kind of credential",
        ),
        pytest.param(
            "auth = {}",
            'auth has no kind: write kind = "bearer", "basic" or another.',
            id="credential without a kind",
        ),
        pytest.param(
            "identities.admin = { kind = 'basic', username = 'ann' }",
            'identities.admin.password is missing: write it as "env:NAME" and set that variable.',
            id="credential without its secret",
        ),
        pytest.param(
            "auth = { kind = 'oauth2', client_id = 'a', client_secret = 'env:S' }",
            "auth.token_url is missing: write it.",
            id="credential without its endpoint",
        ),
        pytest.param(
            "auth = { kind = 'bearer', token = 'env:S', password = 'x' }",
            "auth.password is not a setting: delete it, or write one of kind, token.",
            id="key of another kind of credential",
        ),
        pytest.param(
            "auth = 'Bearer abcdef'",
            "auth is not a table: write names and values.",
            id="credential as text",
        ),
        pytest.param(
            "http2 = 'perhaps'",
            'http2 ("perhaps") is not true or false: write one of them, without quotes.',
            id="no truth",
        ),
        pytest.param(
            "keepalive = inf",
            "keepalive (inf) is not finite: write a number of seconds, for nothing may wait for"
            " ever.",
            id="endless",
        ),
        pytest.param(
            "timeouts.total = 0",
            "timeouts.total (0) is not above 0: write a number that is.",
            id="no time",
        ),
        pytest.param(
            "timeouts.total = 'long'",
            'timeouts.total ("long") is not a number: write one.',
            id="no number",
        ),
        pytest.param(
            "connections = 1000",
            "connections (1000) is above 100: write 100 or less.",
            id="too many",
        ),
        pytest.param("retry.cost = 0", "retry.cost (0) is below 1: write 1 or more.", id="too few"),
        pytest.param(
            "seed = 1.5", "seed (1.5) is not a whole number: write one.", id="no whole number"
        ),
        pytest.param(
            "evidence = 'some'",
            "evidence (\"some\") is not a choice: write 'all', 'failed' or 'none'.",
            id="no choice",
        ),
        pytest.param(
            "contract.levels = { header_undeclard = 'off' }",
            'contract.levels.header_undeclard ("header_undeclard") is not a choice: write'
            " 'header_undeclared'.",
            id="one of many choices, misspelt",
        ),
        pytest.param(
            "contract.levels = { 'contract.body_schema' = 'off' }",
            'contract.levels.contract.body_schema ("contract.body_schema") is not a choice: write'
            " 'body_schema'.",
            id="a code as a failure names it",
        ),
        pytest.param(
            "body_limit = '10 foo'",
            'body_limit ("10 foo") is not a size: write a number of bytes or such as "10 MiB".',
            id="no size",
        ),
        pytest.param(
            "retry.keys = 'POST /a'",
            'retry.keys ("POST /a") is not a list: write ["..."].',
            id="no list",
        ),
        pytest.param(
            "retry.keys = ['POST /a', '/b']",
            'retry.keys ("/b") is not a route: write method and path, such as "GET /booking/{id}".',
            id="no route in a list",
        ),
        pytest.param(
            "shapes = 3", "shapes (3) is not a table: write names and values.", id="no table"
        ),
        pytest.param(
            "resources = 3", "resources (3) is not a table: write names and values.", id="no names"
        ),
        pytest.param("base_url = 5", "base_url (5) is not text: write it in quotes.", id="no text"),
        pytest.param("folder = 5", "folder (5) is not a path: write it in quotes.", id="no path"),
        pytest.param(
            "redact.names = ['']",
            'redact.names ("") is empty: write at least one character.',
            id="empty text",
        ),
        pytest.param(
            "cleanup.prefix = 'RH-'",
            'cleanup.prefix ("RH-") begins no mark: write 2 to 12 small letters and digits,'
            " a letter first.",
            id="no prefix",
        ),
        pytest.param(
            "resources.a = { create = 'GET /a', delete = 'DELETE /a/{id}' }",
            'resources.a.create ("GET /a") cannot be a creation: name a POST or a PATCH.',
            id="no creation",
        ),
        pytest.param(
            "headers = { 'X A' = '1' }",
            'headers.X A is not a header name: write letters, digits and "-" only.',
            id="no header name",
        ),
        pytest.param(
            "proxy = 'http://u:hidden@proxy'",
            "proxy holds a user name or password: take them out of the URL and set auth"
            ' (kind = "basic") or, for a proxy, proxy_auth.',
            id="credentials in a URL",
        ),
        pytest.param(
            "resources.booking = { delete = 'DELETE /booking/{id}', identity = 'admin' }",
            'resources.booking.identity names "admin", who is not declared: write'
            " [identities.admin] or take a declared name.",
            id="undeclared identity",
        ),
        pytest.param(
            "seed = 1979-05-27",
            "seed is not a whole number: write one.",
            id="a date",
        ),
    ],
)
def test_a_bad_setting_is_one_sentence(project: Project, text: str, sentence: str) -> None:
    """The place, the key, what is wrong, and what to write."""
    assert project.table(text).set(S="s3cret").problems() == [f"{TABLE}: {sentence}"]


def test_all_problems_are_told_at_once(project: Project) -> None:
    """Mending one after the other would take a run each."""
    project.table("colour = 1\nseed = 'x'").set(REDHANDED_RETRY__KEYS="POST /a")

    assert project.problems(evidence="some") == [
        'environment REDHANDED_RETRY__KEYS: retry.keys is not JSON: write such as ["..."].',
        f'{TABLE}: seed ("x") is not a whole number: write one.',
        "command line: evidence (\"some\") is not a choice: write 'all', 'failed' or 'none'.",
        (
            f"{TABLE}: colour is not a setting: delete it, or take one that"
            " `redhanded config show` lists."
        ),
    ]


@pytest.mark.parametrize(
    "variable, value, sentence",
    [
        pytest.param(
            "REDHANDED_BASEURL",
            "http://localhost",
            "environment REDHANDED_BASEURL: baseurl is not a setting: write REDHANDED_BASE_URL.",
            id="unknown",
        ),
        pytest.param(
            "REDHANDED_TIMEOUTS__RAED",
            "3",
            "environment REDHANDED_TIMEOUTS__RAED: timeouts.raed is not a setting:"
            " write REDHANDED_TIMEOUTS__READ.",
            id="unknown in a table",
        ),
        pytest.param(
            "REDHANDED_VERIFY",
            "0",
            "environment REDHANDED_VERIFY: verify is not a setting, for certificate verification"
            " cannot be switched off: delete it, and trust a private authority with"
            ' tls.ca = "path/to/bundle.pem".',
            id="verification off",
        ),
        pytest.param(
            "REDHANDED_",
            "x",
            "environment REDHANDED_: it is not a setting: delete it, or take one that"
            " `redhanded config show` lists.",
            id="nameless",
        ),
        pytest.param(
            "REDHANDED_SEED",
            " ",
            "environment: REDHANDED_SEED is empty: give it a value or remove it.",
            id="empty",
        ),
        pytest.param(
            "REDHANDED_TIMEOUTS",
            "5",
            "environment REDHANDED_TIMEOUTS: timeouts (5) is not a table: write names and values.",
            id="no table",
        ),
        pytest.param(
            "REDHANDED_HEADERS",
            "X-A: 1",
            'environment REDHANDED_HEADERS: headers is not JSON: write such as {"...": "..."}.',
            id="no JSON",
        ),
        pytest.param(
            "REDHANDED_HEADERS",
            "[" * 100_000,
            'environment REDHANDED_HEADERS: headers is not JSON: write such as {"...": "..."}.',
            id="JSON without a bottom",
        ),
        pytest.param(
            "REDHANDED_HEADERS__X_A",
            "1",
            "environment REDHANDED_HEADERS__X_A: headers.x_a lost its capitals:"
            " set REDHANDED_HEADERS to a JSON object with all the names.",
            id="a name without its letters",
        ),
        pytest.param(
            "REDHANDED_AUTH",
            "hidden-token",
            'environment REDHANDED_AUTH: auth is not JSON: write such as {"...": "..."}.',
            id="a secret in the wrong place",
        ),
    ],
)
def test_a_bad_variable_is_one_sentence(
    project: Project, variable: str, value: str, sentence: str
) -> None:
    """The variable is named as it is spelled, and so is what to write."""
    assert project.set(**{variable: value}).problems() == [sentence]


def test_other_variables_are_no_matter(project: Project) -> None:
    """The environment belongs to everybody; only the prefix is ours, in its own case."""
    loaded = project.set(HOME="x", REDHANDEDNESS="1", redhanded_seed="x", PATH="").load()

    assert loaded.is_configured is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("auth = { kind = 'basic', username = 'u', passwort = 'hidden' }", id="key"),
        pytest.param("base_url = 'http://u:hidden@'", id="URL"),
        pytest.param("base_url = 'http://host/?api_key=hidden'", id="query"),
        pytest.param("proxy = 'socks5://u:hidden@host'", id="proxy"),
        pytest.param("headers = { X-A = ['hidden'] }", id="header"),
        pytest.param("auth = 'hidden'", id="credential"),
        pytest.param("auth = { kind = 'bearer', token = 'hidden' }", id="literal"),
    ],
)
def test_a_sentence_does_not_repeat_a_secret(project: Project, text: str) -> None:
    """INVARIANT: what may be a secret is not shown, however wrong it is."""
    sentences = "\n".join(project.table(text).problems())

    assert sentences
    assert "hidden" not in sentences


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"a\\nb" = 1', id="key"),
        pytest.param('auth.kind = "\\u001b[2J"', id="kind"),
        pytest.param('env = "a\\rb"', id="profile"),
    ],
)
def test_a_sentence_stays_on_its_line(project: Project, text: str) -> None:
    """A name from a file neither begins a new line nor steers the terminal."""
    (sentence,) = project.local(text).problems()

    assert sentence.isprintable()


def test_what_was_loaded_does_not_show_its_secrets(project: Project) -> None:
    """INVARIANT: a test runner prints what fixtures hand out."""
    loaded = project.set(
        REDHANDED_AUTH='{"kind": "bearer", "token": "s3cret"}',
        REDHANDED_HEADERS='{"X-Api-Key": "s3cret"}',
    ).load()

    assert "s3cret" not in repr(loaded)
    assert "s3cret" not in str(loaded.settings)
    assert dict(loaded.secrets) == {"AUTH_TOKEN": "s3cret", "HEADERS_X_API_KEY": "s3cret"}


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["BASE_URL", "TIMEOUTS", "TIMEOUTS__READ", "AUTH", "AUTH__KIND", "X"]),
    value=st.text(min_size=1, max_size=30) | st.sampled_from(["[]", "{}", "[[", "null", "1e999"]),
)
def test_no_variable_breaks_the_loader(project: Project, name: str, value: str) -> None:
    """Whatever stands in a variable is taken or told in a sentence."""
    project.environ = {f"REDHANDED_{name}": value}

    try:
        loaded = project.load()
    except SettingsError as refused:
        sentences = str(refused)
    else:
        sentences = ""
        assert loaded.is_configured

    assert all(f"REDHANDED_{name}" in line for line in sentences.splitlines())
