"""Rules of routing and waiting on the line: who rings, and what the caller hears meanwhile. By tones."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from allo.core.callers_way import Target, TargetKind, WayOut
from allo.core.effects import SendMessage
from allo.core.events import CallArrived, Event
from allo.core.facts import CallEntered, CallWidened, Fact, OfferMade, PromiseMissed
from allo.core.model import FloodRule, Membership, NumberRoute, Queue, Strategy
from allo.core.queue_speech import Promise
from allo.core.requests import SetEmergencyClosed
from allo.core.skill import Requirement
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.conversations import PROMPTS, Room, a_centre, open_room
from tests.live.sip_phone import PhoneCall
from tests.waiting import until

FIRST, OTHER = PROMPTS
Opener = Callable[..., AbstractAsyncContextManager[Room]]


@pytest.fixture
def lobby(music: None, running_asterisk: RunningAsterisk) -> Opener:
    """`lobby(queues, **config)`: a centre of these queues; nobody talks yet. Agents 5 and 6 are in all of them."""

    @asynccontextmanager
    async def opened(*queues: Queue, **config: Any) -> AsyncIterator[Room]:
        base = a_centre()
        memberships = tuple(Membership(queue.id) for queue in queues)
        agents = {id_: replace(agent, memberships=memberships) for id_, agent in base.agents.items() if id_ != "7"}
        numbers = {str(100 + place): NumberRoute(str(100 + place), queue.id) for place, queue in enumerate(queues)}
        wanted = replace(
            base,
            queues={queue.id: queue for queue in queues},
            agents={**base.agents, **agents},
            numbers=numbers,
            voicemails={},
            **config,
        )
        async with open_room(running_asterisk, talking=False, config=wanted) as room:
            room.prompts_are_tones()
            yield room

    return opened


async def calls(room: Room, number: str = "100", role: str = "caller") -> PhoneCall:
    """The customer calls; returns once the centre knows of it."""
    known = len(room.centre.engine.state.calls)
    room.calls[role] = await room.phones["caller"].call(number)
    await until(lambda: len(room.centre.engine.state.calls) > known or room.calls[role].is_over)
    return room.calls[role]


def facts(room: Room, kind: type[Fact]) -> list[Any]:
    """All facts of a kind."""
    return [fact for fact in room.centre.facts if isinstance(fact, kind)]


async def test_a_call_waits_for_the_skill_until_it_goes_without(lobby: Opener) -> None:
    async with lobby(Queue("q", "Sales", requirements=(Requirement("english", 5, relax_after_s=2.0),))) as room:
        room.works("5")
        await calls(room)
        await room.hear(caller={"music"})
        assert room.phones["5"].calls == []
        await room.answers("5", "agent")
        await room.hear(agent={"caller"}, caller={"5"})
        [entered], [widened], [offer] = (facts(room, kind) for kind in (CallEntered, CallWidened, OfferMade))
        assert widened.skills == ("english",)
        assert widened.at - entered.at == pytest.approx(2.0, abs=0.5)
        assert offer.at >= widened.at


async def test_all_ring_and_the_first_who_answers_has_the_call(lobby: Opener) -> None:
    async with lobby(Queue("q", "Sales", strategy=Strategy.RING_ALL)) as room:
        room.works("5")
        room.works("6")
        await calls(room)
        await until(lambda: room.phones["5"].calls and room.phones["6"].calls)
        await room.hear(caller={"music"})
        await room.answers("6", "agent")
        await until(lambda: room.phones["5"].calls[0].is_over)
        await room.hear(agent={"caller"}, caller={"6"})
        assert len(room.phones["5"].calls) == len(room.phones["6"].calls) == 1


async def test_closed_sends_on_with_a_message_and_full_turns_away_with_another(lobby: Opener) -> None:
    night = Queue("night", "Night", most_waiting=1, when_full=WayOut(message=OTHER))
    day = Queue("day", "Day", when_closed=WayOut(Target(TargetKind.QUEUE, "night")))
    async with lobby(day, night) as room:
        room.centre.put(SetEmergencyClosed("7", "day", is_closed=True, reason="fire drill", message=FIRST))
        await calls(room)
        await room.hear(caller={FIRST})
        await room.hear(caller={"music"})
        second = await calls(room, role="second")
        await room.hear(second={FIRST})
        await room.hear(second={OTHER})
        await until(lambda: second.is_over)
        room.works("5")
        await room.answers("5", "agent")
        await room.hear(agent={"caller"}, caller={"5"})


async def test_a_promise_is_said_missed_and_paid_once(lobby: Opener) -> None:
    promise = Promise(
        within_s=1.0, prompt=FIRST, missed_prompt=OTHER, countdown=(), amount=450, daily_budget=1000, channel="sms"
    )
    async with lobby(Queue("q", "Sales", promise=promise), secret="a secret of the test's") as room:
        sent: list[SendMessage] = []
        carry_out = room.centre.telephony.carry_out
        room.centre.telephony.carry_out = lambda effect: (  # type: ignore[method-assign]
            sent.append(effect) if isinstance(effect, SendMessage) else carry_out(effect)
        )
        await calls(room)
        await room.hear(caller={FIRST})
        await room.hear(caller={OTHER})
        await until(lambda: room.centre.call.prompts[:1] == [f"say:code:{dict(sent[0].values)['code']}"])
        room.works("5")
        await room.answers("5", "agent")
        await room.hear(agent={"caller"}, caller={"5"})
        [missed] = facts(room, PromiseMissed)
        assert [dict(one.values)["code"] for one in sent] == [missed.code]


async def test_a_promise_broken_by_closing_is_paid_aloud(lobby: Opener) -> None:
    promise = Promise(within_s=60.0, prompt=FIRST, missed_prompt=OTHER, countdown=(), amount=450, daily_budget=1000)
    async with lobby(Queue("q", "Sales", promise=promise), secret="a secret of the test's") as room:
        await calls(room)
        await room.hear(caller={FIRST})
        room.centre.put(SetEmergencyClosed("7", "q", is_closed=True, reason="fire drill"))
        await room.hear(caller={OTHER})
        [missed] = facts(room, PromiseMissed)
        await until(lambda: room.centre.call.prompts == [f"say:code:{missed.code}", "system:closed"])
        assert missed.because == "sent_on"


async def test_the_most_urgent_goes_first_and_a_customer_to_whom_they_know(lobby: Opener) -> None:
    slow = Queue("slow", "Slow", service_level_target_s=120.0)
    quick = Queue("quick", "Quick", service_level_target_s=5.0)
    async with lobby(slow, quick) as room:
        await calls(room, "100", "first")
        await calls(room, "101", "second")
        room.works("5")
        await room.answers("5", "agent")
        await room.hear(agent={"caller"}, second={"5"}, first={"music"})
        room.works("6")
        await room.answers("6", "other")
        await room.hear(other={"caller"}, first={"6"}, second={"5"})
        assert [offer.queue_id for offer in facts(room, OfferMade)] == ["quick", "slow"]


async def test_a_customer_comes_back_to_the_agent_of_the_last_call(lobby: Opener) -> None:
    async with lobby(Queue("q", "Sales", sticky_s=20.0)) as room:

        def remembers(event: Event) -> None:
            room.centre.take(replace(event, last_agent_id="6") if isinstance(event, CallArrived) else event)

        room.centre.telephony.on_event = remembers
        room.works("5")  # idle for longer, and would be next
        room.works("6")
        await calls(room)
        await room.answers("6", "agent")
        await room.hear(agent={"caller"}, caller={"6"})
        assert room.phones["5"].calls == []


async def test_many_calls_of_one_number_are_slowed_down_and_then_refused(lobby: Opener) -> None:
    rule = FloodRule(slow_beyond=1, pause_s=1.0, message=FIRST, refuse_beyond=2)
    async with lobby(Queue("q", "Sales"), flood=rule) as room:
        await calls(room, role="first")
        await room.hear(first={"music"})
        await calls(room, role="second")
        await room.hear(second={FIRST})
        await until(lambda: len(facts(room, CallEntered)) == 2)
        third = await calls(room, role="third")
        await until(lambda: third.is_over)
        assert third.final == 486
        await room.hear(first={"music"}, second={"music"})
