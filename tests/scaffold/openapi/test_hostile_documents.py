"""A document is foreign text: nothing of it becomes code, or a key of a settings file."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scaffold.openapi.drafts import JSON, document, files_of

HOSTILE = (
    *('"""\nimport os; os.abort()\n"""', "\\", "{{ 7*7 }}", "<%= 7*7 %>", "\u202e\u200b", "x\x00"),
    *('x"; import os #', "class", "__init__", "model_config", "schema", "copy", "1st", "", "  "),
    *("expect", "Client", "api", "日本", "\r\nx", "\x1b[31m", "a}{b", "${{ x }}", "[[a]]", "'''"),
    *("self", "body", "id", "list", "Model", "Service", "None", "date", "Any", "quote", "\u2028"),
)


def hostile(*texts: str) -> dict[str, Any]:
    """A document that has these texts wherever it may have any."""
    paths: dict[str, Any] = {}
    for number, text in enumerate(texts):
        name = text.replace("{", "").replace("}", "").replace("/", "")
        paths[f"/p{number}/{{{name}}}/{name}"] = {
            "get": {**_operation(text, number), "parameters": _parameters(text, name)},
            "post": {**_operation(text, number), "requestBody": {"content": _content(text)}},
        }
    schemas = {text: _schema(text) for text in texts}
    schemas |= {f"S{number}": _schema(text) for number, text in enumerate(texts)}
    keys = {text: {"type": "apiKey", "in": "header", "name": text} for text in texts}
    return document(
        paths,
        schemas,
        components={"securitySchemes": keys},
        security=[{text: []} for text in texts],
        servers=[{"url": f"http://x{texts[0]}"}],
    )


def _operation(text: str, number: int) -> dict[str, Any]:
    told = {"operationId": text, "summary": text, "description": text, "tags": [text]}
    answer = {"content": {JSON: {"schema": {"$ref": f"#/components/schemas/S{number}"}}}}
    return {**told, "responses": {"200": answer, "400": {"description": text}}}


def _parameters(text: str, name: str) -> list[dict[str, Any]]:
    schema = {"type": "string", "enum": [text], "default": text}
    listed = [{"name": text, "in": place, "schema": schema} for place in ("query", "header")]
    return [*listed, {"name": name, "in": "path", "required": True, "schema": schema}]


def _content(text: str) -> dict[str, Any]:
    return {JSON: {"schema": _schema(text)}, text: {"schema": {"type": "string"}}}


def _schema(text: str) -> dict[str, Any]:
    inner = {"type": "string", "enum": [text, f"{text}2"], "default": text, "title": text}
    return {
        "type": "object",
        "title": text,
        "description": text,
        "x-python-import": {"module": "os", "name": "abort"},
        "customTypePath": "os.abort",
        "properties": {text: inner, "x": {"const": text}, "y": {"type": "string", "pattern": text}},
        "required": [text],
    }


def _check(written: dict[str, str]) -> None:
    """Modules hold what ours hold, and settings the tables that ours have."""
    for path, text in written.items():
        if path.endswith(".py"):
            calls = {_called(node) for node in ast.walk(ast.parse(text))}
            assert not calls & {"abort", "system", "eval", "exec", "open", "__import__"}, path
            names = {
                alias.name
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Import)
                for alias in node.names
            }
            assert names <= {"json", "pytest"}, path
    tables = tomllib.loads(written["pyproject.toml"])
    assert set(tables) == {"project", "dependency-groups", "tool"}
    assert set(tables["tool"]) == {"pytest", "redhanded", "ruff", "mypy"}


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_no_text_of_a_document_becomes_code(tmp_path: Path) -> None:
    """INVARIANT: all that is written is Python and TOML, with what we wrote into it alone."""
    _check(files_of(tmp_path, hostile(*HOSTILE)))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_models_of_a_hostile_document_can_be_imported(tmp_path: Path, text: str) -> None:
    """The classes are built, and nothing else happens."""
    written = files_of(tmp_path, hostile(text, "calm"))["shop/models.py"]

    namespace: dict[str, Any] = {"__name__": "shop_models"}
    exec(compile(written, "models.py", "exec"), namespace)  # noqa: S102  which is what is tested

    assert all(not name.startswith("os") for name in namespace)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=4, unique=True))
def test_whatever_a_document_says_is_quoted_cleaned_or_left_out(
    tmp_path: Path, texts: list[str]
) -> None:
    """INVARIANT: for any texts at all."""
    _check(files_of(tmp_path, hostile(*texts)))
