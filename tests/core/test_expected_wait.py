"""The expected wait that callers are told: how often it held, measured on queues of several kinds with fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sin
from random import Random

import pytest

from allo.core import facts as fa
from allo.core.expected_wait import Pace, came_out, guess, is_trusted, pass_time, spoken
from allo.core.model import Queue
from allo.core.queue_speech import Announcing
from tests.core.queue_loop import QueueLoop

PROMISED = 0.85
QUEUE = Queue("q", "Q", wrapup_limit_s=0, outcome_required=False, announcing=Announcing(10.0, 45.0))


@dataclass
class Told:
    """How the callers fared to whom an expected wait was told; who left before it proved wrong is out."""

    callers: int = 0
    held: int = 0
    first_held: int = 0
    wide_min: int = 0
    sentences: int = 0

    @property
    def coverage(self) -> float:
        """The share of callers for whom every sentence held."""
        return self.held / self.callers

    @property
    def width_min(self) -> float:
        """Minutes between the two ends, on average."""
        return self.wide_min / self.sentences


def measured(facts: list[fa.Fact]) -> Told:
    told = Told()
    said: dict[str, list[fa.Announced]] = {}
    for fact in facts:
        if isinstance(fact, fa.Announced) and fact.high_min:
            said.setdefault(fact.call_id, []).append(fact)
        elif isinstance(fact, (fa.CallAnswered, fa.CallEnded)) and fact.call_id in said:
            sentences = said.pop(fact.call_id)
            is_answered = isinstance(fact, fa.CallAnswered)
            came = [
                one.low_min * 60 <= fact.at - one.at <= one.high_min * 60
                for one in sentences
                if is_answered or fact.at - one.at > one.high_min * 60
            ]
            if came:
                told.callers += 1
                told.held += all(came)
                told.first_held += came[0]
                told.sentences += len(sentences)
                told.wide_min += sum(one.high_min - one.low_min for one in sentences)
    return told


def loop(
    seed: int, agents: int, calls_per_h: float, patience_s: float, *, is_steady: bool, is_long_tailed: bool
) -> Told:
    random = Random(seed)
    rate = calls_per_h / 3600

    def gap_s(at: float) -> float:
        return random.expovariate(rate * (1 if is_steady else 1 + 0.3 * sin(at / 3600)))

    def talk_s() -> float:
        return random.lognormvariate(4.69, 1.0) if is_long_tailed else random.expovariate(1 / 180)

    hours = ceil(3000 / calls_per_h)
    changes = {} if is_steady else {h * 1800.0: agents + random.choice((-2, -1, 0, 1, 2)) for h in range(1, hours * 2)}
    queue_loop = QueueLoop(QUEUE, agents, gap_s, talk_s, lambda: random.expovariate(1 / patience_s), changes)
    return measured(queue_loop.run(hours * 3600.0))


@pytest.mark.parametrize("is_long_tailed", [False, True])
@pytest.mark.parametrize("is_steady", [True, False])
@pytest.mark.parametrize(("agents", "calls_per_h", "patience_s"), [(8, 180, 600), (40, 820, 240)])
def test_what_was_told_held(
    agents: int, calls_per_h: float, patience_s: float, *, is_steady: bool, is_long_tailed: bool
) -> None:
    told = loop(7, agents, calls_per_h, patience_s, is_steady=is_steady, is_long_tailed=is_long_tailed)
    assert told.callers > 400
    assert told.coverage >= PROMISED
    assert told.width_min < 5


def test_where_the_wait_cannot_be_known_nothing_is_said() -> None:
    """Whether a caller is answered within a minute or not before an hour is drawn by lot: no queue has a pace then."""
    random, pace = Random(3), Pace()
    now, said = 0.0, 0
    for _ in range(2000):
        pass_time(pace, now)
        pace.waiting += 1
        known = guess(pace, 1, now)
        said += known is not None and is_trusted(pace) and spoken(known)[1] < 45
        now += random.choice((30.0, 3600.0))
        came_out(pace, [known] if known else [], now, is_answered=True)
    assert said < 20


def test_the_band_follows_a_model_that_is_wrong() -> None:
    """Waits four times less certain than the model thinks: the band widens until one in six or seven falls outside."""
    random, pace = Random(5), Pace()
    now, came = 0.0, []
    for number in range(4000):
        pass_time(pace, now)
        pace.waiting += 1
        known = guess(pace, 20, now)
        waited_s = 1200 * random.lognormvariate(0, 0.9)
        now += 60.0
        if known is not None:
            learned = replace(known, at=now - waited_s)
            if number > 1000:
                came.append(known.low_s <= waited_s <= known.high_s)
            came_out(pace, [learned], now, is_answered=True)
        else:
            came_out(pace, [], now, is_answered=True)
    assert sum(came) / len(came) == pytest.approx(0.84, abs=0.02)


def test_who_gives_up_within_the_interval_proves_nothing() -> None:
    pace = Pace(starts=10, busy_s=600, waited_s=600)
    known = guess(pace, 3, 0.0)
    assert known is not None
    pace.waiting = 2
    came_out(pace, [known], known.high_s - 1, is_answered=False)
    assert pace.seen == 0
    came_out(pace, [known], known.high_s + 1, is_answered=False)
    assert pace.seen == 1
    assert pace.high > Pace().high


def test_nothing_is_guessed_before_anybody_was_answered() -> None:
    assert guess(Pace(), 1, 100.0) is None
