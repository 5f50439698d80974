"""What holds whatever happens for callers who wait and are told something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allo.core import effects as ef
from allo.core.call import Call, Surveyed
from allo.core.call_states import CallState
from allo.core.queue_speech import Announcing, Promise, Question, Survey
from allo.core.state import State

ANNOUNCING = Announcing(first_s=1.0, every_s=7.0, messages=("web",), comfort_after_s=16.0, comfort_message="sorry")

PROMISE = Promise(8.0, "promise", "sorry", countdown=(5, 1), amount=450, daily_budget=1500, channel="sms")

SURVEY = Survey((Question("solved", "ask-solved", "12"), Question("rating", "ask-rating")), "stay", "comment")


def spoken(queue_id: str, revision: int) -> dict[str, Any]:
    """What a queue of the random centres says to its callers."""
    if queue_id == "sales" and revision % 4:
        return {"announcing": ANNOUNCING, "promise": PROMISE if revision % 3 else None}
    if queue_id == "support":
        return {"promise": PROMISE, "survey": SURVEY if revision % 4 else None}
    return {"announcing": Announcing(5.0, 5.0)} if queue_id == "urgent" else {}


def ringing(state: State) -> set[str]:
    """The waiting calls that ring at somebody, to be kept over an input."""
    return {call.id for call in state.calls.values() if call.offers}


def check_silence(effects: list[ef.Effect], ringing_before: set[str]) -> None:
    """Whoever rings at an agent is told nothing of position and wait."""
    for effect in effects:
        if isinstance(effect, ef.PlayPrompt) and effect.prompt.startswith(("say:position", "say:wait", "web", "sorry")):
            assert effect.call_id not in ringing_before


def check_waiting(state: State) -> None:
    """What is kept of waiting callers agrees with the calls there are."""
    for call in state.calls.values():
        assert call.told is None or call.state is CallState.WAITING
        assert call.told is None or call.callback is None or not call.callback.agreed_at
        assert (call.surveyed is not None) == (call.state is CallState.SURVEY)
        if call.surveyed is not None:
            check_survey(state, call, call.surveyed)
    check_promises(state)
    counted = Counter(call.queue_id for call in state.calls.values() if call.told is not None and call.told.counts)
    assert {id_: pace.waiting for id_, pace in state.paces.items() if pace.waiting} == dict(counted)


def check_survey(state: State, call: Call, surveyed: Surveyed) -> None:
    """Something always brings a survey to its end: a prompt, a timer or a recording; no agent is in it."""
    assert not call.agent_id
    assert not call.leg_id
    assert call.callback is None
    is_recording = bool(surveyed.recording_id) and not surveyed.is_over
    assert bool(call.prompts) + is_recording + (f"survey:{call.id}" in state.timers) >= 1


def check_promises(state: State) -> None:
    """Nothing is promised beyond the budget, and what is open is what the open promises may cost."""
    open_amounts: Counter[tuple[str, str]] = Counter()
    for call in state.calls.values():
        if call.promised is not None and not call.promised.is_over:
            assert call.state is CallState.WAITING
            open_amounts[call.queue_id, call.promised.day] += call.promised.rule.amount
    for queue_id, day in state.promise_days.items():
        assert day.open_amount == open_amounts[queue_id, day.day]
        assert day.paid_amount + day.open_amount <= PROMISE.daily_budget


def timers_of_waiting(state: State, call: Call) -> Iterator[str]:
    """The timers that run for what the caller is told."""
    if call.told is not None:
        yield f"speak:{call.id}"
    if call.state is CallState.SURVEY and f"survey:{call.id}" in state.timers:
        yield f"survey:{call.id}"
    promised = call.promised
    if promised is not None and call.state is CallState.WAITING and not call.answered_at:
        has_agreed = call.callback is not None and bool(call.callback.agreed_at)
        is_to_be_told = bool(promised.code) and not promised.is_told and not has_agreed
        if not promised.is_over or is_to_be_told:
            yield f"promise:{call.id}"
