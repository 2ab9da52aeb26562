from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from redhanded.core import settings as module
from redhanded.core.credentials import Table
from redhanded.core.settings import Settings, leaves

URL_SENTENCE = 'is not an http or https URL: write scheme and host, such as "http://localhost:8000"'
ROUTE_SENTENCE = 'is not a route: write method and path, such as "GET /booking/{id}"'


def built(**values: object) -> Settings:
    """Settings from values as a file holds them."""
    return Settings.model_validate(values)


def refusal(**values: object) -> tuple[tuple[str | int, ...], str]:
    """Where and how the only error of these values is told."""
    with pytest.raises(ValidationError) as refused:
        built(**values)
    (detail,) = refused.value.errors()
    return detail["loc"], detail["msg"].removeprefix("Value error, ")


def tables(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Every model of the settings, by its name."""
    found = {model.__name__: model}
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Table):
            found[thing.__name__] = thing
    return found


def test_no_setting_is_required() -> None:
    """A project without settings has all defaults, the documented ones."""
    settings = Settings()

    assert settings.base_url is None
    assert settings.health == "/health"
    assert settings.timeouts.model_dump() == {
        "connect": 5.0,
        "read": 10.0,
        "write": 10.0,
        "pool": 10.0,
        "total": 30.0,
    }
    assert settings.body_limit == 10 * 1024 * 1024
    assert (settings.keepalive, settings.connections) == (1.0, 50)
    assert (settings.retry.capacity, settings.retry.cost, settings.retry.throttled_cost) == (
        100,
        10,
        5,
    )
    assert settings.auth.kind == "none"
    assert settings.correlation_alias == "X-Correlation-ID"
    assert (settings.shapes.strict, settings.shapes.extra) == (True, "forbid")
    assert (settings.recovered.limit, settings.recovered.statuses_5xx) == (0.01, True)
    assert (settings.evidence, settings.vacuous) == ("failed", "refuse")


@pytest.mark.parametrize("name", ["http2", "redirects", "trust_env"])
def test_what_weakens_the_evidence_is_off_by_default(name: str) -> None:
    """Redirects, proxies of the environment and HTTP/2 are asked for, never met by surprise."""
    assert getattr(Settings(), name) is False


@pytest.mark.parametrize("name", ["verify", "insecure", "ssl_verify"])
def test_there_is_no_switch_for_verification(name: str) -> None:
    """INVARIANT: no setting leaves certificates unverified."""
    assert refusal(**{name: False}) == ((name,), "Extra inputs are not permitted")
    assert refusal(tls={name: False}) == (("tls", name), "Extra inputs are not permitted")


@pytest.mark.parametrize("table", tables(Settings).values(), ids=tables(Settings))
def test_settings_cannot_be_changed(table: type[BaseModel]) -> None:
    """INVARIANT: what was loaded stays, for every table of the model."""
    assert table.model_config["frozen"] is True
    assert table.model_config["extra"] == "forbid"
    assert table.model_config["hide_input_in_errors"] is True


@pytest.mark.parametrize("table", tables(Settings).values(), ids=tables(Settings))
def test_every_setting_says_what_it_means(table: type[BaseModel]) -> None:
    """The reference and the schema take their words from the model, one sentence a setting."""
    words = {name: field.description or "" for name, field in table.model_fields.items()}

    assert [name for name, text in words.items() if not text.endswith((".", "`."))] == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("http://localhost:8000", id="host and port"),
        pytest.param("https://api.example.com/v1/", id="a path"),
        pytest.param("http://[::1]:8000", id="IPv6"),
        pytest.param("HTTPS://API.example.com", id="capitals"),
        pytest.param("http://bücher.example", id="a name beyond ASCII"),
    ],
)
def test_a_base_url_is_kept_as_it_is_written(value: str) -> None:
    """A scheme and a host are enough."""
    assert built(base_url=value).base_url == value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("localhost:8000", id="no scheme"),
        pytest.param("ftp://example.com", id="another scheme"),
        pytest.param("http://", id="no host"),
        pytest.param("http:///path", id="only a path"),
        pytest.param("http://:8000", id="only a port"),
        pytest.param("http://host:99999", id="a port beyond all ports"),
        pytest.param("http://host:0", id="port 0"),
        pytest.param("http://host:eighty", id="a port in words"),
        pytest.param("http://[::1", id="half an IPv6 address"),
        pytest.param("http://host /", id="a space"),
        pytest.param("http://host\n", id="a line break"),
    ],
)
def test_a_base_url_without_scheme_and_host_is_refused(value: str) -> None:
    """The sentence shows what a whole one looks like."""
    assert refusal(base_url=value) == (("base_url",), URL_SENTENCE)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("http://user:pass@host", id="both"),
        pytest.param("http://user@host", id="a name"),
    ],
)
def test_a_base_url_holds_no_credentials(value: str) -> None:
    """They have a place where they are masked; the error does not repeat them."""
    with pytest.raises(ValidationError, match=r"set auth \(kind = \"basic\"\)") as refused:
        built(base_url=value)

    assert value not in str(refused.value)


@pytest.mark.parametrize("end", ["?a=1", "#part", "/x?"], ids=["query", "fragment", "empty query"])
def test_a_base_url_ends_with_its_path(end: str) -> None:
    """What is appended to a query would not be a path."""
    assert refusal(base_url=f"http://host{end}") == (
        ("base_url",),
        "has a query or fragment: end it with the path",
    )


@pytest.mark.parametrize("value", ["health", "//host/health", "http://host/health", "/a\nb", ""])
def test_health_is_a_path_of_the_api(value: str) -> None:
    """A canary asks the origin that it speaks for."""
    assert refusal(health=value) == (
        ("health",),
        'is not a path: begin it with one "/", such as "/health"',
    )


DURATIONS = [
    *(("timeouts", name) for name in ("connect", "read", "write", "pool", "total")),
    *(("breaker", name) for name in ("window", "open", "longest")),
    ("keepalive",),
    ("ceilings", "GET /a"),
]


def nested(path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The value in tables along the path."""
    for name in reversed(path):
        value = {name: value}
    return value if isinstance(value, dict) else {}


@pytest.mark.parametrize("path", DURATIONS, ids=".".join)
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), "never"])
def test_no_duration_is_endless(path: tuple[str, ...], value: object) -> None:
    """INVARIANT: every wait ends, and none is over before it began."""
    with pytest.raises(ValidationError):
        built(**nested(path, value))


@pytest.mark.parametrize("longer", ["read", "total"])
def test_a_connect_timeout_is_the_shortest(longer: str) -> None:
    """A connect timeout above the read or total timeout could never strike."""
    times = {"connect": 8, "read": 10, "total": 10} | {longer: 7}

    assert refusal(timeouts=times) == (
        ("timeouts",),
        f"is 8 s, above timeouts.{longer} (7 s): write at most 7, or raise timeouts.{longer}",
    )


def test_timeouts_may_be_equal() -> None:
    """The bound itself is allowed."""
    times = built(timeouts={"connect": 4, "read": 4, "total": 4}).timeouts

    assert (times.connect, times.read, times.total) == (4, 4, 4)


def test_a_breaker_opens_for_no_longer_than_its_longest() -> None:
    """The first opening is within the bound of all openings."""
    assert refusal(breaker={"open": 5, "longest": 2}) == (
        ("breaker",),
        "is 5 s, above breaker.longest (2 s): write at most 2, or raise breaker.longest",
    )


@pytest.mark.parametrize(
    "written, size",
    [
        pytest.param(1024, 1024, id="bytes"),
        pytest.param("1024", 1024, id="bytes in quotes"),
        pytest.param("10 MiB", 10 * 1024**2, id="binary unit"),
        pytest.param("2kB", 2000, id="decimal unit"),
    ],
)
def test_a_size_has_a_unit_or_is_bytes(written: object, size: int) -> None:
    """People write sizes as people do."""
    assert built(body_limit=written).body_limit == size


@pytest.mark.parametrize("value", [0, -1, "10 foo", "much", True])
def test_a_size_is_a_size(value: object) -> None:
    """No cap at all is not to be had."""
    with pytest.raises(ValidationError, match="body_limit"):
        built(body_limit=value)


@pytest.mark.parametrize("name", ["seed", "connections", "keepalive", "body_limit"])
def test_a_switch_is_no_number(name: str) -> None:
    """`true` meant something else than 1."""
    assert refusal(**{name: True}) == ((name,), "is not a number: write one")


@pytest.mark.parametrize("value", [0, 101, 2.5, "many"])
def test_a_pool_has_at_most_a_hundred_connections(value: object) -> None:
    """More open at once is a load test."""
    with pytest.raises(ValidationError, match="connections"):
        built(connections=value)


@pytest.mark.parametrize(
    "place", ["keys", "unsafe_503", "throttled", "timeout408"], ids="retry.{}".format
)
@pytest.mark.parametrize("route", ["POST", "/payments", "post /x", "POST x", "POST /x?a=1", "*"])
def test_a_route_is_a_method_and_a_path(place: str, route: str) -> None:
    """What could match no request is refused where it is written."""
    assert refusal(retry={place: [route]}) == (("retry", place, 0), ROUTE_SENTENCE)


def test_routes_are_kept_in_their_order() -> None:
    """The first that matches decides."""
    settings = built(
        retry={"keys": ["POST /payments", "PUT /orders/{id}"]},
        ceilings={"GET /b": 1, "GET /a": 2, "*": 3},
    )

    assert settings.retry.keys == ("POST /payments", "PUT /orders/{id}")
    assert list(settings.ceilings.items()) == [("GET /b", 1), ("GET /a", 2), ("*", 3)]


def test_a_ceiling_stands_under_a_route() -> None:
    """A name that matches no call would be a ceiling that never strikes."""
    assert refusal(ceilings={"booking": 1}) == (("ceilings", "booking", "[key]"), ROUTE_SENTENCE)


def test_a_resource_says_which_object_it_removes() -> None:
    """Without the id, cleanup would remove a collection."""
    assert refusal(resources={"booking": {"delete": "DELETE /booking"}}) == (
        ("resources", "booking", "delete"),
        'does not say which one: write "{id}" where the id goes',
    )


@pytest.mark.parametrize("gone", [[200], [399], [500], ["gone"], [True], 404])
def test_a_refusal_alone_means_that_a_resource_is_gone(gone: object) -> None:
    """A success needs no mention, and a fault of the server tells nothing about the object."""
    with pytest.raises(ValidationError, match=r"resources\.booking\.gone"):
        built(resources={"booking": {"delete": "DELETE /booking/{id}", "gone": gone}})


def test_a_resource_is_removed_by_a_declared_identity() -> None:
    """A name without credentials would fail first when there is something to clean up."""
    resource = {"delete": "DELETE /booking/{id}", "identity": "admin"}
    admin = {"kind": "bearer", "token": "secret"}

    assert refusal(resources={"booking": resource}) == (
        (),
        'names "admin", who is not declared: write [identities.admin] or take a declared name',
    )
    settings = built(resources={"booking": resource}, identities={"admin": admin})
    assert settings.resources["booking"].identity == "admin"


@pytest.mark.parametrize(
    "values, location, message",
    [
        pytest.param(
            {"tls": {"key": "key.pem"}},
            ("tls",),
            "stands without a certificate: set tls.cert too",
            id="key",
        ),
        pytest.param(
            {"tls": {"key_password": "x"}},
            ("tls",),
            "stands without a certificate: set tls.cert too",
            id="key password",
        ),
        pytest.param(
            {"proxy_auth": "user:pass"},
            (),
            "stands without a proxy: set proxy too",
            id="proxy credentials",
        ),
        pytest.param(
            {"limit": {"burst": 5}},
            ("limit",),
            "limits nothing alone: set limit.rate too",
            id="burst",
        ),
        pytest.param(
            {"trace_url": "https://traces.example/"},
            ("trace_url",),
            'does not say which trace: write "{trace_id}" where the id goes',
            id="trace link",
        ),
    ],
)
def test_half_a_setting_is_refused(
    values: dict[str, Any], location: tuple[str, ...], message: str
) -> None:
    """What would have no effect is said to have none."""
    assert refusal(**values) == (location, message)


def test_the_alias_of_the_trace_id_can_be_left_out() -> None:
    """TOML has no null: an empty name is none."""
    assert built(correlation_alias="").correlation_alias is None


@pytest.mark.parametrize("name", ["X Foo", "X-Foo:", "", "X\n"])
def test_a_header_has_a_name_that_can_be_sent(name: str) -> None:
    """A name that HTTP does not know would stop every call."""
    assert refusal(headers={name: "1"}) == (
        ("headers", name, "[key]"),
        'is not a header name: write letters, digits and "-" only',
    )


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\n", "a\0"])
def test_a_header_is_one_line(value: str) -> None:
    """A line break would begin another header."""
    assert refusal(headers={"X-A": value}) == (
        ("headers", "X-A"),
        "holds a line break: write the value on one line",
    )


def test_settings_unfold_into_dotted_keys() -> None:
    """Every value has one key; what an author names keeps its name, and secrets stay closed."""
    settings = built(
        headers={"X-A": "1"},
        auth={"kind": "bearer", "token": "hidden"},
        ceilings={"GET /v1.0": 2},
    )

    found: Mapping[str, object] = dict(leaves(settings))

    assert found["timeouts.read"] == 10.0
    assert found["headers.X-A"] == "1"
    assert found["ceilings.GET /v1.0"] == 2
    assert found["auth.kind"] == "bearer"
    assert found["auth.token"] == SecretStr("hidden")
    assert found["resources"] == {}
    assert not {"auth", "headers", "timeouts"} & set(found)


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.booleans())
def test_no_value_breaks_the_model(value: object) -> None:
    """Whatever stands in a file is taken or refused, nothing else."""
    for name in Settings.model_fields:
        with suppress(ValidationError):
            assert name in built(**{name: value}).model_fields_set
