"""Whatever happened in Asterisk and to the engine: after one comparison there is nothing left to tell."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from allo.ari import names
from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call import Call
from allo.core.model import PartyKind, SupervisionMode
from tests.ari.recover_world import AGENTS, LEADER, World, agent_channel, caller_channel


def _answers(world: World, leg_id: str) -> None:
    if leg_id in world.channels:
        world.answer(leg_id)


_TALKS: dict[str, Callable[[World, Call, str], None]] = {
    "hold with words": lambda world, call, _: world.put(rq.Hold(call.agent_id, call.id, "told")),
    "ask": lambda world, call, who: world.put(rq.ConsultParty(call.agent_id, call.id, PartyKind.AGENT, who)),
    "ask outside": lambda world, call, _: world.put(rq.ConsultParty(call.agent_id, call.id, PartyKind.NUMBER, "+7911")),
    "asked answers": lambda world, call, _: _answers(world, call.consult.leg_id if call.consult else ""),
    "join": lambda world, call, _: world.put(rq.JoinParties(call.agent_id, call.id)),
    "complete": lambda world, call, _: world.put(rq.CompleteTransfer(call.agent_id, call.id)),
    "listen": lambda world, call, _: world.put(rq.Supervise(LEADER, call.id, SupervisionMode.LISTEN)),
    "whisper": lambda world, call, _: world.put(rq.Supervise(LEADER, call.id, SupervisionMode.WHISPER)),
    "barge": lambda world, call, _: world.put(rq.Supervise(LEADER, call.id, SupervisionMode.BARGE)),
    "leader answers": lambda world, call, _: _answers(world, call.supervision.leg_id if call.supervision else ""),
}


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "arrive",
                "heard",
                "work",
                "answer",
                "hold",
                "resume",
                "hang up",
                "caller leaves",
                "agent lost",
                "break",
                *_TALKS,
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=30,
)
_DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "channel",
                "bridge",
                "leave",
                "answered",
                "stranger",
                "old leg",
                "phone",
                "prompt",
                "restart",
                "bridge left",
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=12,
)


def live(world: World, step: str, number: int) -> None:
    """One thing that happens in a day."""
    state = world.engine.state
    calls = list(state.calls.values())
    call = calls[number % len(calls)] if calls else None
    agent = AGENTS[number % len(AGENTS)]
    if step == "arrive":
        world.arrive()
    elif step == "work":
        world.work(agent)
    elif step == "break":
        world.put(rq.LogOut(agent))
    elif call is None:
        return
    elif step == "heard":
        world.heard(call.id)
    elif step == "answer" and (call.offers or call.back_leg_id):
        world.answer(next(iter(call.offers), call.back_leg_id))
    elif step == "caller leaves":
        world.remove(call.id)
        world.put(ev.LegEnded(call.id))
    elif call.agent_id and call.leg_id:
        if step == "agent lost":
            world.remove(call.leg_id)
            world.put(ev.LegEnded(call.leg_id, ev.LegEnd.LOST, 44))
        elif step in _TALKS:
            _TALKS[step](world, call, agent)
        elif step in ("hold", "resume", "hang up"):
            wishes: dict[str, type[rq.Hold | rq.Resume | rq.HangUp]]
            wishes = {"hold": rq.Hold, "resume": rq.Resume, "hang up": rq.HangUp}
            world.put(wishes[step](call.agent_id, call.id))


def damage(world: World, what: str, number: int) -> None:
    """One thing that happens in Asterisk while nobody listens."""
    channels, bridges = list(world.channels), list(world.bridges)
    one = channels[number % len(channels)] if channels else ""
    if what == "channel" and one:
        world.remove(one)
    elif what == "bridge" and bridges:
        del world.bridges[bridges[number % len(bridges)]]
    elif what == "leave" and one:
        world._leave(one)
    elif what == "answered" and names.is_leg(one):
        world.channels[one] = agent_channel(one)
    elif what == "stranger":
        world.channels[f"77.{number}"] = caller_channel(
            f"77.{number}", ("Ring", "Up")[number % 2], ("100", "5")[number % 2]
        )
    elif what == "old leg":
        world.channels[f"66.{number}-a1"] = agent_channel(f"66.{number}-a1", ("Ringing", "Up")[number % 2])
    elif what == "phone":
        world.reachable ^= {AGENTS[number % len(AGENTS)]}
    elif what == "prompt":
        world.playing.clear()
    elif what == "bridge left":
        world.bridges[f"55.{number}-talk"] = set()
    elif what == "restart":
        world.restart()


@settings(max_examples=300)
@given(before=_STEPS, meanwhile=_STEPS, damages=_DAMAGE)
def test_once_is_enough(
    before: list[tuple[str, int]], meanwhile: list[tuple[str, int]], damages: list[tuple[str, int]]
) -> None:
    world = World()
    world.reachable.add(LEADER)
    world.put(ev.DeviceUp(LEADER))
    for step, number in before:
        live(world, step, number)
    world.is_listening = False
    for step, number in meanwhile:
        live(world, step, number)
    for what, number in damages:
        damage(world, what, number)
    world.reconcile()
    again = world.compare()
    assert again.events == []
    supervised = {call.id for call in world.engine.state.calls.values() if call.supervision is not None}
    assert {names.call_of_lead(bridge) for bridge in again.orphan_bridges} <= supervised
    assert {names.call_of_snoop(channel) for channel in again.orphan_channels} <= supervised
    assert all(isinstance(effect, ef.StartMusic | ef.SuperviseLeg) for effect in again.repairs), again.repairs
    assert set(world.engine.state.calls) <= set(world.channels)
