"""Inputs, requests and the state as text."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allo.control.wire import BadInputError, decode_input, decode_request, decode_state, encode_line, encode_state
from allo.core import requests as rq
from allo.core.engine import Engine, Input
from tests.control.centres import INPUTS, conversation, opening


@given(INPUTS)
def test_an_input_is_the_same_after_the_journal(what: Input) -> None:
    line = encode_line(7, 1.5, what)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    seq, at, name, fields = msgspec.json.decode(line, type=tuple[int, float, str, msgspec.Raw])
    assert (seq, at, decode_input(name, bytes(fields))) == (7, 1.5, what)


@settings(max_examples=50)
@given(st.lists(INPUTS, max_size=30))
def test_a_state_goes_on_as_it_was(inputs: list[Input]) -> None:
    """Written down and read again it gives the same effects."""
    engine = Engine()
    for what in opening():
        engine.handle(what, 1000.0)
    twin = Engine(decode_state(encode_state(engine.state)))
    for place, what in enumerate(inputs):
        assert twin.handle(what, 1000.0 + place) == engine.handle(what, 1000.0 + place)
    assert encode_state(twin.state) == encode_state(engine.state)


def test_a_request_as_the_web_sends_it() -> None:
    wish = decode_request(b'{"type":"SetMuted","agent_id":"5","call_id":"c1","is_muted":true,"from":"later versions"}')
    assert wish == rq.SetMuted("5", "c1", is_muted=True)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"type": "GoReady", "agent_id": "\xff"}', "not JSON"),
        (b'{"type": "GoReady", "agent_id": "\\ud800"}', "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b"[]", "an object"),
        (b"{}", "an object"),
        (b'{"type": 5}', "an object"),
        (b'{"type": "Explode"}', "no such request; there are AnswerBreak, AttachPhone"),
        (b'{"type": "CallArrived", "call_id": "c1", "number": "1"}', "no such request"),
        (b'{"type": "GoReady"}', "agent_id"),
        (b'{"type": "GoReady", "agent_id": 5}', "str"),
        (b'{"type": "SetMuted", "agent_id": "5", "call_id": "c", "is_muted": "yes"}', "bool"),
        (json.dumps({"type": "TakeBreak", "agent_id": "5", "reason": "x" * 10_000}).encode(), "256"),
    ],
)
def test_what_is_no_request_is_told_in_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(BadInputError, match=sentence) as caught:
        decode_request(body)
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_that(body: bytes) -> None:
    with pytest.raises(BadInputError):
        decode_request(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["GoReady", "Hold", "SetMuted", "FinishWrapUp"]), st.dictionaries(st.text(), _JSON, max_size=4))
def test_odd_fields_are_a_request_or_a_sentence(kind: str, fields: dict[str, Any]) -> None:
    body = json.dumps({**fields, "type": kind}).encode()
    try:
        wish = decode_request(body)
    except BadInputError:
        return
    assert type(wish).__name__ == kind


@pytest.mark.parametrize("change", ["calls", "agents", "config"])
def test_a_state_that_makes_no_sense_is_not_taken(change: str) -> None:
    engine = Engine()
    for what in [*opening(), *conversation()[:2]]:
        engine.handle(what, 1000.0)
    fields = json.loads(encode_state(engine.state))
    fields[change] = {} if change != "config" else 5
    with pytest.raises(BadInputError, match="the state cannot be read"):
        decode_state(json.dumps(fields).encode())
