"""A control that notes what views ask it, and answers as the test has said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allo.web.control_client import Accepted, Answer, ControlAwayError, PhoneCredentials, Refused, Snapshot

ACCOUNT = PhoneCredentials("agent-7", "words", "sip:agent-7@allo", "/ws", "ulaw")


@dataclass
class AskedControl:
    """`refuses` is the code of every answer; `is_away` makes it unreachable."""

    asked: list[Any] = field(default_factory=list)
    items: dict[str, Any] = field(default_factory=dict)
    refuses: str = ""
    is_away: bool = False

    def __call__(self) -> AskedControl:
        return self

    def send(self, request: object) -> Answer:
        self.asked.append(request)
        if self.is_away:
            return Refused("control_away")
        return Refused(self.refuses) if self.refuses else Accepted()

    def snapshot(self) -> Snapshot:
        self._look()
        return Snapshot(1, self.items)

    def phone_credentials(self, agent_id: str) -> PhoneCredentials:
        self._look()
        self.asked.append(("phone", agent_id))
        return ACCOUNT

    def web_caller_credentials(self) -> PhoneCredentials:
        self._look()
        self.asked.append(("web caller",))
        return ACCOUNT

    def _look(self) -> None:
        if self.is_away:
            raise ControlAwayError("/")
