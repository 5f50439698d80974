"""Call-backs: the caller hangs up and keeps the place; when an agent answers for them, the customer is dialled.

Decides what keys mean while the number is agreed, when a call-back may be offered (calling hours, time between tries)
and what follows a try: a conversation, another try, or the end. A message in a voicemail becomes a call-back too.

Invariants: an agreed call-back is WAITING with the urgency it had, or DIALLING with its agent; a parked one is offered
to nobody and has its timer `callback:`; the customer is dialled only for an agent who has answered.
"""

from __future__ import annotations

from allo.core import announcing
from allo.core.agent_states import NOT_READY, READY, SystemReason
from allo.core.call import Call, Callback
from allo.core.call_states import TALKING, WAITING
from allo.core.conversation import begin_talk, drop_back_leg, end_call
from allo.core.effects import AdoptLeg, EndLeg, PlayPrompt, StartMusic
from allo.core.facts import CallbackAgreed, CallbackTried, EndReason, OutsideRefusal, TryOutcome
from allo.core.model import CallbackRules
from allo.core.offers import release, seek_agent, seek_call
from allo.core.outside import dial, drop_outside_leg, wait_for_answer
from allo.core.promises import callback_agreed, words_owed
from allo.core.refusal import Refusal
from allo.core.requests import CancelCallback
from allo.core.turn import Turn
from allo.core.waiting import come_back

ASKING_S = 15.0
"""How long a key is waited for while the number is agreed."""
PROPOSED_AGAIN_S = 5.0
"""Later, when a call-back cannot be proposed because the call rings or something is being said."""
MOST_WRONG_NUMBERS = 3
MOST_DIGITS = 15
CONFIRM_KEY, OTHER_NUMBER_KEY, BACK_KEY, DONE_KEY = "1", "2", "*", "#"
NUMBER_PROMPT = "system:callback_number"
WRONG_NUMBER_PROMPT = "system:callback_wrong_number"
AGREED_PROMPT = "system:callback_agreed"


def rules_of(turn: Turn, call: Call) -> CallbackRules:
    """The rules of the call's queue, or the usual ones where they have been taken away meanwhile."""
    queue = turn.state.queues.get(call.queue_id)
    return (queue.callback if queue else None) or CallbackRules()


def key_pressed(turn: Turn, call: Call, key: str) -> None:
    """A waiting caller's key: the wish for a call-back, or a part of agreeing on it."""
    queue = turn.state.queues[call.queue_id]
    if call.callback is None:
        if queue.callback is not None and key == queue.callback.key and not call.answered_at:
            number = call.caller if turn.state.config.may_dial(call.caller) else ""
            call.callback = Callback(number)
            _ask(turn, call, f"say:callback:{number}" if number else NUMBER_PROMPT)
    elif call.callback.agreed_at:
        return
    elif key == BACK_KEY:
        _forget(turn, call)
    elif call.callback.number:
        _confirm(turn, call, call.callback, key)
    else:
        _type(turn, call, call.callback, key)


def prompt_played(turn: Turn, call: Call, prompt: str) -> None:
    """After the last word of a call-back the caller is released; after an announcement music goes on."""
    if call.callback is None:
        announcing.prompt_played(turn, call, prompt)
        return
    if call.prompts[:1] != [prompt]:
        return
    del call.prompts[0]
    if call.prompts:
        turn.do(PlayPrompt(call.id, call.prompts[0], call.language))
    elif call.callback.agreed_at:
        turn.do(EndLeg(call.id))
        caller_gone(turn, call, call.callback)


def caller_gone(turn: Turn, call: Call, callback: Callback) -> None:
    """The customer has hung up and will be called back."""
    if not callback.is_alone:
        callback.is_alone = True
        call.prompts.clear()
        schedule(turn, call, callback)


def time_passed(turn: Turn, call: Call) -> None:
    """The timer of a call-back: the wait is long enough to propose one, an answer did not come, or it is due."""
    callback = call.callback
    if callback is None:
        if call.offers or call.prompts:
            turn.start_timer(f"callback:{call.id}", turn.now + PROPOSED_AGAIN_S)
            return
        announcing.say(turn, call, rules_of(turn, call).offer_prompt)
    elif not callback.agreed_at:
        _forget(turn, call)
    else:
        schedule(turn, call, callback)


def schedule(turn: Turn, call: Call, callback: Callback) -> None:
    """Offer a call-back now, or park it until it may be offered; without any such time it is over.

    What rings when it is parked may still be answered.
    """
    hours = rules_of(turn, call).hours
    due_at: float | None = max(turn.now, callback.not_before_at)
    if hours is not None and due_at is not None:
        due_at = hours.next_opening(due_at)
    if due_at is None:
        end_call(turn, call, EndReason.CALLBACK_FAILED)
        return
    callback.is_parked = due_at > turn.now
    turn.touched.update((("call", call.id), ("queue", call.queue_id)))
    closes_at = hours.next_closing(turn.now) if hours is not None else None
    turn.cancel_timer(f"callback:{call.id}")
    if callback.is_parked:
        turn.start_timer(f"callback:{call.id}", due_at)
        return
    if closes_at is not None:
        turn.start_timer(f"callback:{call.id}", closes_at)
    seek_agent(turn, call)


def ring_customer(turn: Turn, call: Call) -> None:
    """The agent has answered: dial the customer."""
    if call.callback is None:
        return
    call.callback.tries += 1
    ring_s = rules_of(turn, call).ring_s
    leg_id = dial(turn, call, call.callback.number, ring_s)
    if isinstance(leg_id, OutsideRefusal):
        try_failed(turn, call, TryOutcome.NOT_ALLOWED)
    else:
        wait_for_answer(turn, call, leg_id, ring_s)


def customer_answered(turn: Turn, call: Call) -> None:
    """The customer is there: the conversation begins, and goes on as every other."""
    _tried(turn, call, TryOutcome.ANSWERED)
    turn.cancel_timer(f"dial:{call.id}")
    call.customer_leg_id, call.outside_leg_id = call.outside_leg_id, ""
    if call.callback is not None:
        call.callback.is_parked = False  # the calling hours may have ended while it rang
    turn.do(AdoptLeg(call.id, call.customer_leg_id))
    turn.move_call(call, TALKING)
    begin_talk(turn, call)


def try_failed(turn: Turn, call: Call, outcome: TryOutcome) -> None:
    """No conversation came of it: the agent is free at once, the customer is tried again later or given up."""
    callback, agent = call.callback, turn.state.agents[call.agent_id]
    if callback is None:
        return
    _tried(turn, call, outcome)
    drop_outside_leg(turn, call)
    drop_back_leg(turn, call)
    turn.end_leg(call.leg_id)
    call.agent_id = call.leg_id = ""
    rules = rules_of(turn, call)
    if callback.tries >= rules.most_tries:
        end_call(turn, call, EndReason.CALLBACK_FAILED)
    else:
        callback.not_before_at = turn.now + rules.retry_s
        callback.is_parked = True
        turn.move_call(call, WAITING)
        come_back(turn, call)
        schedule(turn, call, callback)
    if outcome is TryOutcome.AGENT_LOST and agent.next_state is READY:
        agent.next_state, agent.next_reason = NOT_READY, SystemReason.PHONE_LOST.value
    release(turn, agent)
    seek_call(turn, agent)


def cancel_callback(turn: Turn, request: CancelCallback) -> Refusal | None:
    """A team leader takes a call-back off the list."""
    call = turn.state.calls.get(request.call_id)
    if call is None:
        return Refusal.UNKNOWN_CALL
    if call.callback is None or not call.callback.is_alone:
        return Refusal.NOT_A_CALLBACK
    if call.state is not WAITING or call.customer_leg_id:
        return Refusal.IN_CALL
    end_call(turn, call, EndReason.CALLBACK_CANCELLED)
    return None


def _confirm(turn: Turn, call: Call, callback: Callback, key: str) -> None:
    if key == OTHER_NUMBER_KEY:
        callback.number = ""
        _ask(turn, call, NUMBER_PROMPT)
    elif key == CONFIRM_KEY:
        callback.agreed_at = turn.now
        callback.is_parked = True
        turn.cancel_timer(f"callback:{call.id}")
        turn.cancel_timer(f"too_long:{call.id}")
        waited_s = turn.now - call.entered_at
        turn.record(CallbackAgreed(turn.now, call.id, call.queue_id, callback.number, waited_s))
        turn.touched.add(("call", call.id))
        callback_agreed(turn, call)
        announcing.fall_silent(turn, call, is_answered=False, has_given_up=False)
        announcing.say(turn, call, *words_owed(call), AGREED_PROMPT)


def _type(turn: Turn, call: Call, callback: Callback, key: str) -> None:
    """Digits, and `#` at the end; they must mean a number that may be dialled. It is spoken as it was typed."""
    if key != DONE_KEY:
        callback.typed = (callback.typed + key)[:MOST_DIGITS]
        turn.start_timer(f"callback:{call.id}", turn.now + ASKING_S)
        return
    typed, callback.typed = callback.typed, ""
    config = turn.state.config
    number = turn.number_of(typed, config.country)
    if config.may_dial(number):
        callback.number = number
        _ask(turn, call, f"say:callback:{typed}")
        return
    callback.wrong_numbers += 1
    if callback.wrong_numbers >= MOST_WRONG_NUMBERS:
        _forget(turn, call)
    else:
        _ask(turn, call, WRONG_NUMBER_PROMPT)


def _ask(turn: Turn, call: Call, prompt: str) -> None:
    announcing.say(turn, call, prompt)
    turn.start_timer(f"callback:{call.id}", turn.now + ASKING_S)


def _forget(turn: Turn, call: Call) -> None:
    """No call-back after all: the caller waits on."""
    call.callback = None
    call.prompts.clear()
    turn.cancel_timer(f"callback:{call.id}")
    turn.do(StartMusic(call.id, turn.state.queues[call.queue_id].music))


def _tried(turn: Turn, call: Call, outcome: TryOutcome) -> None:
    callback = call.callback
    if callback is not None:
        turn.record(
            CallbackTried(turn.now, call.id, call.queue_id, call.agent_id, callback.number, callback.tries, outcome)
        )
