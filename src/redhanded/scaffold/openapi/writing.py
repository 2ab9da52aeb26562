"""The text of methods: signatures, requests and what is expected of their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.scaffold.openapi import imports, paths, spelling, texts

if TYPE_CHECKING:
    from redhanded.scaffold.openapi.answered import Answer
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.openapi.parameters import Parameter
    from redhanded.scaffold.openapi.shapes import Shape

_VERBS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_JOINED = {"comma": ",", "space": " ", "pipe": "|"}
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
        self._words |= {word for word in _WORDS if word in spelling.split(annotation)}
        return annotation

    def _arguments(self, method: Method) -> list[str]:
        arguments = ["self"]
        arguments += [
            f"{one.argument}: {self._typed(spelling.brief(one.shape))}"
            for one in method.parameters
            if one.place == "path"
        ]
        if method.body is not None:
            said = self._body_type(method)
            arguments.append(
                f"body: {said}" if method.body.is_required else f"body: {spelling.or_none(said)}"
            )
        others = [one for one in method.parameters if one.place != "path"]
        if others:
            arguments.append("*")
        for one in sorted(others, key=lambda one: not one.is_required):
            said = self._typed(spelling.brief(one.shape))
            arguments.append(
                f"{one.argument}: {said}"
                if one.is_required
                else f"{one.argument}: {spelling.or_none(said)}"
            )
        return arguments

    def _body_type(self, method: Method) -> str:
        body = method.body
        if body is not None and body.shape is not None:
            return self._typed(body.shape)
        if body is not None and body.media_type.startswith((spelling.FORM, "multipart/")):
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
        if method.body is not None and (media_type := spelling.content_type(method)) is not None:
            headers = f'{{"Content-Type": {texts.literal(media_type)}}}'
            if places & _OF_HEADERS:
                arguments[arguments.index("headers=headers")] = f"headers=headers | {headers}"
            else:
                arguments.append(f"headers={headers}")
        if method.body is not None:
            arguments.append(spelling.body_argument(method))
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
            lines.append(spelling.call_of_dict("params = given(", pairs["query"]))
        headers = pairs.get("header", [])
        if "cookie" in pairs:
            self._sent.add("cookie")
            headers.append(f'"Cookie": cookie({{{", ".join(pairs["cookie"])}}})')
        if headers:
            self._sent.add("texts")
            lines.append(spelling.call_of_dict("headers = texts(", headers))
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
            return "Response", [
                f"        return expect(response, {spelling.status(statuses or ['2xx'])})"
            ]
        main = method.answers[0]
        same = [one.status for one in method.answers if one.shape == main.shape]
        others = [one.status for one in method.answers if one.shape != main.shape]
        if main.shape is None:
            return self._without_json(method, same)
        said = self._typed(main.shape)
        if others:
            lines = [
                f"        if response.status_code {spelling.numbers(others)}:",
                f"            expect(response, {spelling.status(others)})",
                "            return None",
            ]
            return spelling.or_none(said).removesuffix(" = None"), [
                *lines,
                *self._read(main, same, said),
            ]
        return said, self._read(main, same, said)

    def _without_json(self, method: Method, statuses: list[int | str]) -> tuple[str, list[str]]:
        if any(one.has_body for one in method.answers):
            self._words.add("Response")
            return "Response", [f"        return expect(response, {spelling.status(statuses)})"]
        return "None", [f"        expect(response, {spelling.status(statuses)})"]

    def _read(self, answer: Answer, statuses: list[int | str], said: str) -> list[str]:
        status = spelling.status(statuses)
        if said == "Any":
            return [f"        return expect(response, {status}).json()"]
        if spelling.is_class(answer.shape or {}):
            return [texts.call("return expect(", ["response", status, said], ")", indent=8)]
        expected = texts.call(
            f"answer: {said} = expect(", ["response", status, said], ")", indent=8
        )
        return [expected, "        return answer"]


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
