"""The engine, simulated, against queueing theory: each figure within its 99 % interval, and the intervals narrow.

The formulas are checked against published values in `test_erlang`. Seeds are fixed: these tests pass or fail for ever.
`narrow` is the greatest half-width allowed to the service level's interval: nothing is shown by a wide one.
"""

from __future__ import annotations

from math import inf

import pytest

from allo.sim import replicate
from allo.sim.erlang import Erlang
from allo.sim.estimates import MEASURES
from tests.sim.steady import steady, wait_probability

ERLANG_C = [
    # centre, hours, replications, narrow
    (Erlang(200, 180, 14), 12, 12, 0.015),
    (Erlang(500, 210, 30), 12, 16, 0.10),
    (Erlang(500, 210, 32), 6, 16, 0.08),
    (Erlang(500, 210, 34), 5, 12, 0.05),
    (Erlang(500, 210, 36), 4, 12, 0.03),
    (Erlang(500, 210, 40), 4, 12, 0.01),
    (Erlang(2880, 60, 50), 2, 12, 0.08),
]
ERLANG_A = [
    (Erlang(2880, 60, 50, patience_s=120), 1, 12, 0.02),
    (Erlang(2880, 60, 50, patience_s=60), 1, 12, 0.02),
    (Erlang(1600, 180, 78, patience_s=120), 10, 6, 0.02),
    (Erlang(1600, 180, 80, patience_s=120), 10, 6, 0.02),
]


@pytest.mark.parametrize(("centre", "hours", "replications", "narrow"), ERLANG_C + ERLANG_A, ids=str)
def test_steady_state(centre: Erlang, hours: float, replications: int, narrow: float) -> None:
    found = replicate(steady(centre, hours), replications, measures={**MEASURES, "wait_probability": wait_probability})
    expected = {
        "service_level": centre.service_level(20),
        "asa_s": centre.asa_s,
        "aht_s": centre.talk_s,
        "occupancy": centre.occupancy,
        "wait_probability": centre.wait_probability,
    }
    if centre.patience_s < inf:
        expected["abandonment"] = centre.abandonment
    else:
        assert set(found["abandonment"].values) == {0.0}
    outside = {
        name: f"{found[name].mean:.5f} ± {found[name].half_width(0.99):.5f}, theory {value:.5f}"
        for name, value in expected.items()
        if not found[name].covers(value, 0.99)
    }
    assert not outside
    assert found["service_level"].half_width(0.99) <= narrow
