"""Facts as the engine makes them, from random lives of a small centre, for tests of what follows from facts."""

from __future__ import annotations

from hypothesis import strategies as st

from allo.core.effects import RecordFact
from allo.core.engine import Engine, Input
from allo.core.events import TimerFired
from allo.data.ledger import Entry

NOON = 1_700_000_000.0


def live(inputs: list[tuple[Input, float]], epoch: str = "e") -> tuple[Engine, list[Entry]]:
    """The engine after these inputs, each after its pause, and all facts with their uids."""
    engine = Engine()
    entries: list[Entry] = []
    seq, now = 0, NOON

    def say(what: Input) -> None:
        nonlocal seq
        seq += 1
        for index, effect in enumerate(engine.handle(what, now)):
            if isinstance(effect, RecordFact):
                entries.append(Entry(seq, f"{epoch}-{seq}-{index}", effect.fact))

    for what, pause_s in inputs:
        now += pause_s
        for timer_id in [id_ for id_, at in engine.state.timers.items() if at <= now]:
            say(TimerFired(timer_id))
        say(what)
    return engine, entries


PAUSES = st.sampled_from((0.0, 0.25, 3.0, 17.0))
