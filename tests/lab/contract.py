"""Whether an answer keeps what the OpenAPI document says, by a validator that is not ours."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import httpx2
from jsonschema import Draft202012Validator, FormatChecker

_FORMATS = FormatChecker()


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    text = str(value)
    datetime.fromisoformat(text)
    return "T" in text and text.endswith("Z")


class Contract:
    """The document, as a judge of answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def check(self, response: httpx2.Response) -> None:
        """Raises AssertionError when the answer is not one that the document declares."""
        method, path = response.request.method, response.request.url.path
        declared = self._declared(response.status_code, method, path)
        if declared is None:
            return
        place = f"{method} {path} {response.status_code}"
        self._check_headers(response, declared, place)
        self._check_body(response, declared, place)

    def _declared(self, status: int, method: str, path: str) -> dict[str, Any] | None:
        """The declaration of the answer, unless it says that there is no such operation."""
        operation = self.operations(path).get(method.lower())
        if operation is None:
            assert status in {404, 405, 414}, f"{method} {path} is not declared, yet gave {status}"
            return None
        found: dict[str, Any] | None = operation["responses"].get(str(status))
        assert found is not None, f"{method} {path} does not declare {status}"
        return found

    def operations(self, path: str) -> dict[str, Any]:
        """The operations of a path, a literal one before a templated one."""
        for template in sorted(self.document["paths"], key=lambda known: known.count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                found: dict[str, Any] = self.document["paths"][template]
                return found
        return {}

    def _check_headers(
        self, response: httpx2.Response, declared: dict[str, Any], place: str
    ) -> None:
        for name, reference in declared["headers"].items():
            header = self._resolved(reference)
            value = response.headers.get(name)
            assert value is not None or not header["required"], f"{place} lacks {name}"
            if value is not None:
                whole = header["schema"].get("type") == "integer"
                self._validate(int(value) if whole else value, header["schema"], f"{place} {name}")

    def _check_body(self, response: httpx2.Response, declared: dict[str, Any], place: str) -> None:
        content = declared.get("content")
        if not content:
            assert response.content == b"", f"{place} has a body, the document declares none"
            return
        media_type = response.headers["content-type"]
        assert media_type in content, f"{place} is {media_type}, not {list(content)}"
        self._validate(response.json(), content[media_type]["schema"], place)

    def _resolved(self, reference: dict[str, Any]) -> dict[str, Any]:
        name = reference.get("$ref", "").rpartition("/")[2]
        found: dict[str, Any] = self.document["components"]["headers"][name] if name else reference
        return found

    def _validate(self, value: object, schema: dict[str, Any], place: str) -> None:
        whole = {**schema, "components": self.document["components"]}
        validator = Draft202012Validator(whole, format_checker=_FORMATS)
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
        assert not errors, f"{place}: {errors}"
