"""From the first ring on: answering, what comes before everything else, and arriving wherever the journey leads.

A call to a number nobody configured hears so and ends. Greetings of a queue take turns, those in the caller's language
if it has some. An ended call is forgotten: should a doubled notice of it come later, answering its vanished leg fails
and comes back as `LegEnded`.
"""

from __future__ import annotations

from allo.core.call import Call
from allo.core.call_states import GREETED, WAITING
from allo.core.callers_way import Target, TargetKind
from allo.core.conversation import end_call
from allo.core.effects import AnswerCall, StartMusic
from allo.core.events import CallArrived
from allo.core.facts import CallEntered, CallStarted, EndReason
from allo.core.journey import flow_out, go, play_next, turn_away, way_out
from allo.core.menu import enter_menu
from allo.core.model import NumberRoute, Queue
from allo.core.offers import seek_agent
from allo.core.outside import forward
from allo.core.protection import is_anonymous, is_let_through, slowing
from allo.core.turn import Turn
from allo.core.voicemail import begin_voicemail
from allo.core.waiting import enter

UNKNOWN_NUMBER_PROMPT = "system:unknown_number"
UNAVAILABLE_PROMPT = "system:unavailable"


def call_arrived(turn: Turn, event: CallArrived) -> None:
    """A caller reached us: answer, and play what comes before the target."""
    state = turn.state
    if event.call_id in state.calls:
        return
    route = state.config.route_of(event.number)
    target = route.leads_to if route else None
    queue_id = target.id if target is not None and target.kind is TargetKind.QUEUE else None
    call = _new_call(event, route, queue_id if queue_id in state.queues else "", turn.now)
    state.calls[call.id] = call
    turn.touched.add(("call", call.id))
    turn.record(CallStarted(turn.now, call.id, call.number, call.caller, call.caller_name, call.queue_id))
    if not is_let_through(turn, call, route):
        return
    turn.do(AnswerCall(call.id))
    if route is None or target is None or queue_id == "":
        turn_away(turn, call, EndReason.UNKNOWN_NUMBER, UNKNOWN_NUMBER_PROMPT)
    else:
        go(turn, call, target, *slowing(turn, call), route.opening_message)


def _new_call(event: CallArrived, route: NumberRoute | None, queue_id: str, now: float) -> Call:
    call = Call(
        event.call_id, event.number, event.caller, event.caller_name, event.customer_id, queue_id, now, GREETED, now
    )
    call.priority, call.needs = event.priority, event.requirements
    call.last_agent_id, call.last_greeting = event.last_agent_id, event.last_greeting
    call.customer_kind = event.kind
    call.language = event.language or (route.language if route else "en")
    if route is not None:
        call.priority += route.priority
        call.needs = (*route.requirements, *event.requirements)
    return call


def arrive(turn: Turn, call: Call) -> None:
    """The call's prompts have been played: into its target."""
    target = call.target or Target(TargetKind.HANG_UP)
    kind = target.kind
    if kind is TargetKind.QUEUE:
        _arrive_at_queue(turn, call, turn.state.queues.get(target.id))
    elif kind is TargetKind.MENU and target.id in turn.state.config.menus:
        enter_menu(turn, call, turn.state.config.menus[target.id])
    elif kind is TargetKind.VOICEMAIL and target.id in turn.state.config.voicemails:
        begin_voicemail(turn, call, turn.state.config.voicemails[target.id])
    elif kind is TargetKind.NUMBER:
        forward(turn, call, target.id)
    elif kind is TargetKind.MESSAGE:
        go(turn, call, Target(TargetKind.HANG_UP), target.id)
    elif kind is TargetKind.HANG_UP:
        end_call(turn, call, call.turned_away or EndReason.MESSAGE_PLAYED)
    else:
        turn_away(turn, call, EndReason.UNAVAILABLE, UNAVAILABLE_PROMPT)


def _arrive_at_queue(turn: Turn, call: Call, queue: Queue | None) -> None:
    """Into the line, past the greeting; unless the queue takes nobody now."""
    if queue is None:
        turn_away(turn, call, EndReason.UNAVAILABLE, UNAVAILABLE_PROMPT)
        return
    call.queue_id = queue.id
    because = way_out(turn, queue)
    if because is None and queue.when_anonymous is not None and is_anonymous(call):
        because = EndReason.ANONYMOUS
    if because is not None:
        flow_out(turn, call, queue, because)
        return
    greeting = "" if call.is_greeted else _choose_greeting(turn, queue, call)
    call.is_greeted = True
    if greeting:
        call.prompts = [greeting]
        play_next(turn, call, greeting_of=queue.id)
        return
    turn.move_call(call, WAITING)
    position = enter(turn, call)
    turn.record(CallEntered(turn.now, call.id, call.queue_id, position))
    turn.do(StartMusic(call.id, queue.music))
    seek_agent(turn, call)


def _choose_greeting(turn: Turn, queue: Queue, call: Call) -> str:
    """The queue's greetings in the caller's language take turns; nobody who returns hears the same twice running."""
    if not queue.greetings:
        return ""
    greetings = turn.state.config.in_language(queue.greetings, call.language)
    turns, whose = turn.state.greeting_turns, queue.id
    if len(greetings) < len(queue.greetings):
        whose += f":{call.language}"
    place = turns.get(whose, 0)
    if greetings[place % len(greetings)] == call.last_greeting:
        place += 1
    turns[whose] = place + 1
    return greetings[place % len(greetings)]
