"""What is changed on a page while people talk: in force for the next decision, and the conversation goes on."""

from __future__ import annotations

from typing import Any

import pytest

from allo.core import effects as ef
from allo.core import events as ev
from allo.core import requests as rq
from allo.core.call_states import CallState
from allo.core.engine import Engine
from allo.core.model import PartyKind
from allo.core.refusal import Refusal
from allo.data.actions.changes import do_deactivate
from allo.data.actions.protection import do_block_caller, do_save_outside_number
from allo.data.actions.queue import do_save_queue
from allo.data.actions.setting import do_save_hold_reason, do_save_number
from allo.data.actions.skill import Asked, do_save_skill, do_set_skills
from allo.data.load_config import load_setup
from allo.data.models import HoldReason, Number, OutsideNumber, Queue, Skill, User

pytestmark = pytest.mark.django_db


class Centre:
    """An engine over the tables, without Asterisk."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.now = 0.0
        self.read_tables()

    def say(self, what: Any) -> list[Any]:
        self.now += 1.0
        return list(self.engine.handle(what, self.now))

    def read_tables(self) -> None:
        ended = [e for e in self.say(ev.ConfigChanged(load_setup().config)) if isinstance(e, ef.EndLeg)]
        assert not ended

    def call(self, call_id: str, caller: str = "") -> list[Any]:
        return self.say(ev.CallArrived(call_id, "100", caller))

    def offered(self, effects: list[Any]) -> list[str]:
        return [effect.agent_id for effect in effects if isinstance(effect, ef.OfferCall)]


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create_user(name, display_name=name.title()) for name in ("ann", "bob")]


@pytest.fixture
def queue(people: list[User]) -> Queue:
    queue = do_save_queue(None, Queue(name="Sales"), greetings=[], members=dict.fromkeys(people, 1))
    do_save_number(None, Number(pattern="100", queue=queue))
    return queue


@pytest.fixture
def talking(people: list[User], queue: Queue) -> Centre:
    """Ann talks with the caller of c1, Bob is ready."""
    centre = Centre()
    ann, bob = people
    for person in (ann, bob):
        centre.say(ev.DeviceUp(person.agent_id))
    centre.say(rq.LogIn(ann.agent_id))
    centre.say(rq.GoReady(ann.agent_id))
    (offer,) = [e for e in centre.call("c1") if isinstance(e, ef.OfferCall)]
    centre.say(ev.LegAnswered(offer.leg_id))
    assert centre.engine.state.calls["c1"].state is CallState.TALKING
    centre.say(rq.LogIn(bob.agent_id))
    centre.say(rq.GoReady(bob.agent_id))
    return centre


def test_a_new_requirement_decides_the_next_call(talking: Centre, people: list[User], queue: Queue) -> None:
    ann, bob = people
    german = do_save_skill(None, Skill(name="German"))
    do_save_queue(None, queue, requirements=[Asked(german, 5)])
    talking.read_tables()
    assert talking.offered(talking.call("c2")) == []  # nobody speaks it
    do_set_skills(None, bob, {german: 5})
    talking.read_tables()
    offered = [agent.id for agent in talking.engine.state.agents.values() if agent.call_id == "c2"]
    assert offered == [bob.agent_id]
    assert talking.engine.state.calls["c1"].state is CallState.TALKING
    assert talking.engine.state.calls["c1"].agent_id == ann.agent_id


def test_a_reason_for_a_hold_works_and_ends_in_the_middle_of_a_talk(talking: Centre, people: list[User]) -> None:
    ann = people[0]
    reason = do_save_hold_reason(None, HoldReason(name="Look up"))
    talking.read_tables()
    answer = talking.say(rq.Hold(ann.agent_id, "c1", str(reason.pk)))
    assert any(isinstance(effect, ef.Accepted) for effect in answer)
    do_deactivate(None, reason)
    talking.read_tables()
    assert talking.engine.state.calls["c1"].state is CallState.HELD
    resumed = talking.say(rq.Resume(ann.agent_id, "c1"))
    assert any(isinstance(effect, ef.Accepted) for effect in resumed)
    refused = [e for e in talking.say(rq.Hold(ann.agent_id, "c1", str(reason.pk))) if isinstance(e, ef.Refused)]
    assert [effect.code for effect in refused] == [Refusal.UNKNOWN_HOLD_REASON]


def test_a_block_holds_for_the_next_call_only(talking: Centre, people: list[User]) -> None:
    do_block_caller(people[1], "+79161234567", "shouts")
    talking.read_tables()
    assert talking.offered(talking.call("c2", "+79161234567")) == []
    assert talking.offered(talking.call("c3", "+79167654321")) == [people[1].agent_id]
    assert talking.engine.state.calls["c1"].state is CallState.TALKING


def test_outside_numbers_may_be_dialled_as_soon_as_they_are_listed(talking: Centre, people: list[User]) -> None:
    def ask() -> list[Any]:
        return talking.say(rq.ConsultParty(people[0].agent_id, "c1", PartyKind.NUMBER, "+74951234567"))

    assert any(isinstance(effect, ef.Refused) for effect in ask())
    do_save_outside_number(None, OutsideNumber(pattern="+7495*"))
    talking.read_tables()
    assert [effect.number for effect in ask() if isinstance(effect, ef.DialNumber)] == ["+74951234567"]
