"""What simulated callers do besides waiting: press the key for a call-back, agree to it, answer when they are called.

Who has agreed hangs up when the last word has been said. Dialled, a customer answers with the probability
`Callers.reached`, after the scenario's answer delay; else it rings until the engine gives up.
"""

from __future__ import annotations

from collections.abc import Iterator

from numpy.random import Generator

from allo.core.callback import CONFIRM_KEY
from allo.core.effects import AdoptLeg, DialNumber
from allo.core.events import KeyPressed, LegAnswered, LegEnd, LegEnded
from allo.sim.callers import Caller
from allo.sim.world import World


class Customers:
    """The callers of a scenario who want to be called back."""

    def __init__(self, world: World, callers: dict[str, Caller], luck: Generator, delays: Iterator[float]) -> None:
        self._world = world
        self._callers = callers
        self._luck = luck
        self._delays = delays
        self._legs: dict[str, str] = {}
        """Calls to the legs on which their customers were reached."""

    def leg_of(self, call_id: str) -> str:
        """The leg on which the customer is."""
        return self._legs.get(call_id, call_id) if self._legs else call_id

    def begins_to_wait(self, caller: Caller) -> None:
        """Should the wait be long, the caller will press the key."""
        self._world.at(self._world.now + caller.callback_s, self._wants_callback, caller)

    def is_asked(self, call_id: str) -> None:
        """The number has been read out: it is right."""
        self._world.say(KeyPressed(call_id, CONFIRM_KEY))

    def is_dialled(self, effect: DialNumber) -> None:
        """The customer's telephone rings."""
        if self._luck.random() < self._callers[effect.call_id].reached:
            self._world.at(self._world.now + next(self._delays), self._world.say, LegAnswered(effect.leg_id))
        else:
            gone = LegEnded(effect.leg_id, LegEnd.NO_ANSWER)
            self._world.at(self._world.now + effect.ring_s, self._world.say, gone)

    def is_adopted(self, effect: AdoptLeg) -> None:
        """The customer has answered."""
        self._legs[effect.call_id] = effect.leg_id

    def _wants_callback(self, caller: Caller) -> None:
        call = self._world.engine.state.calls.get(caller.call_id)
        if call is None or call.answered_at or call.callback is not None:
            return
        rules = self._world.engine.state.queues[call.queue_id].callback if call.queue_id else None
        if rules is not None:
            self._world.say(KeyPressed(caller.call_id, rules.key))
