"""What the random centres of `test_properties` may do in a conversation, and what must hold of its parties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.call import ConsultState
from allo.core.call_states import CallState
from allo.core.hearing import hearing
from allo.core.model import HoldReason, PartyKind, SupervisionMode
from allo.core.state import State

HOLD_REASONS = {"lookup": HoldReason("lookup", "looking", 7.0)}
PARTIES = (
    (PartyKind.AGENT, "ann"),
    (PartyKind.AGENT, "bob"),
    (PartyKind.AGENT, "eve"),
    (PartyKind.AGENT, "nobody"),
    (PartyKind.QUEUE, "sales"),
    (PartyKind.QUEUE, "support"),
    (PartyKind.NUMBER, "+7495"),
    (PartyKind.NUMBER, "+1900"),
)


def wishes(agent: str, call: str) -> st.SearchStrategy[Any]:
    """What an agent may ask about a call beside the everyday."""
    party = st.sampled_from(PARTIES)
    return st.one_of(
        party.map(lambda to: rq.ConsultParty(agent, call, *to)),
        party.map(lambda to: rq.ConsultParty(agent, call, *to)),
        party.map(lambda to: rq.Transfer(agent, call, *to)),
        st.sampled_from((rq.JoinParties, rq.CompleteTransfer, rq.DropParty, rq.CallForHelp)).map(
            lambda kind: kind(agent, call)
        ),
        st.sampled_from(("lookup", "nonsense")).map(lambda reason: rq.Hold(agent, call, reason)),
        st.booleans().map(lambda another: rq.CoolOff(agent, call, another)),
        st.booleans().map(lambda is_paused: rq.PauseRecording(agent, call, is_paused)),
    )


def leaders_wishes(leader: str, agent: str, call: str) -> st.SearchStrategy[Any]:
    """What a team leader may ask."""
    return st.one_of(
        st.sampled_from(SupervisionMode).map(lambda mode: rq.Supervise(leader, call, mode)),
        st.sampled_from((rq.StopSupervising, rq.TakeOver)).map(lambda kind: kind(leader, call)),
        st.sampled_from((AgentState.READY, AgentState.NOT_READY, AgentState.OFFLINE)).map(
            lambda to: rq.ForceState(leader, agent, to, "lunch")
        ),
    )


def asked(state: State) -> dict[str, AgentState]:
    """The agents who are asked in somebody's call, and the state they must be in."""
    return {
        call.consult.agent_id: AgentState.OFFERED if call.consult.state is ConsultState.RINGING else AgentState.ON_CALL
        for call in state.calls.values()
        if call.consult is not None and call.consult.agent_id
    }


def legs_of_parties(state: State) -> Iterator[tuple[str, str]]:
    """The legs of further parties, and their calls."""
    for call in state.calls.values():
        if call.consult is not None:
            yield call.consult.leg_id, call.id
        if call.supervision is not None:
            yield call.supervision.leg_id, call.id


def check_parties(state: State) -> set[str]:
    """What holds of further parties, holds and pauses; returns the timers that run for them."""
    timers = set()
    for agent_id, agent_state in asked(state).items():
        assert state.agents[agent_id].state is agent_state
    supervised = {call.supervision.leader_id: call.id for call in state.calls.values() if call.supervision}
    assert supervised == {agent.id: agent.supervises for agent in state.agents.values() if agent.supervises}
    for call in state.calls.values():
        in_talk = call.state in (CallState.TALKING, CallState.HELD)
        assert in_talk or call.consult is None, "nobody is asked about a call that no agent has"
        assert in_talk or call.supervision is None or call.state is CallState.LOST
        who = hearing(call)
        if who is not None:
            everybody = (*who.together, *who.apart)
            assert len(set(everybody)) == len(everybody), "nobody is in two places"
            assert "" not in everybody
            assert call.id in everybody
        if call.consult is not None and call.consult.state is ConsultState.RINGING:
            timers.add(f"consult:{call.consult.leg_id}")
        if call.state is CallState.HELD:
            timers.add(f"{'cool' if call.hold_reason == 'cool_off' else 'hold'}:{call.id}")
        if call.is_recording_paused:
            timers.add(f"unpause:{call.id}")
    return timers
