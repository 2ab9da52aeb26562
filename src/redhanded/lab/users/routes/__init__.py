"""The routes of users and of their logins."""

from __future__ import annotations

from redhanded.lab.users.routes import directory, login

ROUTERS = (login.router, directory.router)
