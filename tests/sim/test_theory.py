"""The engine, simulated, against queueing theory: each figure within its 99 % intervals, and these narrow.

The formulas are checked against published values in `test_erlang`. Seeds are fixed: these tests pass or fail for ever.
`narrow` is the greatest half-width allowed to the service level's interval: nothing is shown by a wide one.
"""

from __future__ import annotations

from math import inf

import pytest

from allo.sim import replicate
from allo.sim.erlang import Erlang
from allo.sim.estimates import MEASURES
from tests.sim.steady import Controlled, steady, wait_probability

CENTRES = [
    # centre, hours, replications, narrow
    (Erlang(200, 180, 14), 8, 12, 0.035),
    (Erlang(500, 210, 30), 8, 16, 0.08),
    (Erlang(500, 210, 32), 5, 12, 0.065),
    (Erlang(500, 210, 34), 4, 12, 0.06),
    (Erlang(500, 210, 36), 4, 12, 0.04),
    (Erlang(500, 210, 40), 4, 12, 0.012),
    (Erlang(2880, 60, 50), 1.5, 12, 0.17),
    (Erlang(2880, 60, 50, patience_s=120), 0.5, 12, 0.035),
    (Erlang(2880, 60, 50, patience_s=60), 0.5, 12, 0.012),
    (Erlang(1600, 180, 78, patience_s=120), 5, 8, 0.035),
    (Erlang(1600, 180, 80, patience_s=120), 5, 8, 0.03),
]
CONFIDENCE = 0.99


@pytest.mark.parametrize(("centre", "hours", "replications", "narrow"), CENTRES, ids=str)
def test_steady_state(centre: Erlang, hours: float, replications: int, narrow: float) -> None:
    measures = {
        **MEASURES,
        "wait_probability": wait_probability,
        "entered": lambda run: float(run.total.calls.entered),
    }
    found = replicate(steady(centre, hours), replications, measures=measures)
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
    luck = [(found["entered"], centre.calls_per_hour * hours), (found["aht_s"], centre.talk_s)]
    controlled = {name: Controlled.of(found[name], luck, CONFIDENCE) for name in expected if name != "aht_s"}
    outside = [
        f"{name}: {one.mean:.5f} ± {one.half_width:.5f}, theory {expected[name]:.5f}"
        for name, one in controlled.items()
        if not one.covers(expected[name])
    ]
    outside += [
        f"{name}: {found[name]}" for name, value in expected.items() if not found[name].covers(value, CONFIDENCE)
    ]
    assert not outside
    assert controlled["service_level"].half_width <= narrow
