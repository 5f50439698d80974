"""Two queues with the same agents: by urgency both keep their level, in the order of a list one is starved."""

from __future__ import annotations

from allo.sim import run
from bench.two_queues import LOADS, SALES, SUPPORT, day, level_of


def test_urgency_keeps_both_queues() -> None:
    levels = {}
    for first in (SALES, SUPPORT, ""):
        played = run(day(LOADS["1.05"], first), seed=5)
        levels[first] = {queue_id: level_of(queue_id, played) for queue_id in (SALES, SUPPORT)}
    assert levels[SALES][SALES] > levels[""][SALES] > levels[SUPPORT][SALES] + 0.1
    assert levels[SUPPORT][SUPPORT] > levels[""][SUPPORT]
    assert abs(levels[""][SALES] - levels[""][SUPPORT]) < 0.05
    assert min(levels[""].values()) > max(min(levels[SALES].values()), min(levels[SUPPORT].values()))
