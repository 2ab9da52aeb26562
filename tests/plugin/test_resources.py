"""Declared resources: fixtures that make objects, write them down, and have them removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.hotel import CONFTEST, Hotel
from tests.plugin.suites import Ran, Serve, Suite

HEAD = "import pytest\nfrom redhanded import expect, resource\n"
ROOM = """
room = resource(
    "room",
    create="POST /rooms",
    delete="DELETE /rooms/{id}",
    tag="$.note",
    list_by_tag="GET /rooms?note={tag}",
)

"""
TOML = """
[tool.redhanded.resources.room]
create = "POST /rooms"
delete = "DELETE /rooms/{id}"
"""


@pytest.fixture
def stay(suite: Suite, hotel: Hotel, raw_server: Serve, pytester: pytest.Pytester) -> Stay:
    """Runs a suite whose conftest declares rooms and beds."""
    pytester.makeconftest(CONFTEST)
    return Stay(suite, raw_server(hotel.script()).url)


class Stay:
    """Runs tests, as strings, against the hotel."""

    def __init__(self, suite: Suite, url: str) -> None:
        self._suite = suite
        self._url = url

    def __call__(self, source: str, *arguments: str, toml: str = "") -> Ran:
        return self._suite(f"{HEAD}\n{source}", *arguments, base_url=self._url, toml=toml)


def journals(ran: Ran) -> list[Path]:
    """The journals that are left."""
    return sorted((ran.folder / ".redhanded" / "journal").glob("*.ndjson"))


def test_what_a_resource_makes_is_valid_marked_and_removed(stay: Stay, hotel: Hotel) -> None:
    """A test says what matters to it, and nothing about how it is made or removed."""
    ran = stay(
        "def test_it(api, room):\n"
        "    made = room(floor=3)\n"
        "    assert (made.floor, type(made).__name__) == (3, 'Room')\n"
        "    assert expect(api.get(f'/rooms/{made.id}'), 200, dict)['name'] == made.name\n"
    )

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "pass"}), ran.text
    assert [f"{note}"[:3] for note in hotel.notes] == ["rh-"]
    assert (hotel.there, hotel.asked("DELETE"), journals(ran)) == ({}, ["/rooms/1"], [])


@pytest.mark.parametrize(
    "call, name",
    [
        pytest.param("room({'name': 'blue', 'floor': 1})", "blue", id="dictionary"),
        pytest.param("room(NewRoom(name='red', floor=1))", "red", id="model"),
        pytest.param("room(name='green')", "green", id="fields"),
    ],
)
def test_an_object_may_be_given_as_it_is(stay: Stay, call: str, name: str) -> None:
    """The mark is added to whatever the author sends."""
    ran = stay(
        f"from conftest import NewRoom\ndef test_it(room):\n    assert {call}.name == {name!r}"
    )

    assert ran.ret == 0, ran.text


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def test_it(room, bed):\n    bed(parent=room())", id="object"),
        pytest.param("def test_it(bed, room):\n    bed(parent=room().id)", id="id"),
        pytest.param("def test_it(room, bed):\n    bed(parent={'id': room().id})", id="dict"),
        pytest.param("def test_it(bed):\n    bed()\n    bed()", id="made-by-its-own-fixture"),
        pytest.param(
            "def test_it(bed, room, cleanup):\n"
            "    made = bed(parent=room())\n"
            "    cleanup('bed', made['id'], parent=1)",
            id="registered-again",
        ),
    ],
)
def test_children_are_removed_before_what_they_belong_to(
    stay: Stay, hotel: Hotel, source: str
) -> None:
    """INVARIANT: whatever the order of fixtures, and however the parent is told."""
    ran = stay(source)

    assert ran.ret == 0, ran.text
    assert hotel.there == {}
    assert hotel.asked("POST").count("/rooms") == 1
    assert hotel.asked("DELETE")[-1] == "/rooms/1"


@pytest.mark.parametrize("plugin", ["anyio", "asyncio"])
@pytest.mark.parametrize("answers_note", [True, False], ids=["shown", "looked-for"])
def test_an_async_test_makes_many_at_once(
    stay: Stay, hotel: Hotel, plugin: str, *, answers_note: bool
) -> None:
    """The same maker, awaited; objects of children make their parent in the same way."""
    hotel.answers_note = answers_note
    ran = stay(
        f"from asyncio import gather\n{ROOM}"
        f"@pytest.mark.{plugin}\n"
        "async def test_it(async_api, room, bed):\n"
        "    rooms = await gather(*(room.make_async(floor=n) for n in range(4)))\n"
        "    await bed.make_async()\n"
        "    await bed.make_async(parent=rooms[0])\n"
        "    assert sorted(made['floor'] for made in rooms) == [0, 1, 2, 3]\n"
        "@pytest.fixture\n"
        "def anyio_backend():\n"
        "    return 'asyncio'\n"
    )

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "pass"}), ran.text
    assert len(hotel.asked("POST")) == 7
    assert (hotel.there, journals(ran)) == ({}, [])


def test_a_refused_creation_is_the_tests_own_finding(stay: Stay, hotel: Hotel) -> None:
    """Nothing was made, so nothing is looked for either."""
    ran = stay("def test_it(room):\n    room({'name': 'x', 'floor': None})")

    assert (ran.ret, ran.codes) == (1, {"test_it": ["status"]}), ran.text
    assert not ran.shows_our_frames
    assert hotel.seen == ["POST /rooms", "GET /health"]
    assert journals(ran) == []


def test_what_drifts_is_removed_all_the_same(stay: Stay, hotel: Hotel) -> None:
    """INVARIANT: the object is registered before anything is held against the answer."""
    ran = stay(
        "class Other(__import__('pydantic').BaseModel):\n    id: int\n"
        "room = resource('room', create='POST /rooms', delete='DELETE /rooms/{id}', shape=Other)\n"
        "def test_it(room):\n    room(name='x', floor=1)"
    )

    assert (ran.ret, ran.codes) == (1, {"test_it": ["body.schema"]}), ran.text
    assert hotel.there == {}


def test_an_id_that_is_elsewhere_is_asked_for(stay: Stay, hotel: Hotel) -> None:
    """The sentence says what to declare; the object is found by its mark when the run ends."""
    ran = stay(
        "room = resource('room', create='POST /rooms', delete='DELETE /rooms/{id}',"
        " id='$.number')\n"
        "def test_it(room):\n    room(name='x', floor=1)"
    )

    assert (ran.ret, ran.codes) == (1, {"test_it": ["test.usage"]}), ran.text
    said = 'the answer to POST /rooms has no id at $.id: write where it stands, such as id="$'
    assert said.replace("$.id", "$.number", 1) in ran.text.replace("\n", "")


@pytest.mark.parametrize(
    "hides, told",
    [
        pytest.param({"keeps": 20}, "cuts it to 20 characters", id="by-the-answer"),
        pytest.param(
            {"keeps": 20, "answers_note": False}, "cuts it to 20 characters", id="by-the-object"
        ),
        pytest.param({"keeps": 0, "answers_note": False}, "does not keep it", id="by-its-absence"),
    ],
)
def test_a_mark_that_the_api_does_not_keep_is_told_once(
    stay: Stay, hotel: Hotel, hides: dict[str, int], told: str
) -> None:
    """It would find nothing after a kill; objects are still removed by their ids."""
    for name, value in hides.items():
        setattr(hotel, name, value)

    ran = stay(
        f"{ROOM}def test_it(room):\n    room()\n    room()\ndef test_more(room):\n    room()"
    )

    assert ran.ret == 0, ran.text
    notes = [line for line in ran.section if 'no "room" can be found by its mark' in line]
    assert len(notes) == 1
    assert f"the API {told}" in notes[0]
    assert hotel.there == {}


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "read"])
def test_a_mark_that_no_answer_shows_is_looked_for_once(
    stay: Stay, hotel: Hotel, *, is_listed: bool
) -> None:
    """The listing, else the object itself, tells whether it is found; then never again."""
    hotel.answers_note, hotel.lists_note = False, is_listed

    ran = stay(f"{ROOM}def test_it(room):\n    room(floor=1)\n    room(floor=2)\n")

    assert ran.ret == 0, ran.text
    assert hotel.asked("GET") == [f"/rooms?note={hotel.notes[0]}", *["/rooms/1"] * (not is_listed)]
    assert "by its mark" not in ran.text


@pytest.mark.parametrize("make", ["room()", "await room.make_async()"], ids=["sync", "async"])
@pytest.mark.parametrize("statuses", [[500, 500], [404]], ids=["fault", "no-such-route"])
def test_a_listing_that_fails_costs_a_note_and_no_test(
    stay: Stay, hotel: Hotel, make: str, statuses: list[int]
) -> None:
    """It was asked for our sake; the test has nothing to do with it."""
    hotel.answers_note = False
    hotel.planned = {"GET /rooms": [*statuses], "GET /rooms/1": [*statuses]}

    ran = stay(
        f"{ROOM}@pytest.mark.asyncio\nasync def test_it(async_api, room):\n    {make}\n    {make}"
    )

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "pass"}), ran.text
    assert any("GET /rooms?note={tag} does not list it" in line for line in ran.section)


@pytest.mark.parametrize("note", ["mine", None], ids=["value", "emptied"])
def test_what_the_author_puts_in_the_place_of_the_mark_stays(
    stay: Stay, hotel: Hotel, note: str | None
) -> None:
    """A test may be about that very field."""
    ran = stay(
        "room = resource('room', create='POST /rooms', delete='DELETE /rooms/{id}', tag='$.note')\n"
        f"def test_it(room):\n    assert room(floor=1, note={note!r})['note'] == {note!r}"
    )

    assert (ran.ret, hotel.notes) == (0, [note]), ran.text
    assert hotel.there == {}


def test_the_settings_alone_suffice(stay: Stay, hotel: Hotel) -> None:
    """What is not said in the conftest stands in pyproject.toml, and arguments win."""
    ran = stay(
        "room = resource('room', tag='header:X-Note')\n"
        "def test_it(room):\n    assert room(name='x')['name'] == 'x'",
        toml=TOML,
    )

    assert ran.ret == 0, ran.text
    assert [f"{note}"[:3] for note in hotel.notes] == ["rh-"]
    assert hotel.there == {}


def test_cleanup_knows_the_kinds_of_the_tests_fixtures(stay: Stay, hotel: Hotel) -> None:
    """What the test makes by hand is removed by the same declaration."""
    ran = stay(
        "def test_it(api, room, cleanup):\n"
        "    made = expect(api.post('/rooms', json={'floor': 1}), 201, dict)\n"
        "    cleanup('room', made['id'])"
    )

    assert (ran.ret, hotel.there) == (0, {}), ran.text


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_a_wider_scope_keeps_its_objects_for_all_its_tests(
    stay: Stay, hotel: Hotel, scope: str
) -> None:
    """They are removed when the scope ends, children first, and stand in no test's own ledger."""
    ran = stay(
        f"bed = resource('bed', create='POST /rooms/{{parent}}/beds', parent='room',"
        f" delete='DELETE /rooms/{{parent}}/beds/{{id}}', scope={scope!r})\n"
        f"room = resource('room', create='POST /rooms', delete='DELETE /rooms/{{id}}',"
        f" scope={scope!r})\n"
        f"@pytest.fixture(scope={scope!r})\n"
        "def suite_bed(bed, room):\n"
        "    return bed(parent=room(floor=9))\n"
        "class TestIt:\n"
        "    def test_one(self, api, suite_bed):\n"
        "        expect(api.get('/rooms/1'), 200)\n"
        "    def test_two(self, api, suite_bed):\n"
        "        expect(api.get('/rooms/1'), 200)\n"
    )

    assert (ran.ret, set(ran.verdicts.values())) == (0, {"pass"}), ran.text
    assert len(hotel.asked("POST")) == 2
    assert hotel.asked("DELETE") == ["/rooms/1/beds/2", "/rooms/1"]
    ended = {event["test_id"]: event["attempts"] for event in ran.of("test_ended")}
    assert sorted(ended.values()) == [1, 3]


def test_a_parent_of_a_wider_scope_is_known_by_its_own_id(stay: Stay, hotel: Hotel) -> None:
    """What its fixture declares holds for its children as well."""
    ran = stay(
        "room = resource('room', create='POST /rooms', delete='DELETE /rooms/{id}',"
        " id=\"$['number']\", scope='module')\n"
        "def test_it(room, bed):\n"
        "    bed(parent=room(floor=1, number=1))\n"
        "    bed(parent={'number': 1})\n"
    )

    assert (ran.ret, hotel.there) == (0, {}), ran.text
    assert hotel.asked("POST") == ["/rooms", "/rooms/1/beds", "/rooms/1/beds"]


def test_a_cleanup_fixture_of_the_authors_own_leaves_nothing_behind(
    stay: Stay, hotel: Hotel
) -> None:
    """INVARIANT: what a maker made is removed, whoever stands in the place of our fixture."""
    ran = stay("@pytest.fixture\ndef cleanup():\n    return None\ndef test_it(room):\n    room()")

    assert (ran.ret, hotel.there) == (0, {}), ran.text


@pytest.mark.parametrize(
    "call, said",
    [
        pytest.param("resource('open order')", "a fixture cannot be called so", id="name"),
        pytest.param("resource('make')", "make is a fixture already: give the", id="taken"),
        pytest.param(
            "resource('room', creates='POST /rooms')", "did you mean create?", id="keyword"
        ),
        pytest.param(
            "resource('room', create='rooms')", 'create ("rooms") is not a route', id="route"
        ),
        pytest.param(
            "resource('room', delete='DELETE /rooms')",
            'delete ("DELETE /rooms") does not say which one',
            id="no-id",
        ),
        pytest.param(
            "resource('room', scope='tests')",
            "scope='tests' is none: write one of function, class",
            id="scope",
        ),
        pytest.param(
            "resource('room', model=dict)", "is no Pydantic model: write model=", id="model"
        ),
        pytest.param(
            "resource('room', tag='note')", 'is no place for a mark: write such as "$.', id="tag"
        ),
    ],
)
def test_a_declaration_that_cannot_be_meant_stops_the_run(
    stay: Stay, hotel: Hotel, call: str, said: str
) -> None:
    """One sentence with the author's own line, before any test, and none of our frames."""
    ran = stay(f"room = {call}\ndef test_it(room):\n    room()")

    assert ran.ret == 2, ran.text
    assert f"test_suite.py:4: in <module>\n    room = {call}" in ran.text
    assert said in ran.text
    assert not ran.shows_our_frames
    assert hotel.seen == []


@pytest.mark.parametrize(
    "call, said",
    [
        pytest.param(
            "resource('guest', create='POST /guests')",
            'nothing says how it is removed: write delete="DELETE /guest/{id}", or',
            id="delete",
        ),
        pytest.param(
            "resource('guest')", 'nothing says how it is made: write create="POST /guest"', id="new"
        ),
        pytest.param(
            "resource('guest', create='POST /g', delete='DELETE /g/{id}', parent='house')",
            'its parent "house" is not declared: write house = resource("house", ...)',
            id="parent",
        ),
        pytest.param(
            "resource('guest', create='POST /{parent}/g', delete='DELETE /g/{id}')",
            "its routes name a {parent}: say which kind that is with parent=",
            id="no-parent",
        ),
        pytest.param(
            "resource('guest', create='POST /g/{house}', delete='DELETE /g/{id}')",
            'nobody knows what stands for "{house}" in "POST /g/{house}"',
            id="blank",
        ),
        pytest.param(
            "resource('guest', create='POST /g', delete='DELETE /g/{id}', identity='boss')",
            'identity names "boss", who is not declared',
            id="identity",
        ),
        pytest.param(
            "resource('guest', create='POST /g', delete='DELETE /g/{id}', list_by_tag='GET /g')",
            "list_by_tag finds nothing alone: set `tag` too",
            id="list-alone",
        ),
    ],
)
def test_a_declaration_that_lacks_something_says_so_in_each_test(
    stay: Stay, hotel: Hotel, call: str, said: str
) -> None:
    """Only the settings could have added it; the sentence names the author's line."""
    ran = stay(f"guest = {call}\ndef test_it(guest):\n    guest()")

    assert (ran.ret, ran.codes) == (1, {"test_it": ["test.usage"]}), ran.text
    assert said in ran.text.replace("\n", "")
    assert 'resource("guest") (test_suite.py:4): ' in ran.text.replace("\n", "")
    assert not ran.shows_our_frames
    assert hotel.seen == []


@pytest.mark.parametrize(
    "call, said",
    [
        pytest.param(
            "bed(parent=object())", "its parent, a value of type object, has no", id="any"
        ),
        pytest.param("bed(parent={})", "has no id at $.id: give the id itself", id="no-id"),
        pytest.param("bed(parent={'id': '..'})", "would address another path", id="object"),
        pytest.param("bed(parent='..')", "this id would address another path", id="dots"),
        pytest.param("room(parent=1)", "none is declared: name its kind, as parent=", id="orphan"),
        pytest.param("room({}, floor=1)", "an object as it is, or fields for a new", id="both"),
        pytest.param("room([])", "has no room for a mark at $.note", id="list"),
        pytest.param("room(flor=1)", 'NewRoom has no field "flor"; did you', id="field"),
    ],
)
def test_a_call_that_cannot_be_meant_says_what_to_write(
    stay: Stay, hotel: Hotel, call: str, said: str
) -> None:
    """It is the test's mistake, and nothing is made."""
    ran = stay(f"def test_it(room, bed):\n    {call}")

    assert (ran.ret, ran.codes) == (1, {"test_it": ["test.usage"]}), ran.text
    assert said in ran.text.replace("\n", "").replace("E       ", "")
    assert not ran.shows_our_frames
    assert hotel.there == {}


def test_a_model_that_has_no_room_for_a_mark_is_refused(stay: Stay, hotel: Hotel) -> None:
    """The API would refuse it as well, which would read as its defect."""
    ran = stay(
        "from typing import Annotated\n"
        "from pydantic import BaseModel, Field\n"
        "class Small(BaseModel):\n"
        "    label: Annotated[str, Field(max_length=20, alias='note')]\n"
        "room = resource('room', create='POST /rooms', delete='DELETE /rooms/{id}',\n"
        "    tag='$.note', model=Small)\n"
        "def test_it(room):\n    room()"
    )

    assert (ran.ret, ran.codes) == (1, {"test_it": ["test.usage"]}), ran.text
    assert "Small takes no mark of 39 characters at $.note" in ran.text.replace("\n", "")
    assert hotel.seen == []


def test_a_declaration_in_a_class_is_refused(stay: Stay) -> None:
    """Pytest would hand the object of the test class to it."""
    ran = stay(
        "class TestIt:\n    room = resource('room')\n    def test_it(self, room):\n        room()"
    )

    assert ran.ret == 2
    assert "it stands in a class: write it in the module, or in a conftest.py" in ran.text
    assert not ran.shows_our_frames


def test_a_fixture_that_is_called_by_itself_is_pytests_matter(stay: Stay) -> None:
    """A test that forgot to ask for it is told by pytest's own words."""
    ran = stay("room = resource('room')\ndef test_it():\n    room()", toml=TOML)

    assert ran.ret == 1
    assert 'Fixture "room" called directly' in ran.text
    assert not ran.shows_our_frames
