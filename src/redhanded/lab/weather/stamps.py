"""What the upstream puts on every answer, learned from those that passed."""

from __future__ import annotations

from dataclasses import dataclass, field

from redhanded.lab.weather.wire import AnswerHead, Request

_LASTING = ("server", "x-build", "x-powered-by", "via")


@dataclass(slots=True)
class Stamps:
    """Headers by which an answer is known to be the API's own."""

    lasting: dict[str, str] = field(default_factory=dict)
    tracing: str | None = None  # the header that tells the trace back

    def learn(self, answer: AnswerHead, request: Request) -> None:
        """Takes note of an answer."""
        for name in _LASTING:
            value = answer.head.get(name)
            if value is not None:
                self.lasting[name] = value
        if request.trace_id:
            trace = request.trace_id.encode()
            names = [name for name, value in answer.head.fields if value == trace]
            self.tracing = names[0].decode("latin-1") if names else self.tracing

    def of(self, request: Request) -> dict[str, str]:
        """The headers that the API would put on its answer to this request."""
        known = {name.title(): value for name, value in self.lasting.items()}
        if self.tracing and request.trace_id:
            known[self.tracing.title()] = request.trace_id
        return known
