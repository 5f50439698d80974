"""Outside numbers, rung through one of our lines, and customers who were called back.

Decides which line is used (the one that control names, `OutgoingLine`) and what is sent of a number: as that line
spells it, its digits and signs alone. Whether a number may be dialled is the engine's business. Asterisk ends what
rings for too long. Who answers while control is away hears the prompt of the dialplan, as a new caller does, and comes
in later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from allo.ari import names
from allo.ari.call_media import Calls, Send, look
from allo.ari.client import APPLICATION, LATE, LINK_BROKEN, Answer, path_of
from allo.ari.phones import OutgoingLine
from allo.core.effects import AdoptLeg, DialNumber
from allo.core.events import Event, LegEnd, LegEnded

UNREACHABLE_CAUSE = 20
_NOT_IN_A_NUMBER = re.compile(r"[^0-9+*#]")


class Outside:
    """Legs to outside numbers. `adopted` are those that have become a caller's, and their calls (`Translator`)."""

    def __init__(
        self,
        send: Send,
        calls: Calls,
        legs: set[str],
        adopted: dict[str, str],
        on_event: Callable[[Event], None],
    ) -> None:
        self._send = send
        self._calls = calls
        self._legs = legs
        self._adopted = adopted
        self._on_event = on_event
        self.line: OutgoingLine | None = None

    def dial(self, effect: DialNumber) -> None:
        """Ring the number; without a line, or a number, its leg has ended already."""
        number = _NOT_IN_A_NUMBER.sub("", self.line.spell(effect.number)) if self.line else ""
        if self.line is None or not number:
            self._on_event(LegEnded(effect.leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE))
            return
        self._legs.add(effect.leg_id)
        options = {
            "endpoint": f"{names.TECHNOLOGY}/{number}@{names.TRUNK_PREFIX}{self.line.id}",
            "context": names.OUTSIDE,
            "extension": "s",
            "priority": "1",
            "timeout": str(max(1, round(effect.ring_s))),
        }
        shown = _NOT_IN_A_NUMBER.sub("", self.line.shown_number)
        if shown:
            options["callerId"] = f"<{shown}>"
        answered = partial(self._dialled, effect.leg_id)
        self._send("POST", path_of("channels", effect.leg_id), options, on_answer=answered)
        # The dialplan takes the leg to us, and keeps it while we are away; until then it tells us nothing unasked.
        told_of = {"eventSource": f"channel:{effect.leg_id}"}
        self._send("POST", path_of("applications", APPLICATION, "subscription"), told_of, on_answer=answered)

    def _dialled(self, leg_id: str, answer: Answer) -> None:
        if answer.ok or answer.status == LINK_BROKEN or leg_id not in self._legs:
            return
        self._legs.discard(leg_id)
        look(answer)
        if answer.status == LATE:
            self._send("DELETE", path_of("channels", leg_id))
        self._on_event(LegEnded(leg_id, LegEnd.UNREACHABLE, UNREACHABLE_CAUSE))

    def adopt(self, effect: AdoptLeg) -> None:
        """The leg is the caller's from now on; Asterisk is told too, so that a restarted control finds it."""
        self.is_adopted(effect.call_id, effect.leg_id)
        mark = {"variable": names.CALL_VARIABLE, "value": effect.call_id}
        self._send("POST", path_of("channels", effect.leg_id, "variable"), mark, on_answer=look)

    def is_adopted(self, call_id: str, leg_id: str) -> None:
        """Remember whose the leg is."""
        call = self._calls.of(call_id)
        call.caller_leg, call.is_answered = leg_id, True
        call.playing = ""
        self._adopted[leg_id] = call_id
