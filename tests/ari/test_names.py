"""The names by which things are found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.ari import names


@given(call_id=st.from_regex(r"[0-9]{1,12}\.[0-9]{1,6}", fullmatch=True), number=st.integers(1, 999))
def test_an_agents_leg_is_known_by_its_name_and_a_caller_is_not(call_id: str, number: int) -> None:
    assert names.is_agent_leg(f"{call_id}-a{number}")
    assert not names.is_agent_leg(call_id)
    assert not names.is_agent_leg(names.talk_bridge(call_id))


@given(call_id=st.text(st.characters(exclude_characters="~"), min_size=1), prompt=st.text(min_size=1))
def test_playbacks_and_bridges_lead_back(call_id: str, prompt: str) -> None:
    assert names.call_and_prompt(names.playback(call_id, prompt)) == (call_id, prompt)
    assert names.call_of_bridge(names.talk_bridge(call_id)) == call_id


def test_things_of_others() -> None:
    assert names.call_and_prompt("0a1b2c") is None
    assert names.call_of_bridge("0a1b2c") is None


@pytest.mark.parametrize(("device", "agent"), [("PJSIP/agent-5", "5"), ("PJSIP/web-5", None), ("SIP/agent-5", None)])
def test_devices(device: str, agent: str | None) -> None:
    assert names.agent_of_device(device) == agent


@pytest.mark.parametrize(("endpoint", "agent"), [("agent-5", "5"), ("trunk-5", None), ("loopback", None)])
def test_endpoints(endpoint: str, agent: str | None) -> None:
    assert names.agent_of_endpoint(endpoint) == agent
