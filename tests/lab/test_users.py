"""Users: who sees whom, who may change what, and logins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from redhanded.lab.seed import API_KEYS, PASSWORD
from tests.lab.conftest import FakeClock, Headers, bearer

NEW_USER = {"email": "ann@example.org", "name": "Ann", "password": "correct horse", "tag": "t"}


def create(api: TestClient, admin: Headers, **changed: object) -> int:
    """The id of a new user."""
    made = api.post("/users", json={**NEW_USER, **changed}, headers=admin)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def log_in(api: TestClient, email: str = "ann@example.org") -> dict[str, str]:
    """The tokens of a new login."""
    answer = api.post("/users/login", json={"email": email, "password": "correct horse"})
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def me(api: TestClient, token: str) -> httpx2.Response:
    """The answer to who calls with this access token."""
    return api.get("/users/me", headers=bearer(token))


def refresh(api: TestClient, token: str) -> httpx2.Response:
    """The answer to a refresh."""
    return api.post("/users/refresh", json={"refresh_token": token})


@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
def test_a_key_tells_who_calls(api: TestClient, role: str) -> None:
    """Each demo key belongs to the demo user of its role."""
    found = api.get("/users/me", headers={"X-API-Key": API_KEYS[role]}).json()

    assert (found["role"], found["email"]) == (role, f"{role}@lab.example")


def test_a_new_user_is_an_active_viewer(api: TestClient, admin: Headers) -> None:
    """The answer has what was sent, and nothing of the password."""
    made = api.post("/users", json=NEW_USER, headers=admin)

    shown = made.json()
    assert (shown["role"], shown["status"], shown["tag"]) == ("viewer", "active", "t")
    assert "password" not in shown
    assert "correct horse" not in made.text
    assert api.get(made.headers["Location"], headers=admin).json() == shown


@pytest.mark.parametrize("field", ["role", "status", "id", "api_key"])
def test_a_role_cannot_be_slipped_in(api: TestClient, admin: Headers, field: str) -> None:
    """What only the service decides is refused in a creation and in a change."""
    user = create(api, admin)

    made = api.post("/users", json={**NEW_USER, field: "admin"}, headers=admin)
    changed = api.patch(f"/users/{user}", json={field: "admin"}, headers=admin)

    assert (made.status_code, changed.status_code) == (422, 422)
    assert api.get(f"/users/{user}", headers=admin).json()["role"] == "viewer"


@pytest.mark.parametrize(
    "changed, pointer",
    [
        pytest.param({"email": "nobody"}, "/email", id="no-address"),
        pytest.param({"email": "a@b"}, "/email", id="no-domain"),
        pytest.param({"email": "a@-b.example"}, "/email", id="domain-with-a-leading-dash"),
        pytest.param({"email": "a@b.example\n"}, "/email", id="line-break"),
        pytest.param({"name": ""}, "/name", id="no-name"),
        pytest.param({"password": "short"}, "/password", id="short-password"),
    ],
)
def test_invalid_users_are_refused(
    api: TestClient, admin: Headers, changed: dict[str, Any], pointer: str
) -> None:
    """A refusal names the field, and never repeats what may be a password."""
    refused = api.post("/users", json={**NEW_USER, **changed}, headers=admin)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert "short" not in refused.text.replace("shorter", "")


def test_an_address_belongs_to_one_user(api: TestClient, admin: Headers) -> None:
    """A second user with the address, in whatever case, is a conflict."""
    create(api, admin)
    other = create(api, admin, email="bo@example.org")

    made = api.post("/users", json={**NEW_USER, "email": "ANN@example.org"}, headers=admin)
    changed = api.patch(f"/users/{other}", json={"email": "ann@example.org"}, headers=admin)

    assert (made.status_code, changed.status_code) == (409, 409)
    assert made.json()["type"] == "urn:problem:not-unique"
    assert api.get(f"/users/{other}", headers=admin).json()["email"] == "bo@example.org"


def test_an_address_is_given_once_in_a_race(api: TestClient, admin: Headers) -> None:
    """INVARIANT: of many who ask for one address at once, one gets it."""
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: api.post("/users", json=NEW_USER, headers=admin), range(8))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_users_are_listed_by_what_they_are(api: TestClient, admin: Headers) -> None:
    """Filters leave what they name, pages join to the whole, the total is of all pages."""
    made = [create(api, admin, email=f"u{n}@example.org", tag="many") for n in range(5)]
    api.post(f"/users/{made[0]}/suspend", headers=admin)

    def found(**query: str | int) -> list[int]:
        listed = api.get("/users", params=query, headers=admin)
        assert int(listed.headers["X-Total-Count"]) >= len(listed.json())
        return [user["id"] for user in listed.json()]

    assert found(tag="many") == made
    assert found(tag="many", limit=2) + found(tag="many", limit=9, offset=2) == made
    assert found(status="suspended") == made[:1]
    assert found(email="U3@EXAMPLE.ORG") == [made[3]]
    assert len(found(role="admin")) == 1


def test_a_viewer_knows_only_itself(api: TestClient, admin: Headers) -> None:
    """For a viewer others do not exist: not in the list, not by id, not by refusal."""
    own = create(api, admin)
    other = create(api, admin, email="bo@example.org")
    viewer = bearer(log_in(api)["access_token"])

    listed = api.get("/users", headers=viewer)
    unknown = api.get("/users/999999", headers=viewer).json()
    hidden = api.get(f"/users/{other}", headers=viewer).json()

    assert [user["id"] for user in listed.json()] == [own]
    assert listed.headers["X-Total-Count"] == "1"
    assert api.get("/users", params={"tag": "none"}, headers=viewer).json() == []
    assert hidden == {**unknown, "detail": f"There is no user {other}."}
    assert api.patch(f"/users/{other}", json={"name": "x"}, headers=viewer).status_code == 404
    assert api.get(f"/users/{own}", headers=viewer).status_code == 200


@pytest.mark.parametrize("role", ["agent", "viewer"])
@pytest.mark.parametrize(
    "method, path",
    [
        pytest.param("PUT", "/users/{id}/role", id="role"),
        pytest.param("POST", "/users/{id}/suspend", id="suspend"),
        pytest.param("POST", "/users/{id}/activate", id="activate"),
        pytest.param("DELETE", "/users/{id}", id="delete"),
    ],
)
def test_administration_is_for_admins(
    api: TestClient, admin: Headers, role: str, method: str, path: str
) -> None:
    """Others get 403, whether the user exists or not, and nothing happens."""
    user = create(api, admin)
    caller = {"X-API-Key": API_KEYS[role]}
    body = {"role": "admin"} if method == "PUT" else None

    for target in (user, 999999):
        refused = api.request(method, path.format(id=target), json=body, headers=caller)
        assert refused.status_code == 403
    unchanged = api.get(f"/users/{user}", headers=admin).json()
    assert (unchanged["role"], unchanged["status"]) == ("viewer", "active")


def test_agents_create_and_look_after_viewers(
    api: TestClient, admin: Headers, agent: Headers, viewer: Headers
) -> None:
    """An agent may see everyone, create viewers and change them, but not an admin."""
    user = create(api, agent)
    boss = api.get("/users/me", headers=admin).json()["id"]

    assert api.patch(f"/users/{user}", json={"name": "Bo"}, headers=agent).status_code == 200
    assert api.get(f"/users/{boss}", headers=agent).status_code == 200
    assert api.patch(f"/users/{boss}", json={"name": "Bo"}, headers=agent).status_code == 403
    assert api.post("/users", json=NEW_USER, headers=viewer).status_code == 403


def test_everyone_may_change_themselves(api: TestClient, admin: Headers, clock: FakeClock) -> None:
    """A change keeps what it does not mention and moves the time of change."""
    create(api, admin)
    own = bearer(log_in(api)["access_token"])
    before = api.get("/users/me", headers=own).json()
    clock.advance(60)

    after = api.patch(f"/users/{before['id']}", json={"name": "Bo", "tag": None}, headers=own)

    assert after.json() == {
        **before,
        "name": "Bo",
        "tag": None,
        "updated_at": "2027-01-15T08:01:00Z",
    }


def test_a_role_counts_from_the_next_request_on(api: TestClient, admin: Headers) -> None:
    """Who is made an agent need not log in again, nor does who no longer is."""
    user = create(api, admin)
    own = bearer(log_in(api)["access_token"])
    other = {**NEW_USER, "email": "bo@example.org"}

    before = api.post("/users", json=other, headers=own)
    api.put(f"/users/{user}/role", json={"role": "agent"}, headers=admin)
    during = api.post("/users", json=other, headers=own)
    api.put(f"/users/{user}/role", json={"role": "viewer"}, headers=admin)
    after = api.delete(f"/users/{during.json()['id']}", headers=own)

    assert (before.status_code, during.status_code, after.status_code) == (403, 201, 403)


@pytest.mark.parametrize(
    "steps, statuses",
    [
        pytest.param(["suspend", "activate"], [200, 200], id="there-and-back"),
        pytest.param(["activate"], [409], id="active-already"),
        pytest.param(["suspend", "suspend"], [200, 409], id="suspended-already"),
    ],
)
def test_states_have_their_ways(
    api: TestClient, admin: Headers, steps: list[str], statuses: list[int]
) -> None:
    """Active and suspended lead to each other, and nothing leads to itself."""
    user = create(api, admin)

    taken = [api.post(f"/users/{user}/{step}", headers=admin).status_code for step in steps]

    assert taken == statuses


def test_a_suspended_user_is_locked_out(api: TestClient, admin: Headers) -> None:
    """A suspension ends the logins and forbids new ones, until it is lifted."""
    user = create(api, admin)
    tokens = log_in(api)
    login = {"email": NEW_USER["email"], "password": NEW_USER["password"]}

    api.post(f"/users/{user}/suspend", headers=admin)

    assert me(api, tokens["access_token"]).status_code == 401
    assert refresh(api, tokens["refresh_token"]).status_code == 401
    refused = api.post("/users/login", json=login)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:problem:suspended")
    api.post(f"/users/{user}/activate", headers=admin)
    assert api.post("/users/login", json=login).status_code == 200


def test_a_suspended_user_with_a_key_is_403(
    api: TestClient, admin: Headers, viewer: Headers
) -> None:
    """A key is known whose user may do nothing: that is 403 and not 401."""
    user = api.get("/users/me", headers=viewer).json()["id"]

    api.post(f"/users/{user}/suspend", headers=admin)

    assert api.get("/users/me", headers=viewer).status_code == 403


def test_a_deleted_user_is_gone_for_good(api: TestClient, admin: Headers, viewer: Headers) -> None:
    """No way leads back; logins and keys end, and the address is free again."""
    user = create(api, admin)
    token = log_in(api)["access_token"]
    keyed = api.get("/users/me", headers=viewer).json()["id"]

    assert api.delete(f"/users/{user}", headers=admin).status_code == 204
    assert api.delete(f"/users/{keyed}", headers=admin).status_code == 204

    assert api.delete(f"/users/{user}", headers=admin).status_code == 404
    assert api.get(f"/users/{user}", headers=admin).status_code == 404
    assert api.post(f"/users/{user}/activate", headers=admin).status_code == 404
    assert api.get("/users", params={"tag": "t"}, headers=admin).json() == []
    assert me(api, token).status_code == 401
    assert api.get("/users/me", headers=viewer).status_code == 401
    assert create(api, admin) > user


@pytest.mark.parametrize(
    "method, path, body",
    [
        pytest.param("PUT", "/users/{id}/role", {"role": "viewer"}, id="role"),
        pytest.param("POST", "/users/{id}/suspend", None, id="suspend"),
        pytest.param("DELETE", "/users/{id}", None, id="delete"),
    ],
)
def test_admins_do_not_lock_themselves_out(
    api: TestClient, admin: Headers, method: str, path: str, body: dict[str, str] | None
) -> None:
    """The last admin cannot go by mistake: nobody administers themselves."""
    own = api.get("/users/me", headers=admin).json()["id"]

    refused = api.request(method, path.format(id=own), json=body, headers=admin)

    assert refused.status_code == 409
    assert api.get("/users/me", headers=admin).json()["role"] == "admin"


@pytest.mark.parametrize(
    "email, password",
    [
        pytest.param("viewer@lab.example", "wrong", id="wrong-password"),
        pytest.param("nobody@lab.example", PASSWORD, id="unknown-user"),
    ],
)
def test_a_wrong_login_is_401(api: TestClient, email: str, password: str) -> None:
    """A refused login does not tell whether the user exists."""
    refused = api.post("/users/login", json={"email": email, "password": password})

    assert refused.status_code == 401
    assert refused.json()["detail"] == "The email address or the password is wrong."


def test_an_access_token_is_short_lived(api: TestClient, clock: FakeClock, admin: Headers) -> None:
    """An access token ends when it says; the refresh token gets the next one."""
    create(api, admin)
    tokens = log_in(api)

    clock.advance(float(tokens["expires_in"]))

    assert me(api, tokens["access_token"]).status_code == 401
    fresh = refresh(api, tokens["refresh_token"]).json()
    assert me(api, fresh["access_token"]).status_code == 200


def test_a_refresh_token_expires_too(api: TestClient, clock: FakeClock, admin: Headers) -> None:
    """After an hour without a refresh a login is over."""
    create(api, admin)
    tokens = log_in(api)

    clock.advance(3600)

    assert refresh(api, tokens["refresh_token"]).status_code == 401


def test_a_spent_refresh_token_ends_the_login(api: TestClient, admin: Headers) -> None:
    """Whoever shows a refresh token twice may have stolen it, so the whole login ends."""
    create(api, admin)
    first = log_in(api)
    second = refresh(api, first["refresh_token"]).json()
    elsewhere = log_in(api)

    again = refresh(api, first["refresh_token"])

    assert again.status_code == 401
    assert me(api, second["access_token"]).status_code == 401
    assert refresh(api, second["refresh_token"]).status_code == 401
    assert me(api, elsewhere["access_token"]).status_code == 200


def test_logging_out_ends_this_login_alone(api: TestClient, admin: Headers) -> None:
    """After a logout neither token of the login is worth anything; other logins go on."""
    create(api, admin)
    here, elsewhere = log_in(api), log_in(api)

    out = api.post("/users/logout", headers=bearer(here["access_token"]))

    assert out.status_code == 204
    assert me(api, here["access_token"]).status_code == 401
    assert refresh(api, here["refresh_token"]).status_code == 401
    assert me(api, elsewhere["access_token"]).status_code == 200
    assert api.post("/users/logout", headers=bearer(here["access_token"])).status_code == 401


def test_tokens_are_for_their_own_use(api: TestClient, admin: Headers, editor: Headers) -> None:
    """A refresh token opens nothing, an access token refreshes nothing, other areas' neither."""
    create(api, admin)
    tokens = log_in(api)

    assert me(api, tokens["refresh_token"]).status_code == 401
    assert refresh(api, tokens["access_token"]).status_code == 401
    assert api.get("/users/me", headers=editor).status_code == 401


def test_private_answers_are_not_stored(api: TestClient, admin: Headers) -> None:
    """Nothing about users may stay in a cache."""
    assert api.get("/users", headers=admin).headers["Cache-Control"] == "no-store"
