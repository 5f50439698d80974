"""The conversation: from the agent's answer through loss and return to the end of the call, and its one outcome.

Decides what a broken agent leg means: a hang-up ends the call; a loss (the browser reloaded, the network
went) leaves the caller with music until the same agent is back or patience ends, then the call returns
to the front of its queue. Holding is in `holds`, what the agent does afterwards in `wrap_up`.
Invariant: an agent is in at most one call.
"""

from __future__ import annotations

from allo.core.agent_states import NOT_READY, ON_CALL, READY, SystemReason
from allo.core.call import Call, Offer
from allo.core.call_states import (
    DIALLING,
    ENDED,
    FORWARDED,
    GREETED,
    LOST,
    MENU,
    SURVEY,
    TALKING,
    VOICEMAIL,
    WAITING,
    CallState,
)
from allo.core.effects import EndLeg, OfferCall, SetRecording, StartMusic, WhisperPrompt
from allo.core.facts import (
    AgentBack,
    AgentLost,
    CallAnswered,
    CallEnded,
    CallRequeued,
    CallTaken,
    CallTransferred,
    EndReason,
    OfferOutcome,
    Outcome,
    RecordingPaused,
)
from allo.core.hearing import connect
from allo.core.holds import close_hold
from allo.core.offers import close_offer, release, seek_agent, withdraw_offers
from allo.core.parties import dismiss, let_go
from allo.core.state import AgentLive
from allo.core.turn import Turn
from allo.core.waiting import come_back, leave
from allo.core.wrap_up import begin_wrapup


def accept_offer(turn: Turn, call: Call, offer: Offer) -> None:
    """The agent's device answered: the conversation begins, and nobody else rings any more."""
    agent = close_offer(turn, call, offer, OfferOutcome.ACCEPTED)
    leave(turn, call, is_answered=True)
    turn.move_call(call, DIALLING if call.is_absent else TALKING)
    turn.move_agent(agent, ON_CALL)
    agent.calls_taken += 1
    call.agent_id, call.leg_id, call.routed_because = agent.id, offer.leg_id, offer.reason
    call.served_by = agent.id
    if call.state is TALKING:
        begin_talk(turn, call)
    if call.offers:
        withdraw_offers(turn, call)


def begin_talk(turn: Turn, call: Call) -> None:
    """Agent and customer are both there."""
    connect(turn, call)
    if turn.state.queues[call.queue_id].whisper:
        turn.do(WhisperPrompt(call.id, call.leg_id, f"say:caller:{call.caller_name}", call.language))
    if call.answered_at:
        turn.record(CallTaken(turn.now, call.id, call.queue_id, call.agent_id, turn.now - call.parted_at))
    else:
        call.answered_at, call.answered_in = turn.now, call.queue_id
        call.answered_wait_s, call.answered_entered_at = _wait_s(call, turn.now), call.entered_at
        turn.record(CallAnswered(turn.now, call.id, call.queue_id, call.agent_id, call.answered_wait_s))


def part(turn: Turn, call: Call, kind: str, to: str, *, is_consulted: bool = False) -> AgentLive:
    """The agent leaves the conversation, which goes on without them; what becomes of both is the caller's business."""
    agent = take_out(turn, call)
    talk_s, hold_s = call.talk_s - call.talk_before_s, call.hold_s - call.hold_before_s
    call.talk_before_s, call.hold_before_s = call.talk_s, call.hold_s
    turn.record(CallTransferred(turn.now, call.id, call.queue_id, agent.id, kind, to, is_consulted, talk_s, hold_s))
    return agent


def take_out(turn: Turn, call: Call) -> AgentLive:
    """The agent's leg ends, the caller's does not."""
    agent = turn.state.agents[call.agent_id]
    let_go(turn, call)
    close_hold(turn, call)
    turn.settle(call)
    end_recording_pause(turn, call)
    if call.leg_id:
        turn.end_leg(call.leg_id)
    drop_back_leg(turn, call)
    call.agent_id = call.leg_id = ""
    call.parted_at = turn.now
    call.is_muted = call.needs_help = False
    turn.touched.add(("call", call.id))
    return agent


def lose_agent(turn: Turn, call: Call) -> None:
    """The agent's leg broke: the caller waits with music for the same agent, for a while."""
    queue = turn.state.queues[call.queue_id]
    close_hold(turn, call)
    turn.state.legs.pop(call.leg_id, None)
    call.leg_id = ""
    call.is_muted = False
    call.parted_at = turn.now
    turn.move_call(call, LOST)
    turn.touched.add(("agent", call.agent_id))
    turn.do(StartMusic(call.id, queue.music))
    turn.start_timer(f"lost:{call.id}", turn.now + queue.lost_agent_patience_s)
    turn.record(AgentLost(turn.now, call.id, call.agent_id))
    if turn.state.agents[call.agent_id].device_up:
        attach_phone(turn, call)


def attach_phone(turn: Turn, call: Call) -> None:
    """Dial the agent's device anew to bring a running conversation back to it."""
    configured = turn.state.config.agents.get(call.agent_id)
    if call.back_leg_id or configured is None:
        return
    call.back_leg_id = call.next_agent_leg_id()
    turn.state.legs[call.back_leg_id] = call.id
    turn.do(OfferCall(call.id, call.back_leg_id, call.agent_id, configured.device, auto_answer=True))


def drop_back_leg(turn: Turn, call: Call) -> None:
    """Stop bringing the conversation back, if that is under way (until the next `attach_phone`)."""
    if call.back_leg_id:
        turn.end_leg(call.back_leg_id)
        call.back_leg_id = ""


def agent_back(turn: Turn, call: Call) -> None:
    """The agent answered on the new leg: it takes the old one's place."""
    old_leg_id, call.leg_id, call.back_leg_id = call.leg_id, call.back_leg_id, ""
    if old_leg_id:
        turn.end_leg(old_leg_id)
    turn.touched.add(("call", call.id))
    if call.state is LOST:
        turn.record(AgentBack(turn.now, call.id, call.agent_id, turn.now - call.since_at))
        turn.cancel_timer(f"lost:{call.id}")
        turn.move_call(call, TALKING)
    connect(turn, call)


def give_up_lost_agent(turn: Turn, call: Call) -> None:
    """The agent did not come back in time: the call waits at the front of its queue again."""
    agent = turn.state.agents[call.agent_id]
    drop_back_leg(turn, call)
    dismiss(turn, call)
    end_recording_pause(turn, call)
    call.agent_id = ""
    call.needs_help = False
    turn.move_call(call, WAITING)
    come_back(turn, call)
    turn.record(CallRequeued(turn.now, call.id, call.queue_id))
    if agent.next_state is READY:
        agent.next_state, agent.next_reason = NOT_READY, SystemReason.PHONE_LOST.value
    release(turn, agent)
    seek_agent(turn, call)


def end_call(turn: Turn, call: Call, reason: EndReason, cause: int = 16) -> None:
    """End a call in any state: release legs, sum it up, send its agent to wrap-up."""
    was = call.state
    if was is WAITING:
        leave(turn, call, has_given_up=True)
        turn.move_call(call, ENDED)
        withdraw_offers(turn, call)
    else:
        close_hold(turn, call)
        turn.move_call(call, ENDED)
    if call.leg_id:
        turn.end_leg(call.leg_id)
    drop_back_leg(turn, call)
    dismiss(turn, call)
    end_recording_pause(turn, call)
    for leg_id in (call.outside_leg_id, call.customer_leg_id):
        if leg_id:
            turn.end_leg(leg_id)
    if was in _TIMERS:
        turn.cancel_timer(f"{_TIMERS[was]}:{call.id}")
    turn.do(EndLeg(call.id))
    del turn.state.calls[call.id]
    _sum_up(turn, call, was, reason, cause)
    if call.agent_id:
        begin_wrapup(turn, turn.state.agents[call.agent_id])


def end_recording_pause(turn: Turn, call: Call) -> None:
    """Nothing that is paused stays so for another agent, or for ever."""
    if call.is_recording_paused:
        set_recording_paused(turn, call, is_paused=False)


def set_recording_paused(turn: Turn, call: Call, *, is_paused: bool) -> None:
    """Stop recording for a while, or go on."""
    if call.is_recording_paused is is_paused:
        return
    call.is_recording_paused = is_paused
    turn.touched.add(("call", call.id))
    turn.do(SetRecording(call.id, is_on=not is_paused))
    turn.record(RecordingPaused(turn.now, call.id, call.agent_id, is_paused))
    if is_paused:
        limit_s = turn.state.queues[call.queue_id].recording_pause_limit_s
        turn.start_timer(f"unpause:{call.id}", turn.now + limit_s)
    else:
        turn.cancel_timer(f"unpause:{call.id}")


_TIMERS = {
    DIALLING: "dial",
    GREETED: "pause",
    LOST: "lost",
    MENU: "menu",
    VOICEMAIL: "voicemail",
    SURVEY: "survey",
}
_BY_STATE = {WAITING: Outcome.ABANDONED, FORWARDED: Outcome.FORWARDED}
_BY_REASON = {
    EndReason.PLATFORM_RESTARTED: Outcome.FAILED,
    EndReason.MESSAGE_PLAYED: Outcome.INFORMED,
    EndReason.MESSAGE_LEFT: Outcome.MESSAGE_LEFT,
    EndReason.CALLBACK_FAILED: Outcome.NOT_REACHED,
    EndReason.CALLBACK_CANCELLED: Outcome.NOT_REACHED,
}


def _wait_s(call: Call, until_at: float) -> float:
    """On the line: of a call-back until it was agreed on."""
    if call.callback is not None and call.callback.agreed_at:
        until_at = call.callback.agreed_at
    return max(0.0, until_at - call.entered_at)


def _unanswered(call: Call, was: CallState, reason: EndReason) -> Outcome:
    if call.turned_away is not None:
        return Outcome.REJECTED
    return _BY_REASON.get(reason) or _BY_STATE.get(was, Outcome.LEFT_EARLY)


def _sum_up(turn: Turn, call: Call, was: CallState, reason: EndReason, cause: int) -> None:
    if call.answered_at:
        outcome = Outcome.ANSWERED
        wait_s, entered_at = call.answered_wait_s, call.answered_entered_at
    else:
        entered_at = call.entered_at
        wait_s = _wait_s(call, turn.now) if call.entered_at else 0.0
        outcome = _unanswered(call, was, reason)
    turn.record(
        CallEnded(
            turn.now,
            call.id,
            call.answered_in or call.queue_id,
            call.served_by,
            call.number,
            call.caller,
            outcome,
            reason,
            cause,
            call.started_at,
            entered_at,
            call.answered_at,
            wait_s,
            call.talk_s,
            call.hold_s,
            call.callback is not None and call.callback.agreed_at > 0,
        )
    )
