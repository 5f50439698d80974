"""A state that was written down and read again is the same state."""

from __future__ import annotations

import msgspec
import pytest

from allo.core.broken_rule import BrokenRuleError
from allo.core.effects import Accepted
from allo.core.engine import Engine
from allo.core.events import CallArrived, ConfigChanged, DeviceUp, LegEnded
from allo.core.model import Agent, Config, Membership, NumberRoute, Queue
from allo.core.requests import GoReady, LogIn
from allo.core.state import State, restored

CONFIG = Config(
    queues={"sales": Queue("sales", "Sales")},
    agents={id_: Agent(id_, id_, f"PJSIP/{id_}", (Membership("sales"),)) for id_ in ("ann", "bob")},
    numbers={"100": NumberRoute("100", "sales")},
)


def centre() -> Engine:
    engine = Engine()
    engine.handle(ConfigChanged(CONFIG), 0.0)
    for number in range(3):
        engine.handle(CallArrived(f"c{number}", "100"), 1.0 + number)
    for agent in ("ann", "bob"):
        engine.handle(DeviceUp(agent), 5.0)
        engine.handle(LogIn(agent), 5.0)
    assert engine.handle(GoReady("ann"), 6.0)[0] == Accepted()
    return engine


def read_again(state: State) -> State:
    return msgspec.json.decode(msgspec.json.encode(state), type=State)


def test_indexes_hold_the_same_objects_again() -> None:
    before = centre().state
    after = restored(read_again(before))
    assert after == before
    assert all(call is after.calls[call.id] for line in after.waiting.values() for call in line)
    assert all(agent is after.agents[agent.id] for agent in after.ready.values())
    # without sharing, a caller who leaves would stay in the line
    engine = Engine(after)
    engine.handle(LegEnded("c1"), 7.0)
    assert [call.id for call in engine.state.waiting["sales"]] == ["c0", "c2"]


def test_a_state_that_contradicts_itself_is_refused() -> None:
    state = read_again(centre().state)
    del state.calls["c1"]
    with pytest.raises(BrokenRuleError, match="c1"):
        restored(state)


def test_touched_names_what_to_show_anew() -> None:
    engine = centre()
    engine.touched.clear()
    engine.handle(LegEnded("c0"), 7.0)
    assert {("call", "c0"), ("queue", "sales"), ("agent", "ann"), ("call", "c1")} <= engine.touched


def test_configuration_that_leads_nowhere_is_told() -> None:
    config = Config(
        agents={"ann": Agent("ann", "Ann", "", (Membership("sales"),))}, numbers={"1": NumberRoute("1", "none")}
    )
    assert config.problems() == [
        "agent ann is in queue sales, which does not exist",
        "number 1 leads to queue none, which does not exist",
    ]
    assert CONFIG.problems() == []
