"""From the first ring to the queue: answering, the opening message, the greeting, the place in the line.

A call to a number nobody configured hears so and ends. Greetings of a queue take turns. An ended call is
forgotten: should a doubled notice of it come later, answering its vanished leg fails and comes back as `LegEnded`.
"""

from __future__ import annotations

from allo.core.call_states import CallState
from allo.core.conversation import end_call
from allo.core.effects import AnswerCall, PlayPrompt, StartMusic
from allo.core.events import CallArrived
from allo.core.facts import CallEntered, CallStarted, EndReason, GreetingPlayed
from allo.core.model import Queue
from allo.core.offers import seek_agent
from allo.core.state import Call
from allo.core.turn import Turn
from allo.core.waiting import enter

UNKNOWN_NUMBER_PROMPT = "system:unknown_number"


def call_arrived(turn: Turn, event: CallArrived) -> None:
    """A caller reached us: answer, and play what comes before the queue."""
    state = turn.state
    if event.call_id in state.calls:
        return
    route = state.config.route_of(event.number)
    queue = state.queues.get(route.queue_id) if route else None
    call = Call(
        id=event.call_id,
        number=event.number,
        caller=event.caller,
        caller_name=event.caller_name,
        customer_id=event.customer_id,
        queue_id=queue.id if queue else "",
        priority=event.priority + (route.priority if route else 0),
        needs=(*(route.requirements if route else ()), *event.requirements),
        last_agent_id=event.last_agent_id,
        language=event.language or (route.language if route else "en"),
        started_at=turn.now,
        state=CallState.GREETED,
        since_at=turn.now,
    )
    state.calls[call.id] = call
    turn.touched.add(("call", call.id))
    turn.record(CallStarted(turn.now, call.id, call.number, call.caller, call.caller_name, call.queue_id))
    turn.do(AnswerCall(call.id))
    if route is None or queue is None:
        call.prompts = [UNKNOWN_NUMBER_PROMPT]
    else:
        greeting = _choose_greeting(turn, queue, event.last_greeting)
        call.prompts = [prompt for prompt in (route.opening_message, greeting) if prompt]
    _play_next(turn, call)


def _choose_greeting(turn: Turn, queue: Queue, last: str) -> str:
    """The queue's greetings take turns; a returning customer never hears the same twice running."""
    if not queue.greetings:
        return ""
    turns = turn.state.greeting_turns
    place = turns.get(queue.id, 0)
    if queue.greetings[place % len(queue.greetings)] == last:
        place += 1
    turns[queue.id] = place + 1
    return queue.greetings[place % len(queue.greetings)]


def _play_next(turn: Turn, call: Call) -> None:
    if call.prompts:
        turn.do(PlayPrompt(call.id, call.prompts[0], call.language))
        turn.record(GreetingPlayed(turn.now, call.id, call.prompts[0]))
    elif call.queue_id:
        _enter_queue(turn, call)
    else:
        end_call(turn, call, EndReason.UNKNOWN_NUMBER)


def _enter_queue(turn: Turn, call: Call) -> None:
    turn.move_call(call, CallState.WAITING)
    position = enter(turn, call)
    turn.record(CallEntered(turn.now, call.id, call.queue_id, position))
    turn.do(StartMusic(call.id, turn.state.queues[call.queue_id].music))
    seek_agent(turn, call)


def playback_finished(turn: Turn, call: Call, prompt: str) -> None:
    """On to the next prompt or into the queue; a late or doubled notice changes nothing."""
    if call.prompts[:1] != [prompt]:
        return
    del call.prompts[0]
    _play_next(turn, call)
