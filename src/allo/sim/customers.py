"""What simulated callers do besides waiting and talking: press keys, leave messages, answer when they are called.

They press a key when they have heard the question to its end: in a menu the next of `Callers.keys`, in a survey one of
those that answer it, by chance. Who has agreed to a call-back hangs up when the last word has been said. Dialled, a
customer answers with the probability `Callers.reached`, after the scenario's answer delay, or it rings until the engine
gives up; outside numbers which are no customer always answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from numpy.random import Generator

from allo.core.call_states import MENU, SURVEY
from allo.core.callback import CONFIRM_KEY
from allo.core.effects import AdoptLeg, DialNumber, RecordMessage
from allo.core.events import KeyPressed, LegAnswered, LegEnd, LegEnded, MessageRecorded
from allo.sim.callers import Caller
from allo.sim.world import World

CALLBACK_QUESTION = "say:callback:"


class Customers:
    """The callers of a scenario as they act of themselves."""

    def __init__(self, world: World, callers: dict[str, Caller], luck: Generator, delays: Iterator[float]) -> None:
        self._world = world
        self._callers = callers
        self._luck = luck
        self._delays = delays
        self._legs: dict[str, str] = {}
        """Calls to the legs on which their customers were reached."""
        self._pressed: dict[str, int] = {}
        """How many keys each caller has pressed in menus."""

    def leg_of(self, call_id: str) -> str:
        """The leg on which the customer is."""
        return self._legs.get(call_id, call_id) if self._legs else call_id

    def begins_to_wait(self, caller: Caller) -> None:
        """Should the wait be long, the caller will press the key."""
        self._world.at(self._world.now + caller.callback_s, self._wants_callback, caller)

    def has_heard(self, call_id: str, prompt: str) -> None:
        """A prompt is over: if it was a question, the caller answers."""
        if prompt.startswith(CALLBACK_QUESTION):
            self._world.say(KeyPressed(call_id, CONFIRM_KEY))  # the number read out is right
            return
        call = self._world.engine.state.calls.get(call_id)
        if call is None or call.prompts:
            return
        if call.state is MENU:
            pressed = self._pressed.get(call_id, 0)
            keys = self._callers[call_id].of.keys
            if pressed < len(keys):
                self._pressed[call_id] = pressed + 1
                self._world.say(KeyPressed(call_id, keys[pressed]))
        elif call.state is SURVEY and call.surveyed is not None and not call.surveyed.is_over:
            questions = call.surveyed.survey.questions
            if call.surveyed.question < len(questions):
                keys = tuple(questions[call.surveyed.question].keys)
                self._world.say(KeyPressed(call_id, keys[int(self._luck.integers(len(keys)))]))

    def may_speak(self, effect: RecordMessage) -> None:
        """After the tone: a message, or no word and the end."""
        world, message_s = self._world, self._callers[effect.call_id].message_s
        if not message_s:
            world.at(world.now, world.say, LegEnded(effect.call_id))
        lasts_s = min(message_s, effect.limit_s)
        recorded = MessageRecorded(effect.call_id, effect.recording_id, lasts_s)
        world.at(world.now + lasts_s, world.say, recorded)

    def is_dialled(self, effect: DialNumber) -> None:
        """An outside telephone rings: the customer's, or another's."""
        world, call = self._world, self._world.engine.state.calls[effect.call_id]
        is_customer = call.callback is not None and effect.call_id not in self._legs
        if not is_customer or self._luck.random() < self._callers[effect.call_id].of.reached:
            world.at(world.now + next(self._delays), world.say, LegAnswered(effect.leg_id))
        else:
            gone = LegEnded(effect.leg_id, LegEnd.NO_ANSWER)
            world.at(world.now + effect.ring_s, world.say, gone)

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
