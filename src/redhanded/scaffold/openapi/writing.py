"""The text of methods: signatures, requests and what is expected of their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.scaffold.openapi import imports, paths, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.scaffold.openapi.answered import Answer
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.openapi.parameters import Parameter
    from redhanded.scaffold.openapi.shapes import Shape

_VERBS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_JOINED = {"comma": ",", "space": " ", "pipe": "|"}
_LONGEST_VALUES = 50
_FORM = "application/x-www-form-urlencoded"
_OF_HEADERS = frozenset({"header", "cookie"})


class Writer:
    """Writes the methods of one module, and remembers what they need."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._models: set[str] = set()
        self._words: set[str] = set()
        self._sent: set[str] = set()

    @staticmethod
    def needs_sent(method: Method) -> bool:
        """Whether the method leaves out arguments that were not given, or spells lists out."""
        return any(one.place != "path" for one in method.parameters)

    def method(self, method: Method) -> str:
        """The text of one method, indented as a member of a class."""
        returned, closing = self._answer(method)
        signature = texts.call(
            f"def {method.name}(", self._arguments(method), f") -> {returned}:", indent=4
        )
        lines = [signature, f'        """{self._summary(method)}"""']
        request = texts.call(
            "response = " + self._verb(method), self._request(method), ")", indent=8
        )
        return "\n".join([*lines, *self._before(method), request, *closing])

    def imports(self, package: str) -> list[str]:
        """The lines of imports that the written methods need."""
        wanted: dict[str, set[str]] = {"redhanded": {"Client", "expect"}}
        for source, name in _SOURCES:
            if name in self._words:
                wanted.setdefault(source, set()).add(name)
        own = {f"{package}.models": self._models, f"{package}.sent": self._sent}
        wanted |= {source: there for source, there in own.items() if there}
        return imports.lines(wanted, package=package)

    def _typed(self, shape: Shape) -> str:
        self._models |= self._classes.used_in(shape)
        annotation = self._classes.annotation(shape)
        self._words |= {word for word in _WORDS if word in _split(annotation)}
        return annotation

    def _arguments(self, method: Method) -> list[str]:
        arguments = ["self"]
        arguments += [
            f"{one.argument}: {self._typed(brief(one.shape))}"
            for one in method.parameters
            if one.place == "path"
        ]
        if method.body is not None:
            said = self._body_type(method)
            arguments.append(
                f"body: {said}" if method.body.is_required else f"body: {_or_none(said)}"
            )
        others = [one for one in method.parameters if one.place != "path"]
        if others:
            arguments.append("*")
        for one in sorted(others, key=lambda one: not one.is_required):
            said = self._typed(brief(one.shape))
            arguments.append(
                f"{one.argument}: {said}"
                if one.is_required
                else f"{one.argument}: {_or_none(said)}"
            )
        return arguments

    def _body_type(self, method: Method) -> str:
        body = method.body
        if body is not None and body.shape is not None:
            return self._typed(body.shape)
        if body is not None and body.media_type.startswith((_FORM, "multipart/")):
            self._words.add("Any")
            return "dict[str, Any]"
        return "bytes"

    def _summary(self, method: Method) -> str:
        operation = method.operation
        said = operation.node.value.get("summary") or operation.node.value.get("description")
        name = texts.remark(operation.name, 70)
        about = texts.remark(said, texts.WIDTH - 20 - len(name)).rstrip(" .,:;'")
        return f"{name}: {about}." if about else f"{name}."

    def _verb(self, method: Method) -> str:
        verb = method.operation.method
        if verb in _VERBS and not (verb in _BODILESS and method.body is not None):
            return f"self.api.{verb.lower()}("
        return f"self.api.request({texts.literal(verb)}, "

    def _request(self, method: Method) -> list[str]:
        arguments = [self._path(method)]
        places = {one.place for one in method.parameters}
        arguments += ["params=params"] if "query" in places else []
        arguments += ["headers=headers"] if places & _OF_HEADERS else []
        if method.body is not None and (media_type := _content_type(method)) is not None:
            headers = f'{{"Content-Type": {texts.literal(media_type)}}}'
            if places & _OF_HEADERS:
                arguments[arguments.index("headers=headers")] = f"headers=headers | {headers}"
            else:
                arguments.append(f"headers={headers}")
        if method.body is not None:
            arguments.append(_body_argument(method))
        return arguments

    def _path(self, method: Method) -> str:
        arguments = {one.name: one for one in method.parameters if one.place == "path"}
        if not arguments:
            return texts.literal(paths.fixed(method.operation.template))
        filled = []
        last = 0
        template = method.operation.template
        for found in VARIABLE.finditer(template):
            filled.append(paths.fixed(template[last : found.start()]))
            filled.append(self._filled(arguments[found[1]]))
            last = found.end()
        return f'f"{"".join([*filled, paths.fixed(template[last:])])}"'

    def _filled(self, parameter: Parameter) -> str:
        if parameter.shape.get("type") == "integer":
            return f"{{{parameter.argument}}}"
        self._words.add("quote")
        return f"{{quote({parameter.argument}, safe='')}}"

    def _before(self, method: Method) -> list[str]:
        """The lines that lay the arguments out for the request."""
        pairs = {
            place: [self._pair(one) for one in method.parameters if one.place == place]
            for place in dict.fromkeys(one.place for one in method.parameters)
        }
        lines = []
        if "query" in pairs:
            self._sent.add("given")
            lines.append(_call_of_dict("params = given(", pairs["query"]))
        headers = pairs.get("header", [])
        if "cookie" in pairs:
            self._sent.add("cookie")
            headers.append(f'"Cookie": cookie({{{", ".join(pairs["cookie"])}}})')
        if headers:
            self._sent.add("texts")
            lines.append(_call_of_dict("headers = texts(", headers))
        return lines

    def _pair(self, parameter: Parameter) -> str:
        value = parameter.argument
        if parameter.manner in _JOINED:
            self._sent.add("joined")
            value = f"joined({value}, {texts.literal(_JOINED[parameter.manner])})"
        elif parameter.manner == "json":
            self._sent.add("as_json")
            value = f"as_json({value})"
        elif parameter.manner in {"deep", "members"}:
            self._sent.add("spread")
            prefix = texts.literal(parameter.name) if parameter.manner == "deep" else '""'
            return f"**spread({value}, {prefix})"
        return f"{texts.literal(parameter.name)}: {value}"

    def _answer(self, method: Method) -> tuple[str, list[str]]:
        """What the method gives back, and the lines that get it from the response."""
        if method.operation.method == "HEAD" or not method.answers:
            self._words.add("Response")
            statuses = [answer.status for answer in method.answers]
            return "Response", [f"        return expect(response, {_status(statuses or ['2xx'])})"]
        main = method.answers[0]
        same = [one.status for one in method.answers if one.shape == main.shape]
        others = [one.status for one in method.answers if one.shape != main.shape]
        if main.shape is None:
            return self._without_json(method, same)
        said = self._typed(main.shape)
        if others:
            lines = [
                f"        if response.status_code {_numbers(others)}:",
                f"            expect(response, {_status(others)})",
                "            return None",
            ]
            return _or_none(said).removesuffix(" = None"), [*lines, *self._read(main, same, said)]
        return said, self._read(main, same, said)

    def _without_json(self, method: Method, statuses: list[int | str]) -> tuple[str, list[str]]:
        if any(one.has_body for one in method.answers):
            self._words.add("Response")
            return "Response", [f"        return expect(response, {_status(statuses)})"]
        return "None", [f"        expect(response, {_status(statuses)})"]

    def _read(self, answer: Answer, statuses: list[int | str], said: str) -> list[str]:
        status = _status(statuses)
        if said == "Any":
            return [f"        return expect(response, {status}).json()"]
        if _is_class(answer.shape or {}):
            return [texts.call("return expect(", ["response", status, said], ")", indent=8)]
        expected = texts.call(
            f"answer: {said} = expect(", ["response", status, said], ")", indent=8
        )
        return [expected, "        return answer"]


def brief(shape: Shape) -> Shape:
    """The shape of an argument, without values that would not fit in a line."""
    if len(str(shape.get("enum", ""))) > _LONGEST_VALUES:
        return {"type": "string"} if all(isinstance(each, str) for each in shape["enum"]) else {}
    found = dict(shape)
    for keyword in ("items", "additionalProperties"):
        if keyword in found:
            found[keyword] = brief(found[keyword])
    if "anyOf" in found:
        found["anyOf"] = [brief(each) for each in found["anyOf"]]
    return found


def _is_class(shape: Shape) -> bool:
    """Whether a type checker takes the type for a class, as `expect` has it."""
    return "$ref" in shape or shape.get("type") in {
        "array",
        "object",
        "integer",
        "number",
        "boolean",
    }


def _or_none(said: str) -> str:
    if said == "Any":
        return "Any = None"
    return f"{said} = None" if said.endswith("None") else f"{said} | None = None"


def _status(statuses: Sequence[int | str]) -> str:
    exact = [one for one in statuses if isinstance(one, int)]
    ranges = [one for one in statuses if isinstance(one, str)]
    if ranges:
        return texts.literal(ranges[0])
    listed = ", ".join(map(str, sorted(exact)))
    return listed if len(exact) == 1 else f"{{{listed}}}"


def _numbers(statuses: Sequence[int | str]) -> str:
    exact = sorted(one for one in statuses if isinstance(one, int))
    if len(exact) < len(statuses):
        return "in range(200, 300)"
    if len(exact) == 1:
        return f"== {exact[0]}"
    return f"in {{{', '.join(map(str, exact))}}}"


def _content_type(method: Method) -> str | None:
    """What must be said of the body, where the client does not say it itself."""
    if method.body is None:
        return None
    media_type = method.body.media_type.partition(";")[0].strip()
    if not media_type.isascii() or not media_type.isprintable() or "*" in media_type:
        return None
    if media_type in {"application/json", _FORM} or media_type.startswith("multipart/"):
        return None
    return media_type


def _body_argument(method: Method) -> str:
    body = method.body
    if body is not None and body.shape is not None:
        return "json=body"
    media_type = body.media_type if body is not None else ""
    if media_type.startswith("multipart/"):
        return "files=body"
    return "data=body" if media_type.startswith(_FORM) else "content=body"


def _call_of_dict(opening: str, pairs: Sequence[str]) -> str:
    line = f"        {opening}{{{', '.join(pairs)}}})"
    if len(line) <= texts.WIDTH:
        return line
    inner = "".join(f"                {pair},\n" for pair in pairs)
    return f"        {opening}\n            {{\n{inner}            }}\n        )"


def _split(annotation: str) -> set[str]:
    for sign in "[]|,":
        annotation = annotation.replace(sign, " ")
    return set(annotation.split())


_SOURCES = (
    ("datetime", "date"),
    ("httpx2", "Response"),
    ("pydantic", "AwareDatetime"),
    ("typing", "Any"),
    ("typing", "Literal"),
    ("urllib.parse", "quote"),
    ("uuid", "UUID"),
)
_WORDS = ("Any", "AwareDatetime", "Literal", "UUID", "date")
