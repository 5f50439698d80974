"""Where a caller goes next: what is played on the way, and when a queue sends callers on instead of keeping them.

Decides whether a queue takes a call now (`way_out`) and sends calls out of it: closed, full, nobody at work, too long.
`go` sends a call anywhere; arriving there (`arrival.arrive`) comes last in the handling of an input, when everything
else is settled. A call keeps the instant from which it has waited, and the urgency of that, through every queue.

Invariants: a call is sent on at most `MOST_FLOWS` times; then it stays where it waits, or ends with a message. An
offer that rings is not taken away because the wait became too long, nor is who presses keys for a call-back; and a
call-back is never sent on.
"""

from __future__ import annotations

from allo.core.agent_states import OFFLINE
from allo.core.call import Call
from allo.core.call_states import GREETED, WAITING
from allo.core.callers_way import Target, TargetKind, WayOut
from allo.core.effects import PlayPrompt, StartMusic
from allo.core.facts import EndReason, FlowedOut, GreetingPlayed, QueueClosed, QueueReopened
from allo.core.model import Queue
from allo.core.offers import withdraw_offers
from allo.core.promises import words_owed
from allo.core.refusal import Refusal
from allo.core.requests import SetEmergencyClosed
from allo.core.selection import level_in
from allo.core.state import Closing
from allo.core.turn import Turn
from allo.core.waiting import leave

MOST_FLOWS = 5
STILL_ASKED_S = 5.0
"""So much later who is just agreeing on a call-back is sent on after all, if nothing came of it."""
PAUSE = "system:pause"
"""Stands among prompts for a pause with music."""
EVERYWHERE = ""
"""The whole centre, where a queue is named."""
_DEFAULTS = {
    EndReason.CLOSED: WayOut(message="system:closed"),
    EndReason.EMERGENCY: WayOut(message="system:closed"),
    EndReason.FULL: WayOut(message="system:all_busy"),
    EndReason.NOBODY_AT_WORK: WayOut(message="system:closed"),
    EndReason.TOO_LONG: WayOut(message="system:all_busy"),
    EndReason.ANONYMOUS: WayOut(message="system:anonymous"),
}


def go(turn: Turn, call: Call, target: Target, *prompts: str) -> None:
    """Send a call that is GREETED, in a MENU, WAITING or DIALLING to a target, after prompts."""
    step_out(turn, call)
    call.target, call.prompts = target, list(filter(None, prompts))
    play_next(turn, call)


def step_out(turn: Turn, call: Call) -> None:
    """Out of where a call is, to GREETED: prompts may be played, and it may go anywhere."""
    if call.state is WAITING:
        leave(turn, call)
        call.waits_since_at, call.entered_at = call.entered_at, 0.0
        turn.move_call(call, GREETED)
        withdraw_offers(turn, call)
    elif call.state is not GREETED:
        turn.move_call(call, GREETED)


def play_next(turn: Turn, call: Call, greeting_of: str = "") -> None:
    """Play what is still to be played (first, it may be, a queue's greeting); then the call arrives at its target."""
    if call.prompts[:1] == [PAUSE]:
        flood = turn.state.config.flood
        turn.do(StartMusic(call.id, "default"))
        turn.start_timer(f"pause:{call.id}", turn.now + (flood.pause_s if flood else 0.0))
    elif call.prompts:
        turn.do(PlayPrompt(call.id, call.prompts[0], call.language))
        turn.record(GreetingPlayed(turn.now, call.id, call.prompts[0], greeting_of))
    else:
        turn.onward.append(call)


def playback_finished(turn: Turn, call: Call, prompt: str) -> None:
    """On to the next prompt or the target; a late or doubled notice changes nothing."""
    if call.prompts[:1] == [prompt] and prompt != PAUSE:
        del call.prompts[0]
        play_next(turn, call)


def pause_over(turn: Turn, call: Call) -> None:
    """A caller who was slowed down goes on."""
    if call.prompts[:1] == [PAUSE]:
        del call.prompts[0]
        play_next(turn, call)


def turn_away(turn: Turn, call: Call, because: EndReason, message: str) -> None:
    """Tell the caller that nobody can take the call, and end it."""
    call.turned_away = because
    go(turn, call, Target(TargetKind.HANG_UP), message)


def way_out(turn: Turn, queue: Queue) -> EndReason | None:
    """Why a queue does not take another call now; None: it does."""
    closed = turn.state.closed
    if closed and (queue.id in closed or EVERYWHERE in closed):
        return EndReason.EMERGENCY
    if queue.hours is not None and not queue.hours.is_open(turn.now):
        return EndReason.CLOSED
    if queue.when_nobody_at_work is not None and not _is_anybody_at_work(turn, queue):
        return EndReason.NOBODY_AT_WORK
    line = turn.state.waiting.get(queue.id, ())
    if queue.most_waiting and len(line) >= queue.most_waiting:
        on_the_line = sum(not call.is_absent for call in line)  # call-backs do not fill it
        return EndReason.FULL if on_the_line >= queue.most_waiting else None
    return None


def flow_out(turn: Turn, call: Call, queue: Queue, because: EndReason) -> None:
    """Send a call that waits in the queue, or was to, where the queue's rule says."""
    way = _way(turn, queue, because)
    target = way.target
    if call.flow_count >= MOST_FLOWS:
        target = Target(TargetKind.HANG_UP)
    call.flow_count += 1
    wait_s = turn.now - call.queued_at if call.entered_at else 0.0
    is_waiting = call.state is WAITING
    turn.record(FlowedOut(turn.now, call.id, queue.id, target.kind, target.id, because, is_waiting, wait_s))
    if target.kind in (TargetKind.HANG_UP, TargetKind.MESSAGE):
        call.turned_away = because
    step_out(turn, call)  # which may break a promise
    go(turn, call, target, *words_owed(call), way.message)


def waited_too_long(turn: Turn, call: Call) -> None:
    """The queue's longest wait is over: sent on, unless it rings just now or the caller agrees on a call-back."""
    if call.callback is not None:
        turn.start_timer(f"too_long:{call.id}", turn.now + STILL_ASKED_S)
    elif call.offers:
        expires_at = max(offer.expires_at for offer in call.offers.values())
        turn.start_timer(f"too_long:{call.id}", max(expires_at, turn.now + 1.0))
    elif call.flow_count < MOST_FLOWS:
        flow_out(turn, call, turn.state.queues[call.queue_id], EndReason.TOO_LONG)


def somebody_left(turn: Turn) -> None:
    """An agent logged out: callers of a queue in which nobody is left are sent on."""
    for queue in turn.state.config.queues.values():
        line = turn.state.waiting.get(queue.id)
        if line and queue.when_nobody_at_work is not None and not _is_anybody_at_work(turn, queue):
            _empty(turn, queue, EndReason.NOBODY_AT_WORK)


def set_emergency_closed(turn: Turn, request: SetEmergencyClosed) -> Refusal | None:
    """Close a queue, or all, at once: its callers hear why and are sent on. Or open it again."""
    state, queue_id = turn.state, request.queue_id
    if queue_id != EVERYWHERE and queue_id not in state.queues:
        return Refusal.UNKNOWN_QUEUE
    closing = state.closed.get(queue_id)
    if not request.is_closed:
        if closing is not None:
            del state.closed[queue_id]
            turn.record(QueueReopened(turn.now, queue_id, request.leader_id, turn.now - closing.since_at))
            _touch(turn, queue_id)
        return None
    if not request.reason.strip():
        return Refusal.NO_REASON
    if closing is not None and (closing.reason, closing.message) == (request.reason, request.message):
        return None
    since_at = closing.since_at if closing else turn.now
    state.closed[queue_id] = Closing(request.reason, request.message, request.leader_id, since_at)
    turn.record(QueueClosed(turn.now, queue_id, request.leader_id, request.reason, request.message))
    _touch(turn, queue_id)
    for queue in list(state.queues.values()):
        if queue_id in (EVERYWHERE, queue.id):
            _empty(turn, queue, EndReason.EMERGENCY)
    return None


def _empty(turn: Turn, queue: Queue, because: EndReason) -> None:
    # those that ring come last: an agent set free by one must not be offered the next
    for call in sorted(turn.state.waiting.get(queue.id, ()), key=lambda call: bool(call.offers)):
        if not call.is_absent and not (call.callback is not None and call.callback.agreed_at):
            flow_out(turn, call, queue, because)


def _way(turn: Turn, queue: Queue, because: EndReason) -> WayOut:
    ways = {
        EndReason.CLOSED: queue.when_closed,
        EndReason.EMERGENCY: queue.when_closed,
        EndReason.FULL: queue.when_full,
        EndReason.NOBODY_AT_WORK: queue.when_nobody_at_work,
        EndReason.TOO_LONG: queue.when_too_long,
        EndReason.ANONYMOUS: queue.when_anonymous,
    }
    way = ways[because] or _DEFAULTS[because]
    if because is EndReason.EMERGENCY:
        closing = turn.state.closed.get(queue.id) or turn.state.closed[EVERYWHERE]
        way = WayOut(way.target, closing.message or way.message)
    return way


def _is_anybody_at_work(turn: Turn, queue: Queue) -> bool:
    agents = turn.state.config.agents
    return any(
        agent.state is not OFFLINE and agent.id in agents and level_in(agents[agent.id], queue.id) is not None
        for agent in turn.state.agents.values()
    )


def _touch(turn: Turn, queue_id: str) -> None:
    turn.touched.update(("queue", id_) for id_ in ([queue_id] if queue_id else turn.state.queues))
