"""Telephony loses its connection, its process or Asterisk itself in the middle of a call, and puts things right."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from allo.ari import client
from allo.core.call_states import CallState
from allo.core.engine import Engine
from allo.core.events import CallArrived, LegEnded
from allo.core.facts import CallAnswered, CallEnded, EndReason, OfferMade
from allo.core.requests import GoReady, Hold, LogIn, Resume
from allo.installation import Installation
from tests.live.asterisk_runner import RunningAsterisk
from tests.live.sip_phone import PhoneCall, SipPhone
from tests.live.small_centre import Proxy, SmallCentre
from tests.live.voice import AGENT_HZ, CALLER_HZ, Voice, share
from tests.waiting import until


@pytest.fixture
async def cable(running_asterisk: RunningAsterisk) -> AsyncIterator[Proxy]:
    """Between telephony and Asterisk."""
    proxy = Proxy(running_asterisk.installation.asterisk_http_port)
    await proxy.plug_in()
    yield proxy
    await proxy.cut()


@pytest.fixture
def by_cable(running_asterisk: RunningAsterisk, cable: Proxy) -> Installation:
    """The installation as telephony sees it."""
    return running_asterisk.installation.model_copy(update={"asterisk_http_port": cable.port})


@pytest.fixture
async def caller(running_asterisk: RunningAsterisk) -> AsyncIterator[SipPhone]:
    phone = await SipPhone.open(running_asterisk.installation.sip_port, hz=CALLER_HZ)
    yield phone
    await phone.close()


@pytest.fixture
async def agent(running_asterisk: RunningAsterisk) -> AsyncIterator[SipPhone]:
    phone = await SipPhone.open(running_asterisk.installation.sip_port, "5", hz=AGENT_HZ)
    yield phone
    await phone.close()


async def talk(centre: SmallCentre, caller: SipPhone, agent: SipPhone) -> tuple[PhoneCall, PhoneCall]:
    """A conversation under way."""
    call, ringing = await ring(centre, caller, agent)
    ringing.answer()
    await until(lambda: centre.call.state is CallState.TALKING)
    await hear_each_other(call, ringing)
    return call, ringing


async def ring(centre: SmallCentre, caller: SipPhone, agent: SipPhone) -> tuple[PhoneCall, PhoneCall]:
    """A call that rings at the agent."""
    await centre.agent_at(agent.uri)
    call = await caller.call("100")
    await until(lambda: agent.calls)
    agent.calls[0].ring()
    await until(lambda: call.is_up)
    return call, agent.calls[0]


async def hear_each_other(call: PhoneCall, other: PhoneCall) -> None:
    """Return once the caller hears the agent and the agent the caller."""
    assert call.voice is not None
    assert other.voice is not None
    await _hears(call.voice, lambda heard: share(heard, AGENT_HZ) > 0.8)
    await _hears(other.voice, lambda heard: share(heard, CALLER_HZ) > 0.8)


async def _hears(voice: Voice, is_right: Callable[..., bool]) -> None:
    voice.forget()
    await until(lambda: voice.heard_s() >= 0.3 and is_right(voice.hears(0.3)))


async def test_a_cut_connection_in_mid_call(
    by_cable: Installation, cable: Proxy, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(by_cable) as centre:
        call, ringing = await talk(centre, caller, agent)
        await cable.cut()
        await until(lambda: centre.links == [True, False])
        await hear_each_other(call, ringing)
        centre.put(Hold("5", centre.call.id))  # dropped: nobody is there to carry it out
        await cable.plug_in()
        await until(lambda: centre.reconciled == 2)
        assert call.voice is not None
        await _hears(call.voice, lambda heard: share(heard, AGENT_HZ) < 0.01)
        centre.put(Resume("5", centre.call.id))
        await hear_each_other(call, ringing)
        assert centre.call.state is CallState.TALKING
        assert not call.is_over


async def test_a_connection_that_has_become_deaf_is_given_up(
    running_asterisk: RunningAsterisk, caller: SipPhone, agent: SipPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_WITHIN_S", 1.0)
    installation = running_asterisk.installation
    async with SmallCentre(installation) as centre:
        call, ringing = await talk(centre, caller, agent)
        newer = await client.Connection.open(installation.ari_events_url, installation.secrets().ari_password)
        await newer.close()  # the application goes to rest with it, though the older connection is still open
        call.hang_up()
        await until(lambda: centre.engine.state.calls == {})
        assert centre.links == [True, False, True]
        await until(lambda: ringing.is_over)


async def test_who_left_during_the_gap_is_noticed(
    by_cable: Installation, cable: Proxy, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(by_cable) as centre:
        call, ringing = await talk(centre, caller, agent)
        await cable.cut()
        await until(lambda: not centre.telephony.is_up)
        call.hang_up()
        await cable.plug_in()
        await until(lambda: centre.engine.state.calls == {})
        [ended] = [fact for fact in centre.facts if isinstance(fact, CallEnded)]
        assert ended.end_reason is EndReason.CALLER_HUNG_UP
        await until(lambda: ringing.is_over)


async def test_an_offer_made_during_the_gap_rings_afterwards(
    by_cable: Installation, cable: Proxy, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(by_cable) as centre:
        call = await caller.call("100")
        await until(lambda: centre.engine.state.waiting.get("q"))
        await centre.telephony.make_sip_agent_endpoint("5", agent.uri)
        await until(lambda: centre.engine.state.agents["5"].device_up)
        await cable.cut()
        await until(lambda: not centre.telephony.is_up)
        centre.put(LogIn("5"))
        centre.put(GoReady("5"))
        assert any(isinstance(fact, OfferMade) for fact in centre.facts)
        assert agent.calls == []
        await cable.plug_in()
        await until(lambda: agent.calls)
        agent.calls[0].answer()
        await hear_each_other(call, agent.calls[0])


async def test_an_agent_who_accepts_while_nobody_listens_gets_the_call_again(
    by_cable: Installation, cable: Proxy, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(by_cable) as centre:
        call, ringing = await ring(centre, caller, agent)
        await cable.cut()
        await until(lambda: not centre.telephony.is_up)
        ringing.answer()
        await cable.plug_in()
        await until(lambda: centre.reconciled == 2)
        await until(lambda: centre.call.state is CallState.TALKING or len(agent.calls) == 2)
        if len(agent.calls) == 2:  # Asterisk let the leg go, since nobody took it over
            agent.calls[1].answer()
        await hear_each_other(call, agent.calls[-1])
        assert any(isinstance(fact, CallAnswered) for fact in centre.facts)


async def test_a_killed_process_takes_over_where_it_was(
    running_asterisk: RunningAsterisk, caller: SipPhone, agent: SipPhone
) -> None:
    first = SmallCentre(running_asterisk.installation)
    async with first:
        call, ringing = await talk(first, caller, agent)
        first.put(Hold("5", first.call.id))
        waiting = await caller.call("100")
        await until(lambda: first.engine.state.waiting.get("q"))
    await until(lambda: waiting.is_up)
    async with SmallCentre(running_asterisk.installation, Engine(first.engine.state)) as second:
        await until(lambda: second.reconciled == 1)
        assert second.events == []
        assert second.engine.state.agents["5"].device_up
        held = next(one for one in second.engine.state.calls.values() if one.agent_id)
        second.put(Resume("5", held.id))
        await hear_each_other(call, ringing)
        waiting.hang_up()
        await second.wait_for(LegEnded)
        call.hang_up()
        await until(lambda: second.engine.state.calls == {})
        await until(lambda: running_asterisk.channels() == [])


async def test_what_nobody_remembers_is_cleared_away(
    running_asterisk: RunningAsterisk, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(running_asterisk.installation) as first:
        call, ringing = await talk(first, caller, agent)
    async with SmallCentre(running_asterisk.installation) as second:
        await until(lambda: second.reconciled == 1)
        await until(lambda: call.is_over and ringing.is_over)
        await until(lambda: running_asterisk.channels() == [])
        await until(lambda: running_asterisk.ari("GET", "/bridges").json() == [])
        assert second.engine.state.calls == {}


async def test_a_killed_asterisk_ends_its_calls_and_knows_its_telephones_again(
    running_asterisk: RunningAsterisk, caller: SipPhone, agent: SipPhone
) -> None:
    async with SmallCentre(running_asterisk.installation) as centre:
        await talk(centre, caller, agent)
        started_at = centre.telephony.started_at
        for kind in ("aor", "endpoint"):  # a kill before that forgets the telephone
            await until(partial(running_asterisk.has_written, f"{kind}/agent-5"))
        running_asterisk.kill()
        await until(lambda: not centre.telephony.is_up)
        await asyncio.to_thread(running_asterisk.restart)
        await until(lambda: centre.reconciled == 2)
        assert centre.telephony.started_at > started_at
        [ended] = [fact for fact in centre.facts if isinstance(fact, CallEnded)]
        assert ended.end_reason is EndReason.PLATFORM_RESTARTED
        await until(lambda: centre.engine.state.agents["5"].device_up)


async def test_callers_during_the_absence_hear_a_prompt_and_then_enter_the_queue(
    running_asterisk: RunningAsterisk, caller: SipPhone, agent: SipPhone
) -> None:
    early, other = await caller.call("100"), await caller.call("100")
    await until(lambda: early.is_up and other.is_up)

    def apps() -> set[str]:
        return {channel["dialplan"]["app_name"] for channel in running_asterisk.channels()}

    await until(lambda: "Playback" in apps())
    assert early.voice is not None
    await until(lambda: early.voice is not None and early.voice.heard_s() > 0.5)
    async with SmallCentre(running_asterisk.installation) as centre:
        await until(lambda: len(centre.engine.state.waiting.get("q", [])) == 2)
        assert sum(isinstance(event, CallArrived) for event in centre.events) == 2
        await centre.agent_at(agent.uri)
        await until(lambda: agent.calls)
        agent.calls[0].answer()
        await until(lambda: any(one.state is CallState.TALKING for one in centre.engine.state.calls.values()))
        [talking] = [one for one in centre.engine.state.calls.values() if one.agent_id]
        assert talking.order == min(one.order for one in centre.engine.state.calls.values())
        early.hang_up()
        other.hang_up()
        await until(lambda: centre.engine.state.calls == {})
