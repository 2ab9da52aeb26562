"""models.py: what is made of schemas, and what of those that nobody can make a model of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from redhanded.core.errors import UsageError
from redhanded.scaffold.openapi import checking, models
from tests.scaffold.openapi.drafts import answer, body, document, drafted, files_of


def built(folder: Path, schema: dict[str, Any], **others: dict[str, Any]) -> type[BaseModel]:
    """The model of a body with this schema."""
    asked = {"requestBody": body(schema), "responses": answer(None, "204")}
    text = files_of(folder, document({"/things": {"post": asked}}, others))["shop/models.py"]
    module = ModuleType("shop_models")
    exec(compile(text, "models.py", "exec"), vars(module))  # noqa: S102  it is ours
    found: type[BaseModel] = vars(module)["PostThingsBody"]
    found.model_rebuild(_types_namespace=vars(module))
    return found


def test_fields_have_types_bounds_and_the_names_of_the_document(tmp_path: Path) -> None:
    """A field may be called otherwise in Python, and is sent as the document calls it."""
    model = built(
        tmp_path,
        {
            "properties": {
                "createdAt": {"type": "string", "format": "date-time"},
                "size": {"type": "integer", "minimum": 1},
                "class": {"enum": ["a", "b"]},
            },
            "required": ["size", "class"],
        },
    )

    made = model.model_validate({"size": 1, "class": "a", "more": True})

    assert made.model_dump(by_alias=True) == {"size": 1, "class": "a", "more": True}
    with pytest.raises(ValidationError, match="size"):
        model.model_validate({"size": 0, "class": "a"})


def test_what_is_optional_and_not_given_is_not_sent(tmp_path: Path) -> None:
    """None stands for absence, but where null is a value that must be given."""
    names = {"a": {"type": "string"}, "b": {"type": ["string", "null"]}, "tag": {"type": "string"}}
    model = built(tmp_path, {"properties": names, "required": ["b"]})

    made = model.model_validate({"a": "x", "b": None, "tag": "t"})

    assert made.model_dump() == {"a": "x", "b": None, "tag": "t"}
    assert made.bare().model_dump() == {"b": None, "tag": "t"}  # type: ignore[attr-defined]


def test_a_closed_object_refuses_other_fields(tmp_path: Path) -> None:
    """`additionalProperties: false` is kept; without it, anything may be there besides."""
    model = built(tmp_path, {"properties": {"a": {}}, "additionalProperties": False})

    with pytest.raises(ValidationError, match="b"):
        model.model_validate({"b": 1})


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "#/components/schemas/Tree"}, id="cycle"),
        pytest.param({"$ref": "#/components/schemas/Heir"}, id="allOf-of-itself"),
        pytest.param({"properties": {"a": {"$ref": "#/components/schemas/No"}}}, id="missing"),
        pytest.param({"properties": {"a": {"$ref": "other.json#/a"}}}, id="another-file"),
        pytest.param({"properties": {"a": {"pattern": "(?=x)", "type": "string"}}}, id="lookahead"),
        pytest.param({"properties": {"a": {"minLength": -3, "type": "string"}}}, id="bad-bound"),
        pytest.param({"properties": {"a": {"type": "nonsense"}}}, id="bad-type"),
        pytest.param({"properties": {"date": {"format": "date", "type": "string"}}}, id="date"),
        pytest.param({"properties": {"a": {"enum": [{}, []]}}}, id="enum-of-objects"),
    ],
)
def test_a_schema_of_any_kind_gives_a_module_that_can_be_imported(
    tmp_path: Path, schema: dict[str, Any]
) -> None:
    """Cycles end, and what leads nowhere or means nothing may be anything."""
    tree = {"properties": {"leaves": {"type": "array", "items": {"$ref": _TREE}}}}
    heir = {"allOf": [{"$ref": "#/components/schemas/Heir"}], "properties": {"a": {}}}
    asked = {"requestBody": body(schema), "responses": answer(None, "204")}
    told = document({"/things": {"post": asked}}, {"Tree": tree, "Heir": heir})

    text = files_of(tmp_path, told)["shop/models.py"]

    assert "class " in text
    exec(compile(text, "models.py", "exec"), vars(ModuleType("shop_models")))  # noqa: S102


def test_what_is_read_only_is_missing_from_what_is_sent(tmp_path: Path) -> None:
    """Two classes where directions differ, one where they do not."""
    own = {"properties": {"id": {"type": "integer", "readOnly": True}, "name": {}}}
    plain: dict[str, Any] = {"properties": {"name": {}}}
    both = {"properties": {"own": {"$ref": _OWN}, "plain": {"$ref": _PLAIN}}}
    asked = {"requestBody": body({"$ref": _BOTH}), "responses": answer({"$ref": _BOTH})}
    told = document({"/x": {"post": asked}}, {"Own": own, "Plain": plain, "Both": both})

    text = files_of(tmp_path, told)["shop/models.py"]

    classes = [line.split()[1] for line in text.splitlines() if line.startswith("class ")]
    assert sorted(classes) == [
        *("Both(Model):", "BothInput(Model):", "Model(BaseModel):", "Own(Model):"),
        *("OwnInput(Model):", "Plain(Model):"),
    ]


def test_a_class_that_the_generator_fails_on_is_vague_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad schema costs its own fields alone, and never shows a traceback."""
    generate = models._generator()  # noqa: SLF001  what is made to fail

    def failing(shapes: Mapping[str, Any], aliases: Mapping[str, str]) -> str:
        if "bad" in shapes.get("Bad", {}).get("properties", {}):
            raise RuntimeError("a fault of the generator")
        return generate(shapes, aliases)

    monkeypatch.setattr(models, "_generator", lambda: failing)
    inner = {"bad": {"$ref": "#/components/schemas/Bad"}, "good": {"properties": {"a": {}}}}
    asked = {"requestBody": body({"properties": inner}), "responses": answer(None, "204")}
    told = document({"/x": {"post": asked}}, {"Bad": {"properties": {"bad": {}}}})
    draft, answers = drafted(tmp_path, told)

    text = {file.path: file.text for file in draft.files(answers)}["shop/models.py"]

    assert "class Bad(Model):" in text
    assert "good: PostXBodyGood | None = None" in text
    assert "No model could be made of Bad: it takes any fields." in list(draft.notes(answers))


def test_no_class_at_all_is_still_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the generator gives, what is written can be imported."""
    monkeypatch.setattr(models, "_generator", lambda: lambda *_: "import os\n")
    asked = {"requestBody": body({"properties": {"a": {}}}), "responses": answer(None, "204")}

    text = files_of(tmp_path, document({"/x": {"post": asked}}))["shop/models.py"]

    assert "import os" not in text
    assert "class PostXBody(Model):" in text


def test_a_missing_generator_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "datamodel_code_generator", None)
    asked = {"/x": {"get": {"responses": answer({"properties": {"a": {}}})}}}

    with pytest.raises(UsageError, match=r"pip install redhanded\[init\]"):
        files_of(tmp_path, document(asked))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import os\n", id="import"),
        pytest.param("from os import path\n", id="import-from"),
        pytest.param("print(1)\n", id="call"),
        pytest.param("x = 1\n", id="assignment"),
        pytest.param("class A(Model):\n    x: int = print(1)\n", id="default"),
        pytest.param("class A(Model):\n    x: __import__('os')\n", id="annotation"),
        pytest.param("class A(Model):\n    def f(self): ...\n", id="method"),
        pytest.param("@print\nclass A(Model):\n    pass\n", id="decorator"),
        pytest.param("class A(Model, metaclass=print):\n    pass\n", id="metaclass"),
        pytest.param("class A(print()):\n    pass\n", id="base"),
        pytest.param("class A(str):\n    pass\n", id="foreign-base"),
        pytest.param("class A(Model):\n    pass\n\nA.model_dump()\n", id="other-method"),
        pytest.param("class A(Model):\n    x: A.b\n", id="attribute"),
    ],
)
def test_anything_but_classes_of_fields_is_refused_unrun(text: str) -> None:
    """INVARIANT: nothing else is executed, here or where the file is imported."""
    with pytest.raises(checking.Unexpected):
        checking.module_of(text, base="Model", elsewhere="beside")


_TREE = "#/components/schemas/Tree"
_OWN, _PLAIN, _BOTH = (f"#/components/schemas/{name}" for name in ("Own", "Plain", "Both"))


def test_a_long_chain_of_classes_is_built_from_its_end() -> None:
    """From its beginning, pydantic would build all that follows with each, and fall too deep."""
    links = [f"class C{n}(Model):\n    inner: C{n + 1}\n" for n in range(250)]
    opening = "from __future__ import annotations\nfrom beside import Model\n"
    text = "".join([opening, *links, "class C250(Model):\n    pass\n"])

    assert len(checking.module_of(text, base="Model", elsewhere="beside").classes) == 251


def test_where_classes_are_nested_too_deeply_no_single_one_is_sought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halving would make the same module forty times, and find that all are at fault."""
    tries: list[int] = []

    def too_deep(shapes: Mapping[str, Any], _: Mapping[str, str]) -> str:
        tries.append(len(shapes))
        raise RecursionError

    monkeypatch.setattr(models, "_generator", lambda: too_deep)

    asked = {"requestBody": body({"properties": {"a": {}}}), "responses": answer(None, "204")}

    written = files_of(tmp_path, document({"/x": {"post": asked}}))

    assert "class PostXBody(Model):" in written["shop/models.py"]
    assert len(tries) == 2
