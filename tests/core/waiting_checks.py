"""What holds whatever happens for callers who wait and are told something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allo.core import effects as ef
from allo.core.call_states import CallState
from allo.core.queue_speech import Announcing
from allo.core.state import Call, State

ANNOUNCING = Announcing(first_s=1.0, every_s=7.0, messages=("web",), comfort_after_s=16.0, comfort_message="sorry")


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
    counted = Counter(call.queue_id for call in state.calls.values() if call.told is not None and call.told.counts)
    assert {id_: pace.waiting for id_, pace in state.paces.items() if pace.waiting} == dict(counted)


def timers_of(call: Call) -> Iterator[str]:
    """The timers that run for what the caller is told."""
    if call.told is not None:
        yield f"speak:{call.id}"
