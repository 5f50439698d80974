"""Every rule of the engine as an incident that a person can read (`incidents/*.txt`)."""

from pathlib import Path

import pytest

from tests.core.scenarios import Row, Scenario, read, run

SCENARIOS = [
    pytest.param(scenario, id=f"{path.stem}: {scenario.title}")
    for path in sorted((Path(__file__).parent / "incidents").glob("*.txt"))
    for scenario in read(path)
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_incident(scenario: Scenario) -> None:
    assert scenario.rows
    run(scenario)


def test_a_wrong_table_is_noticed() -> None:
    scenario = Scenario("nobody works", rows=[Row(1, 0.0, "ready ann", ["ok"])])
    with pytest.raises(AssertionError, match="line 1, 'ready ann': no: unknown_agent"):
        run(scenario)
