"""A document read for its suite: what answers it gives itself, and the files that come of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.scaffold.answers import DEMO_URL, Auth
from redhanded.scaffold.openapi import methods, models, settings, target, texts
from redhanded.scaffold.openapi.clients import Clients
from redhanded.scaffold.openapi.naming import Classes
from redhanded.scaffold.openapi.paths import fixed
from redhanded.scaffold.openapi.shapes import Shapes
from redhanded.scaffold.openapi.suite import Suite
from redhanded.scaffold.plan import File
from redhanded.scaffold.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.scaffold.answers import Answers
    from redhanded.scaffold.openapi.identities import Identities
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.sources import Source

_RESERVED = ("Service", "Case", "Cleanup", "Factory")
_MOST_TOLD = 3


class Draft:
    """All that `redhanded init --from` makes of one document.

    Raises DocumentUnusable for a document without an operation that a client could call.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        document = source.document
        shapes = Shapes(document)
        self.methods: list[Method]
        self.identities: Identities
        self.methods, self.identities = methods.methods_of(document, shapes)
        if not self.methods:
            raise DocumentUnusable(
                f"{document.name} has no operation below `paths` that a client could call:"
                " name a document that has some."
            )
        self._classes = Classes(shapes.models, _RESERVED)
        self._clients = Clients(self.methods, self._classes)
        self._vague: tuple[str, ...] = ()

    def answers(self, answers: Answers) -> Answers:
        """The answers, with what the document says itself: where the API is, and who may call."""
        main = self.identities.main
        url = target.base_url(self._source.document)
        well = target.health(self.methods) or target.simplest(self._suite(answers).canaries)
        return replace(
            answers,
            is_demo=False,
            document=self._source.place,
            base_url=url or self._origin + target.server_path(self._source.document),
            health=fixed(well.operation.template) if well is not None else "/",
            auth=main.kind if main is not None else Auth.NONE,
            key_name=main.key_name if main is not None else "",
            key_place=main.key_place if main is not None else "header",
            token_url=main.token_url if main is not None else "",
            tables=self._tables(answers),
            more_secrets=settings.variables(self.identities.others),
        )

    def files(self, answers: Answers) -> Iterator[File]:
        """The copy of the document, models, client and tests, for answers that know it.

        Raises UsageError where what makes models is not installed.
        """
        for place, text in self._source.copies:
            yield File(place, text)
        for file in self._modules(answers):
            # What makes models breaks no long line, and a formatter would.
            is_laid_out = not file.path.endswith("/models.py")
            yield File(file.path, texts.lined(file.text, is_laid_out=is_laid_out))

    def _modules(self, answers: Answers) -> Iterator[File]:
        package = answers.package
        written = models.written(self._classes, answers)
        self._vague = written.vague
        yield rendered(f"{package}/__init__.py", "openapi/__init__.py", answers, title=self.title)
        yield File(f"{package}/models.py", written.text)
        yield from self._clients.files(answers, self.title)
        yield from self._suite(answers).files(answers)

    @property
    def _origin(self) -> str:
        return self._source.origin or DEMO_URL

    @property
    def _is_placeless(self) -> bool:
        return not self._source.origin and target.base_url(self._source.document) is None

    @property
    def title(self) -> str:
        """What the document calls the API, in plain words."""
        info = self._source.document.root.get("info")
        said = info.get("title") if isinstance(info, dict) else None
        return texts.remark(said, 60).strip(" .,:;'") or "The API"

    def notes(self, answers: Answers) -> Iterator[str]:
        """Sentences on what is not as the document has it, or cannot be known from it."""
        numbered = list(methods.numbered(self.methods))
        if numbered:
            yield f"Two operations cannot have one name: {_some(numbered)}."
        if self._vague:
            yield f"No model could be made of {_some(list(self._vague))}: it takes any fields."
        if self._source.document.flaws:
            told = [str(flaw) for flaw in self._source.document.flaws]
            yield f"The document has flaws, of which the tests tell: {_some(told)}."
        yield from self._source.notes
        if self._is_placeless and answers.base_url.startswith(DEMO_URL):
            yield (
                f"The document does not say where its API is: base_url is {answers.base_url} until"
                " you change it in pyproject.toml."
            )
        suite = self._suite(answers)
        if not suite.canaries:
            yield (
                "No canary is written: every read needs something that the document does not say;"
                " write one with data that is always there, with the marker `canary`."
            )
        if suite.untested:
            yield (
                f"{len(suite.untested)} of {len(self.methods)} operations need what the document"
                f" does not say, such as ids: they stand at the end of"
                f" {answers.tests}/test_functional.py."
            )

    def _suite(self, answers: Answers) -> Suite:
        return Suite(self.methods, self._classes, self._clients, self.identities, answers.package)

    def _tables(self, answers: Answers) -> str:
        who = self.identities
        return settings.tables(who.others, self._suite(answers).trips, who.main)


def _some(told: list[str]) -> str:
    """The first few of them, each as plain text, and how many there are beside."""
    shown = "; ".join(texts.remark(one, 150) for one in told[:_MOST_TOLD])
    more = len(told) - _MOST_TOLD
    return f"{shown}; and {more} more" if more > 0 else shown
