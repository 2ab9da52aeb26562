"""JUnit files as CI systems read them: held against the schema, then taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema


@cache
def schema() -> xmlschema.XMLSchema:
    """What Jenkins and Surefire allow."""
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


@dataclass(frozen=True)
class JunitFile:
    """A valid JUnit file."""

    suite: ET.Element

    @classmethod
    def parse(cls, text: str) -> JunitFile:
        """The file of that text; an error where it breaks the schema or its own counts."""
        root = ET.fromstring(text)  # noqa: S314  we wrote it ourselves
        schema().validate(root)
        (suite,) = root
        made = cls(suite)
        counts = [len(made.cases), *(made.count(word) for word in ("failure", "error", "skipped"))]
        told = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
        assert [str(count) for count in counts] == told
        assert len(made.cases) == len(suite.findall("testcase"))
        return made

    @property
    def cases(self) -> dict[str, ET.Element]:
        """The testcases by their names, which are unique."""
        return {
            f"{case.get('classname')}::{case.get('name')}": case
            for case in self.suite.iterfind("testcase")
        }

    @property
    def properties(self) -> dict[str, str]:
        """What the file tells of the whole run."""
        found = self.suite.iterfind("properties/property")
        return {each.get("name", ""): each.get("value", "") for each in found}

    def count(self, word: str) -> int:
        """How many testcases hold such an element."""
        return sum(case.find(word) is not None for case in self.cases.values())

    def told(self, name: str) -> list[tuple[str, str, str]]:
        """What a testcase holds beside its output: tag, type and message of each."""
        return [
            (each.tag, each.get("type", ""), each.get("message", ""))
            for each in self.cases[name]
            if each.tag != "system-out"
        ]

    def output(self, name: str) -> list[str]:
        """The lines of a testcase's output."""
        return (self.cases[name].findtext("system-out") or "").splitlines()
