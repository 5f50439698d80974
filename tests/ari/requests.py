"""Requests to Asterisk as a test sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allo.ari.client import Answer, OnAnswer


@dataclass
class Requests:
    """Remembers requests; the test answers them."""

    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    answers: list[OnAnswer | None] = field(default_factory=list)

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: object = None,
        on_answer: OnAnswer | None = None,
    ) -> None:
        """`client.Connection.send`."""
        self.requests.append((method, path, query or {}, body))
        self.answers.append(on_answer)

    def answer(self, path: str, status: int) -> None:
        """Answer the last request to this path."""
        places = [place for place, request in enumerate(self.requests) if request[1] == path]
        on_answer = self.answers[places[-1]]
        assert on_answer is not None
        on_answer(Answer(status))

    def lines(self) -> list[str]:
        """The requests so far, forgotten afterwards."""
        said = [
            f"{method} {path}{''.join(f' {key}={value}' for key, value in query.items())}"
            for method, path, query, _ in self.requests
        ]
        self.requests.clear()
        self.answers.clear()
        return said
