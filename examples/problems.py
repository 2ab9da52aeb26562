"""How the API says no (RFC 9457), the same for all three teams."""

from typing import Literal

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One value that was refused: where it stood, and why."""

    place: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    detail: str


class Problem(BaseModel):
    """A refusal; `errors` is there when single values are to blame."""

    type: str = Field(pattern="^urn:problem:")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[FieldProblem] = []

    @property
    def pointers(self) -> set[str]:
        """The JSON pointers of the refused values."""
        return {error.pointer for error in self.errors}
