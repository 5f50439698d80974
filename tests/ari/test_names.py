"""The names by which things are found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.ari import names


@given(call_id=st.from_regex(r"[0-9]{1,12}\.[0-9]{1,6}", fullmatch=True), number=st.integers(1, 999))
def test_a_leg_is_known_by_its_name_and_a_caller_is_not(call_id: str, number: int) -> None:
    for leg_id in (f"{call_id}-a{number}", f"{call_id}-o{number}"):
        assert names.is_leg(leg_id)
        assert names.call_of_leg(leg_id) == call_id
        assert names.call_of_snoop(leg_id) is None
    snoop = names.new_snoop(call_id)
    assert names.call_of_snoop(snoop) == call_id
    for other in (call_id, snoop, names.talk_bridge(call_id), names.lead_bridge(call_id)):
        assert not names.is_leg(other), other
    assert names.call_of_recording(f"{call_id}-v{number}") == call_id


@given(call_id=st.text(st.characters(exclude_characters="~"), min_size=1), prompt=st.text(min_size=1))
def test_playbacks_and_bridges_lead_back(call_id: str, prompt: str) -> None:
    assert names.call_and_prompt(names.playback(call_id, prompt)) == (call_id, prompt)
    assert names.call_of_bridge(names.talk_bridge(call_id)) == call_id
    assert names.call_of_lead(names.lead_bridge(call_id)) == call_id
    assert {names.call_and_prompt(one) for one in names.playbacks(call_id, prompt)} == {(call_id, prompt)}


def test_things_of_others() -> None:
    assert names.call_and_prompt("0a1b2c") is None
    assert names.call_and_prompt("0a1b2c~words") is None
    assert names.call_of_lead("0a1b2c") is None
    assert names.call_of_bridge("0a1b2c") is None


@pytest.mark.parametrize(("endpoint", "agent"), [("agent-5", "5"), ("trunk-5", None), ("loopback", None)])
def test_endpoints(endpoint: str, agent: str | None) -> None:
    assert names.agent_of_endpoint(endpoint) == agent
