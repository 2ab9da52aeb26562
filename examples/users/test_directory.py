"""The directory: who is in it, and that an address belongs to one user."""

from asyncio import gather
from collections.abc import Callable

import pytest
from problems import Problem
from users.client import Invite, Person, Users
from users.models import NewUser, User

from redhanded import AsyncClient, Cleanup, Client, Factory, expect
from redhanded.data import Case, negatives


@pytest.mark.smoke
@pytest.mark.slo(ceiling=3.0)
def test_the_service_knows_who_calls(users: Users) -> None:
    assert users.me().role == "admin"


def test_a_new_user_is_an_active_viewer(users: Users, make: Factory, cleanup: Cleanup) -> None:
    new = make(NewUser)

    user = users.create(new)
    cleanup("user", user.id)

    assert (user.email, user.name, user.tag) == (new.email, new.name, new.tag)
    assert (user.role, user.status) == ("viewer", "active")


def test_a_new_user_can_be_read_where_the_answer_says(
    admin: Client, make: Factory, cleanup: Cleanup
) -> None:
    response = admin.post("/users", json=make(NewUser))
    user = expect(response, 201, User, headers={"Location": ...})
    cleanup("user", user.id)

    assert expect(admin.get(response.headers["Location"]), 200, User) == user


def test_no_answer_ever_shows_a_password(admin: Client, make: Factory, cleanup: Cleanup) -> None:
    new = make(NewUser)

    response = admin.post("/users", json=new)
    cleanup("user", expect(response, 201, User).id)

    assert new.password not in response.text


@pytest.mark.parametrize(
    "spelled", [str.lower, str.upper, str.title], ids=["lower", "upper", "title"]
)
def test_an_address_belongs_to_one_user_however_it_is_spelled(
    admin: Client, person: Person, make: Factory, spelled: Callable[[str], str]
) -> None:
    second = make(NewUser, email=spelled(person.user.email))

    problem = expect(admin.post("/users", json=second), 409, Problem)

    assert problem.type == "urn:problem:not-unique"


async def test_of_many_who_want_one_address_at_once_one_gets_it(
    async_admin: AsyncClient, users: Users, make: Factory, cleanup: Cleanup
) -> None:
    new = make(NewUser)

    responses = await gather(*(async_admin.post("/users", json=new) for _ in range(4)))

    found = users.find(tag=new.tag)
    for user in found:
        cleanup("user", user.id)
    statuses = sorted(expect(response, {201, 409}).status_code for response in responses)
    assert statuses == [201, 409, 409, 409]
    assert len(found) == 1


def test_nobody_can_take_the_address_of_another(
    admin: Client, users: Users, invite: Invite
) -> None:
    first, second = invite().user, invite().user

    expect(admin.patch(f"/users/{second.id}", json={"email": first.email}), 409, Problem)

    assert users.get(second.id) == second


def test_the_address_of_a_deleted_user_is_free_again(
    users: Users, make: Factory, cleanup: Cleanup
) -> None:
    new = make(NewUser)
    first = users.create(new)
    users.delete(first.id)

    second = users.create(new)
    cleanup("user", second.id)

    assert second.id != first.id


@pytest.mark.parametrize(
    "field, value", [("name", "Ada Lovelace"), ("tag", "moved"), ("tag", None)]
)
def test_a_change_is_made_where_it_was_meant(
    users: Users, person: Person, field: str, value: object
) -> None:
    changed = users.change(person.user.id, **{field: value})

    expected = {field: value, "updated_at": changed.updated_at}
    assert changed == person.user.model_copy(update=expected)
    assert changed.updated_at >= person.user.updated_at


def test_a_tag_finds_what_carries_it_and_nothing_else(users: Users, invite: Invite) -> None:
    first = invite().user
    second = invite(tag=first.tag).user
    invite()

    assert users.find(tag=first.tag) == [first, second]


def test_an_address_finds_its_user(users: Users, person: Person) -> None:
    assert users.find(email=person.user.email.upper()) == [person.user]


@pytest.mark.parametrize(
    "condition, count",
    [
        ({"role": "viewer"}, 1),
        ({"role": "agent"}, 0),
        ({"status": "active"}, 1),
        ({"status": "suspended"}, 0),
    ],
    ids=["role", "other-role", "status", "other-status"],
)
def test_several_conditions_must_all_hold(
    users: Users, person: Person, condition: dict[str, str], count: int
) -> None:
    assert len(users.find(tag=person.user.tag, **condition)) == count


def test_pages_hold_each_user_once(users: Users, invite: Invite) -> None:
    tag = invite().user.tag
    for _ in range(2):
        invite(tag=tag)

    pages = [users.find(tag=tag, limit=2, offset=offset) for offset in (0, 2)]

    assert [len(page) for page in pages] == [2, 1]
    assert [user.id for page in pages for user in page] == [user.id for user in users.find(tag=tag)]


def test_a_page_says_how_many_there_are(admin: Client, person: Person) -> None:
    response = admin.get("/users", params={"tag": person.user.tag, "limit": 1})

    assert expect(response, 200, list[User], headers={"X-Total-Count": 1}) == [person.user]


@pytest.mark.parametrize(
    "case", negatives(NewUser, only=("password", "name-too-short", "name-too-long", "tag-too-long"))
)
def test_a_user_who_breaks_a_rule_is_not_let_in(admin: Client, make: Factory, case: Case) -> None:
    response = admin.post("/users", json=case.of(make(NewUser)))

    assert expect(response, 422, Problem).pointers == {case.pointer}


@pytest.mark.parametrize(
    "email",
    ["ada", "ada@localhost", "a b@example.com", "ada@example.com\n", "@example.com", None],
    ids=["no-address", "no-domain", "space", "line-break", "nobody", "null"],
)
def test_what_is_no_address_is_refused(admin: Client, make: Factory, email: str | None) -> None:
    body = make(NewUser).model_dump() | {"email": email}

    assert expect(admin.post("/users", json=body), 422, Problem).pointers == {"/email"}
