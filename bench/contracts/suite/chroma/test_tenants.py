"""Tenants and their databases."""

from __future__ import annotations

import uuid

import httpx2

from redhanded import expect

TENANTS = "/api/v2/tenants"


def test_a_tenant_can_be_made_and_read(api: httpx2.Client) -> None:
    """A tenant that was made is found by its name."""
    name = f"rh-{uuid.uuid4().hex[:12]}"
    expect(api.post(TENANTS, json={"name": name}), 200)
    assert expect(api.get(f"{TENANTS}/{name}"), 200).json()["name"] == name


def test_a_tenant_is_made_once(api: httpx2.Client) -> None:
    """A second tenant of one name is a conflict."""
    assert api.post(TENANTS, json={"name": "default_tenant"}).status_code == 409


def test_an_unknown_tenant_is_404(api: httpx2.Client) -> None:
    """Who was never made is not found."""
    expect(api.get(f"{TENANTS}/nobody-{uuid.uuid4().hex}"), 404)


def test_a_tenant_needs_a_name(api: httpx2.Client) -> None:
    """A tenant without a name is refused."""
    assert api.post(TENANTS, json={}).status_code == 422


def test_a_short_name_is_refused(api: httpx2.Client) -> None:
    """A name has three characters at least."""
    assert api.post(TENANTS, json={"name": "a"}).status_code in (400, 422)


def test_a_database_lives_and_dies(api: httpx2.Client) -> None:
    """A database is made, listed, read and removed."""
    name, base = f"rh-{uuid.uuid4().hex[:12]}", f"{TENANTS}/default_tenant/databases"
    expect(api.post(base, json={"name": name}), 200)
    listed = expect(api.get(base, params={"limit": 100, "offset": 0}), 200).json()
    assert name in [each["name"] for each in listed]
    assert expect(api.get(f"{base}/{name}"), 200).json()["tenant"] == "default_tenant"
    expect(api.delete(f"{base}/{name}"), 200)
    expect(api.get(f"{base}/{name}"), 404)


def test_a_page_of_databases_is_as_long_as_asked(api: httpx2.Client) -> None:
    """A list keeps to its limit."""
    base = f"{TENANTS}/default_tenant/databases"
    assert len(expect(api.get(base, params={"limit": 1}), 200).json()) <= 1


def test_a_wrong_limit_is_refused(api: httpx2.Client) -> None:
    """A limit is a number."""
    answer = api.get(f"{TENANTS}/default_tenant/databases", params={"limit": "many"})
    assert answer.status_code in (400, 422)
