"""`allo simulate`: a queue of the textbook, or a recorded day's arrivals, through the live centre's engine.

Prints the five usual figures with 95 % intervals, beside what the Erlang formulas say where they apply. Bad input gets
a sentence. Decides nothing about calls: that is `allo.core`, driven by `allo.sim`.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from datetime import datetime
from math import inf, isfinite, isnan
from pathlib import Path

import click

from allo import compiled

compiled.use()  # before anything imports the engine

from allo.sim import AtInstants, Estimate, Scenario, estimate, one_queue, runs  # noqa: E402
from allo.sim.erlang import Erlang, NoSteadyStateError  # noqa: E402

WARM_UP_S = 1800.0

MOST_CALLS = 5_000_000
"""In one day that is played; more do not fit into the memory of a usual machine."""


class _Number(click.FloatRange):
    """A range which "nan" is not in."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


_POSITIVE = _Number(min=0, min_open=True, max=1e6)


@click.command()
@click.option("--calls-per-hour", type=_POSITIVE, help="Mean number of calls an hour (they come at random).")
@click.option(
    "--calls",
    "calls_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Instead: a CSV file of calls; its first column says when each comes, in seconds or as date and time.",
)
@click.option("--handle-time", type=_POSITIVE, default=180.0, show_default=True, help="Mean seconds of a call.")
@click.option("--patience", type=_POSITIVE, help="Mean seconds a caller waits before giving up.  [default: for ever]")
@click.option("--agents", type=click.IntRange(1, 10_000), required=True, help="How many agents answer.")
@click.option(
    "--hours",
    type=_Number(0, 10_000, min_open=True),
    default=10.0,
    show_default=True,
    help="How long callers come (with --calls: until the last one).",
)
@click.option(
    "--target",
    type=_Number(0, 1e6),
    default=20.0,
    show_default=True,
    help="Seconds within which calls should be answered.",
)
@click.option(
    "--replications",
    type=click.IntRange(2, 100_000),
    default=20,
    show_default=True,
    help="How many such days are played.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same days.")
def simulate(  # noqa: PLR0913
    *,
    calls_per_hour: float | None,
    calls_file: Path | None,
    handle_time: float,
    patience: float | None,
    agents: int,
    hours: float,
    target: float,
    replications: int,
    seed: int,
) -> None:
    """Play days of a call centre and print what callers and agents would have met.

    Calls come at random, talks and patience are exponential, agents are equal. Example:

    \b
        allo simulate --calls-per-hour 1600 --handle-time 180 --patience 120 --agents 80
    """
    if (calls_per_hour is None) == (calls_file is None):
        raise click.UsageError("Say either how many calls come (--calls-per-hour) or which (--calls FILE.csv).")
    if (calls_per_hour or 0.0) * hours > MOST_CALLS:
        raise click.UsageError(f"That would be more than {MOST_CALLS:,} calls in one run; take fewer --hours.")
    scenario = one_queue(
        calls_per_hour=calls_per_hour or 0.0,
        talk_s=handle_time,
        patience_s=patience,
        agents=agents,
        hours=hours,
        target_s=target,
        warm_up_s=WARM_UP_S if calls_per_hour else 0.0,
    )
    if calls_file is not None:
        scenario = _with_calls(scenario, _instants(calls_file))
    click.echo(compiled.remark(), err=True)
    label = f"{replications} replications"
    with click.progressbar(runs(scenario, replications, seed), replications, label, file=sys.stderr) as progress:
        found = estimate(progress)
    theory, remark = {}, ""
    if calls_per_hour is not None:
        try:
            theory = _theory(Erlang(calls_per_hour, handle_time, agents, patience or inf), target)
        except NoSteadyStateError as error:
            remark = f"{error} The queue grows for as long as calls come; more hours give longer waits."
    name = "" if calls_per_hour is None else "Erlang C" if patience is None else "Erlang A"
    click.echo(_table(found, theory, name, target))
    if remark:
        click.echo("\n" + remark)


def _instants(path: Path) -> list[float]:
    """When the calls of a file come, in seconds since the first (or since 0, where they are numbers)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [(line, row[0].strip()) for line, row in enumerate(csv.reader(file), 1) if row and row[0].strip()]
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{path} is not a CSV file in UTF-8: {error}.") from error
    if cells and _instant(cells[0][1]) is None:
        del cells[0]  # the heading
    found = []
    for line, cell in cells:
        at = _instant(cell)
        if at is None:
            raise click.ClickException(
                f"{path}, line {line}: {cell!r} is neither a number of seconds nor a date and time"
                " (2026-03-01 09:30:00)."
            )
        found.append(at)
    if not found:
        raise click.ClickException(f"{path} has no calls. Its first column should say when each call comes.")
    first = min(found)
    return [at - first for at in found] if first < 0 or first > 366 * 86_400 else found


def _instant(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        try:
            return datetime.fromisoformat(cell).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
    return number if isfinite(number) else None


def _with_calls(scenario: Scenario, instants: list[float]) -> Scenario:
    (callers,) = scenario.callers
    return replace(scenario, callers=(replace(callers, arrivals=AtInstants(instants)),), open_s=max(instants) + 1.0)


def _theory(centre: Erlang, target_s: float) -> dict[str, float]:
    return {
        "service_level": centre.service_level(target_s),
        "abandonment": centre.abandonment,
        "asa_s": centre.asa_s,
        "aht_s": centre.talk_s,
        "occupancy": centre.occupancy,
    }


def _table(found: dict[str, Estimate], theory: dict[str, float], theory_name: str, target_s: float) -> str:
    names = {
        "service_level": f"service level ({target_s:g} s)",
        "abandonment": "abandonment",
        "asa_s": "average speed of answer",
        "aht_s": "average handling time",
        "occupancy": "occupancy",
    }
    lines = [f"{'':26}{'simulated':>12}{'95 % interval':>22}{theory_name:>12}"]
    for key, name in names.items():
        one, half = found[key], found[key].half_width()
        unit = "s" if key.endswith("_s") else "%"
        if not one.values:
            lines.append(f"{name:26}{'-':>12}")
            continue
        low, high = max(0.0, one.mean - half), one.mean + half
        if unit == "%":
            high = min(1.0, high)
        interval = f"{_figure(low, unit)} to {_figure(high, unit)} {unit}"
        expected = f"{_figure(theory[key], unit)} {unit}" if key in theory else ""
        lines.append(f"{name:26}{_figure(one.mean, unit) + ' ' + unit:>12}{interval:>22}{expected:>12}".rstrip())
    return "\n".join(lines)


def _figure(value: float, unit: str) -> str:
    return f"{100 * value:.1f}" if unit == "%" else f"{value:.1f}"
