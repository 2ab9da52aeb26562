"""Documents as settings name them: files, URLs, and paths of the API; fetched once, or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.client.client import Clients
from redhanded.contracts.openapi.document import (
    Document,
    DocumentUnreachable,
    DocumentUnusable,
)
from redhanded.core.settings import Settings
from redhanded.pipeline.surroundings import Surroundings
from redhanded.reports.spool import read_spool
from redhanded.session.documents import document_at, documents_of
from redhanded.session.session import CONTROLLER, Session
from tests.pipeline.driving import FakeClock
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.servers.raw.answers import HTML
from tests.session.projects import Project

API = {"openapi": "3.1.0", "info": {"title": "Books"}, "paths": {}}
YAML = "openapi: 3.1.0\ninfo: {title: Books}\npaths: {}\n"

Opened = Callable[..., Session]


@pytest.fixture
def opened(project: Project) -> Iterator[Opened]:
    """Opens a process of a run with these settings; pauses take no time."""
    project.set(TOKEN="a-long-token")
    made: list[Session] = []
    clock = FakeClock()

    def open_(table: str, worker: str = CONTROLLER) -> Session:
        around = Surroundings(clock=clock, sleep=clock.advance, random=lambda: 0.0)
        loaded = project.table(table).load()
        made.append(Session(loaded, run_id="run1", seed=7, worker=worker, surroundings=around))
        return made[-1]

    yield open_
    for session in reversed(made):
        session.close(0)


def only(session: Session) -> Document:
    """The one document of a session."""
    [document] = documents_of(session)
    return document


def refusal(session: Session) -> str:
    """The sentence with which the documents of a session are refused."""
    with pytest.raises(DocumentUnusable) as refused:
        documents_of(session)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_file_is_named_from_the_projects_folder(project: Project, opened: Opened) -> None:
    """Wherever the tests are started from; its name is what messages show."""
    (project.root / "specs").mkdir()
    project.write("specs/books.yaml", YAML)

    document = only(opened('openapi = "specs/books.yaml"'))

    assert (document.name, document.root) == ("specs/books.yaml", API)
    assert document.uri == (project.root / "specs" / "books.yaml").as_uri()


def test_a_file_elsewhere_is_called_by_its_own_name(
    opened: Opened, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its folders are nobody's business."""
    file = tmp_path_factory.mktemp("elsewhere") / "books.json"
    file.write_text(json.dumps(API), "utf-8")

    assert only(opened(f"openapi = {json.dumps(str(file))}")).name == "books.json"


def test_several_documents_come_in_the_order_of_the_setting(
    project: Project, opened: Opened
) -> None:
    """An API may be described in parts."""
    project.write("b.yaml", YAML).write("a.json", json.dumps(API))

    found = documents_of(opened('openapi = ["b.yaml", "a.json"]'))

    assert [document.name for document in found] == ["b.yaml", "a.json"]


@pytest.mark.parametrize("written", ["x" * 300, "/" + "x" * 300], ids=["relative", "absolute"])
def test_a_name_that_no_file_can_have_is_told(
    opened: Opened, closed_port: int, written: str
) -> None:
    """As any other that cannot be read."""
    table = f'base_url = "http://127.0.0.1:{closed_port}"\nopenapi = "{written}"'

    assert re.search(
        r"cannot be read|there is no file|could not be fetched", refusal(opened(table))
    )


def test_without_documents_there_are_none(opened: Opened) -> None:
    """And no folder is made for them."""
    session = opened("")

    assert documents_of(session) == ()
    assert not (session.settings.folder / "cache").exists()


@pytest.mark.parametrize(
    "written, message",
    [
        pytest.param("no.yaml", "there is no file {root}no.yaml: correct its name.", id="no file"),
        pytest.param("sub", "{root}sub is a folder: name the document in it.", id="a folder"),
        pytest.param("empty", "empty is empty: write an OpenAPI document into it.", id="empty"),
        pytest.param(
            "/openapi.json",
            'openapi = "/openapi.json" is a path below `base_url`, which is not set: set it, or'
            " name a file or a URL.",
            id="a path of no API",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    project: Project, opened: Opened, written: str, message: str
) -> None:
    """One sentence, before the first test: what is wrong, and what to do."""
    (project.root / "sub").mkdir()
    project.write("empty", "")
    root = str(project.root / "x").removesuffix("x")

    assert refusal(opened(f'openapi = "{written}"')) == message.format(root=root)


@pytest.mark.parametrize("base", ["", "/v1", "/v1/"], ids=["origin", "path", "path with a slash"])
def test_a_path_is_one_below_the_base_url(opened: Opened, raw_server: StartRaw, base: str) -> None:
    """Such as the place at which frameworks serve their document."""
    server = raw_server(raw.answer_json(API))

    document = only(opened(f'base_url = "{server.url}{base}"\nopenapi = "/openapi.json"'))

    [request] = server.requests
    assert request.path == f"{base.rstrip('/')}/openapi.json"
    assert (document.name, document.root) == (f"{server.url}{request.path}", API)


def test_a_document_is_fetched_as_the_api_is_called(opened: Opened, raw_server: StartRaw) -> None:
    """With the session's credentials, and recorded; but it is no request of a test."""
    server = raw_server(raw.answer_json(API))
    session = opened(
        f'base_url = "{server.url}"\nopenapi = "/openapi.json"\n'
        'auth = {kind = "bearer", token = "env:TOKEN"}'
    )

    only(session)

    [request] = server.requests
    assert request.header("authorization") == "Bearer a-long-token"
    [event] = read_spool(session.folder / "spool" / "main.ndjson")
    assert (event["event"], event["exchange"]["purpose"]) == ("attempt_ended", "probe")
    assert session.account().attempts == 0


def test_credentials_are_not_sent_to_another_host(opened: Opened, raw_server: StartRaw) -> None:
    """A document may be served elsewhere than the API."""
    api, shelf = raw_server(raw.answer()), raw_server(raw.answer_json(API))
    session = opened(
        f'base_url = "{api.url}"\nopenapi = "{shelf.url}/api.json"\n'
        'auth = {kind = "bearer", token = "env:TOKEN"}'
    )

    only(session)

    [request] = shelf.requests
    assert request.header("authorization") is None
    assert api.requests == ()


def test_workers_of_a_run_fetch_a_url_once(opened: Opened, raw_server: StartRaw) -> None:
    """INVARIANT: whoever is first does it for all, who get the same document."""
    server = raw_server(raw.answer(200, YAML.encode()), raw.answer(500))
    table = f'base_url = "{server.url}"\nopenapi = "/openapi.yaml"'

    found = [only(opened(table, worker)) for worker in ("main", "gw0", "gw1")]

    assert found[0] == found[1] == found[2]
    assert len(server.requests) == 1


def test_where_nothing_can_be_shared_each_worker_fetches_by_itself(
    opened: Opened, raw_server: StartRaw
) -> None:
    """A folder that cannot be written costs requests, and no run."""
    server = raw_server(raw.answer_json(API))
    table = f'base_url = "{server.url}"\nopenapi = "/openapi.json"'
    first = opened(table)
    (first.folder / "once").write_text("in the way", "ascii")

    assert only(first).root == only(opened(table, "gw0")).root == API
    assert len(server.requests) == 2


def test_a_worker_that_finds_no_entry_fetches_by_itself(
    opened: Opened, raw_server: StartRaw
) -> None:
    """On another machine, or where somebody emptied the cache meanwhile."""
    server = raw_server(raw.answer_json(API))
    table = f'base_url = "{server.url}"\nopenapi = "/openapi.json"'
    first = opened(table)
    only(first)
    for entry in (first.settings.folder / "cache" / "openapi").iterdir():
        entry.unlink()

    assert only(opened(table, "gw0")).root == API
    assert len(server.requests) == 2


def test_workers_are_told_of_one_refusal_in_the_same_words(
    opened: Opened, raw_server: StartRaw
) -> None:
    """And the API is not asked again by each of them."""
    server = raw_server(raw.answer(404), raw.answer_json(API))
    table = f'base_url = "{server.url}"\nopenapi = "/openapi.json"'

    first, second = refusal(opened(table)), refusal(opened(table, "gw0"))

    assert first == second
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "script, said",
    [
        pytest.param(raw.answer(404), "was answered with 404: correct `openapi`, or see", id="404"),
        pytest.param(raw.answer(500), "was answered with 500: correct `openapi`, or see", id="500"),
        pytest.param(raw.answer(204, b""), "was answered with 204: correct", id="204"),
        pytest.param(
            raw.answer(200, b"<html><body>Log in</body></html>", headers=[HTML]),
            "is an HTML page and no OpenAPI document",
            id="HTML",
        ),
        pytest.param(raw.answer(200, b"[1, 2]"), "is no OpenAPI document", id="a list"),
        pytest.param(raw.answer(200, b""), "is empty", id="empty"),
        pytest.param(raw.exactly(b"nonsense\r\n\r\n"), "could not be fetched (", id="no HTTP"),
        pytest.param(raw.redirect_loop(), "could not be fetched (", id="round in a circle"),
        pytest.param(
            raw.exactly(raw.message(200, b"{}")[:-1]), "could not be fetched (", id="cut off"
        ),
    ],
)
def test_a_url_that_gives_no_document_is_refused(
    opened: Opened, raw_server: StartRaw, script: raw.Script, said: str
) -> None:
    """One sentence with the address, never a traceback."""
    server = raw_server(script)

    message = refusal(opened(f'base_url = "{server.url}"\nopenapi = "/openapi.json"'))

    assert message.startswith(f"{server.url}/openapi.json {said}")


def test_a_server_that_says_nothing_is_not_waited_for_long(
    opened: Opened, raw_server: StartRaw
) -> None:
    """The time limits are those of every call."""
    server = raw_server(raw.black_hole())
    limits = "timeouts = {total = 0.4, read = 0.2, connect = 0.2, write = 0.2, pool = 0.2}"

    message = refusal(opened(f'base_url = "{server.url}"\nopenapi = "/o.json"\n{limits}'))

    assert message.startswith(f"{server.url}/o.json could not be fetched (")


def test_a_host_that_is_not_there_is_told(opened: Opened, closed_port: int) -> None:
    """With what the network said."""
    message = refusal(opened(f'openapi = "http://127.0.0.1:{closed_port}/o.json"'))

    assert message.startswith(f"http://127.0.0.1:{closed_port}/o.json could not be fetched (")


@pytest.mark.parametrize(
    "script, is_of_weather",
    [
        pytest.param(raw.answer(503), True, id="out of service"),
        pytest.param(raw.answer(502), True, id="a gateway"),
        pytest.param(raw.answer(404), False, id="not there"),
        pytest.param(raw.answer(500), False, id="a fault of the API"),
        pytest.param(raw.answer(200, b"[1, 2]"), False, id="no document"),
    ],
)
def test_weather_keeps_a_document_from_us_for_a_while(
    opened: Opened, raw_server: StartRaw, script: raw.Script, *, is_of_weather: bool
) -> None:
    """By the retry table: then nothing is wrong with the settings, and it is asked for again."""
    server = raw_server(script)
    session = opened(f'base_url = "{server.url}"\nopenapi = "/openapi.json"')

    for _ in range(2):
        with pytest.raises(DocumentUnusable) as caught:
            documents_of(session)
        assert isinstance(caught.value, DocumentUnreachable) is is_of_weather


def test_a_redirect_is_followed(opened: Opened, raw_server: StartRaw) -> None:
    """Documents move, as pages do."""
    server = raw_server(raw.redirect("/v2/openapi.json"), raw.answer_json(API))

    assert only(opened(f'openapi = "{server.url}/openapi.json"\nredirects = false')).root == API


def test_a_document_may_be_longer_than_other_answers(opened: Opened, raw_server: StartRaw) -> None:
    """`body_limit` holds for answers that tests get; a document has a limit of its own."""
    long = API | {"info": {"title": "x" * 5_000}}
    server = raw_server(raw.answer_json(long))

    document = only(opened(f'openapi = "{server.url}/o.json"\nbody_limit = 1000'))

    assert document.root == long


def test_a_document_without_end_is_let_go(
    opened: Opened, raw_server: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first part is no document, and the rest is not waited for."""
    monkeypatch.setattr("redhanded.session.fetching.LONGEST", 2**20)
    server = raw_server(raw.answer(200, b" " * (2**20 + 1)))

    message = refusal(opened(f'openapi = "{server.url}/o.json"'))

    assert message == (
        f"{server.url}/o.json is longer than 1 MiB: no OpenAPI document is; correct its name."
    )


def test_a_file_without_end_is_not_read(
    project: Project, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a URL is not."""
    monkeypatch.setattr("redhanded.session.fetching.LONGEST", 10)
    project.write("o.json", json.dumps(API))

    assert "o.json is longer than 0 MiB" in refusal(opened('openapi = "o.json"'))


def test_what_is_secret_in_an_address_is_shown_nowhere(
    opened: Opened, raw_server: StartRaw
) -> None:
    """INVARIANT: user, password and query are sent, and are in no name and no cache."""
    server = raw_server(raw.answer_json(API))
    host = server.url.removeprefix("http://")
    session = opened(f'openapi = "http://me:pass-word@{host}/o.json?key=s3cret-key"')

    document = only(session)

    [request] = server.requests
    assert request.target == "/o.json?key=s3cret-key"
    assert (document.name, document.uri) == (f"{server.url}/o.json",) * 2
    [entry] = (session.settings.folder / "cache" / "openapi").glob("*.json")
    kept = entry.read_text("utf-8")
    assert "s3cret" not in kept
    assert "pass-word" not in kept


def test_a_reason_that_quotes_a_secret_is_masked(opened: Opened, raw_server: StartRaw) -> None:
    """What the network says passes the gate, as all that is told."""
    server = raw_server(raw.exactly(b"HTTP/1.1 a-long-token\r\n\r\n"))
    session = opened(f'openapi = "{server.url}/o.json"')
    session.redactor.register("a-long-token", name="TOKEN")

    assert "HTTP/1.1 masked_TOKEN_12chars" in refusal(session)


@pytest.mark.parametrize(
    "remote, is_asked", [(True, True), (False, False)], ids=["allowed", "not allowed"]
)
def test_a_reference_to_another_host_is_followed_only_where_allowed(
    project: Project, opened: Opened, raw_server: StartRaw, remote: bool, is_asked: bool
) -> None:
    """INVARIANT: no host is asked that nobody named."""
    server = raw_server(raw.answer_json({"x": {"description": "x"}}))
    responses = {"A": {"$ref": f"{server.url}/common.json#/x"}}
    project.write("o.json", json.dumps(API | {"components": {"responses": responses}}))

    document = only(opened(f'openapi = "o.json"\ncontract = {{remote = {str(remote).lower()}}}'))

    told = (
        f"o.json#/components/responses/A: leads nowhere: {server.url}/common.json is on another"
        " host and is not fetched: set contract.remote = true where it may be, or keep a copy"
        " beside the document"
    )
    assert bool(server.requests) is is_asked
    assert [str(flaw) for flaw in document.flaws] == ([] if is_asked else [told])


@pytest.mark.parametrize(
    "reference",
    [
        "file://no-such-host/x.yaml",
        "file:///a%00b",
        "file:///",
        "ftp://127.0.0.1/x",
        "urn:x",
        "no/",
    ],
)
def test_a_reference_to_what_cannot_be_read_is_a_flaw(
    project: Project, opened: Opened, reference: str
) -> None:
    """Whatever it looks like: the rest of the document is used."""
    responses = {"A": {"$ref": reference}}
    project.write("o.json", json.dumps(API | {"components": {"responses": responses}}))

    [flaw] = only(opened('openapi = "o.json"\ncontract = {remote = true}')).flaws

    assert flaw.place == "o.json#/components/responses/A"


def test_a_document_behind_a_url_may_refer_to_its_own_host(
    opened: Opened, raw_server: StartRaw
) -> None:
    """It is where the document itself came from."""
    document = API | {"components": {"responses": {"A": {"$ref": "x.json"}}}}
    server = raw_server(raw.answer_json(document), raw.answer_json({"description": "x"}))

    found = only(opened(f'openapi = "{server.url}/api/o.json"'))

    assert found.flaws == ()
    assert [request.path for request in server.requests] == ["/api/o.json", "/api/x.json"]


def test_a_document_behind_a_url_may_not_refer_to_files(
    project: Project, opened: Opened, raw_server: StartRaw
) -> None:
    """INVARIANT: no server says which files of this machine are read."""
    secret = project.write("secret.json", '{"x": 1}').root / "secret.json"
    responses = {"A": {"$ref": secret.as_uri()}}
    server = raw_server(raw.answer_json(API | {"components": {"responses": responses}}))

    found = only(opened(f'openapi = "{server.url}/o.json"\ncontract = {{remote = true}}'))

    [flaw] = found.flaws
    assert "a document behind a URL may not lead to the file" in flaw.message
    assert found.others == {}


def test_a_document_can_be_read_without_a_session(tmp_path: Path, raw_server: StartRaw) -> None:
    """On the command line: a file as seen from the working directory, or a URL."""
    file = tmp_path / "books.yaml"
    file.write_text(YAML, "utf-8")
    server = raw_server(raw.answer_json(API))
    clients = Clients(Settings())

    read, fetched = (
        document_at(where, clients, root=tmp_path) for where in (str(file), f"{server.url}/o.json")
    )
    clients.close()

    assert (read.name, fetched.name) == ("books.yaml", f"{server.url}/o.json")
    assert read.root == fetched.root == API
