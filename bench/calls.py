"""Calls through Allo against Asterisk's own app_queue: 250 agents, the same Asterisk, the same SIPp, in one run.

    .venv/bin/python -m bench.calls                    everything (about eight minutes)
    .venv/bin/python -m bench.calls --parts cpu        one part: cpu, features, latency, rate, media

A few calls warm every side up before it is measured.

cpu      processor time a call of all our processes: Asterisk, control, web; SIPp is not counted. Rounds alternate
features Allo alone: processor time a call with everything set up for the queue (calls_features) and with a plain one
latency  INVITE→bridged at --latency-rate calls a second
rate     how many calls a second go through without one failure
media    conversations at once with sound both ways, not recorded and recorded: lost packets, gaps in recordings
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench import calls_features
from bench.calls_centre import AGENTS, ALLO, APP_QUEUE, APP_QUEUE_RECORDED, Centre
from bench.calls_load import Agents, Load, Result, measure
from bench.calls_media import conversations
from bench.calls_peer import Peer

WARM_UP = Load(20, 3)
PARTS = ("cpu", "features", "latency", "rate", "media")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the four that are compared."""

    name: str
    number: str
    is_allo: bool
    is_recorded: bool


SIDES = (
    Side("app_queue", APP_QUEUE, is_allo=False, is_recorded=False),
    Side("app_queue, recorded", APP_QUEUE_RECORDED, is_allo=False, is_recorded=True),
    Side("Allo", ALLO, is_allo=True, is_recorded=False),
    Side("Allo, recorded", ALLO, is_allo=True, is_recorded=True),
)


class Bench:
    """The centre with its agents, and rounds on it."""

    def __init__(self, home: Path, *, has_media: bool) -> None:
        self.home = home
        self.centre = Centre(home)
        program = self.centre.here.program("sipp")
        if program is None:
            raise SystemExit("SIPp was not found: run scripts/setup.")
        self.program = program
        self.peer = Peer()
        self.agents = Agents(program, home / "sipp" / "agents", self.peer.port, is_media_logged=has_media)
        self._numbers = count(1)

    def round(self, side: Side, load: Load, *, watch: bool = False) -> Result:
        """One round of one side; Allo must run for Allo's."""
        if side.is_allo:
            self.centre.record(is_on=side.is_recorded)
        folder = self.home / "sipp" / str(next(self._numbers))
        return measure(self.centre, self.program, self.agents, folder, side.number, load, watch=watch)

    @contextmanager
    def side_of(self, *, is_allo: bool) -> Iterator[list[Side]]:
        """The sides of one centre, while it runs."""
        if is_allo:
            self.centre.start_allo()
        try:
            sides = [side for side in SIDES if side.is_allo is is_allo]
            for side in sides:
                self.round(side, WARM_UP)
            yield sides
        finally:
            if is_allo:
                self.centre.stop_allo()


def cpu(bench: Bench, rounds: int, load: Load) -> None:
    """Processor time a call."""
    spent: dict[str, list[dict[str, float]]] = {side.name: [] for side in SIDES}
    for _ in range(rounds):
        for is_allo in (False, True):
            with bench.side_of(is_allo=is_allo) as sides:
                for side in sides:
                    result = bench.round(side, load)
                    _say_failures(side, result)
                    spent[side.name].append({who: 1000 * s / result.calls for who, s in result.cpu_s.items()})
    print(f"\nProcessor time a call, ms ({load.rate} calls/s, {rounds} rounds of {load.calls}; median of rounds)")
    totals = {name: _say_costs(name, costs) for name, costs in spent.items()}
    for plain, allo in (("app_queue", "Allo"), ("app_queue, recorded", "Allo, recorded")):
        print(f"  {allo} / {plain} = {totals[allo] / totals[plain]:.2f}")


def features(bench: Bench, rounds: int, load: Load) -> None:
    """Processor time a call with and without everything that can be set up."""
    spent: dict[str, list[dict[str, float]]] = {"a plain queue": [], "all features": []}
    calls_features.prepare()
    for turn in range(rounds):
        for name, costs in sorted(spent.items(), reverse=turn % 2 == 1):  # neither is always the first
            calls_features.switch(is_on=name == "all features")
            with bench.side_of(is_allo=True) as (side, *_recorded):
                result = bench.round(side, load)
                _say_failures(side, result)
                costs.append({who: 1000 * s / result.calls for who, s in result.cpu_s.items()})
    calls_features.switch(is_on=False)
    print(f"\nAllo, processor time a call, ms ({load.rate} calls/s, {rounds} rounds of {load.calls}; median of rounds)")
    plain, full = (_say_costs(name, costs) for name, costs in spent.items())
    print(f"  all features / a plain queue = {full / plain:.2f}")


def latency(bench: Bench, load: Load) -> None:
    """INVITE→bridged."""
    print(f"\nINVITE→bridged, ms ({load.rate} calls/s, {load.calls} calls)")
    for is_allo in (False, True):
        with bench.side_of(is_allo=is_allo) as sides:
            for side in sides:
                result = bench.round(side, load, watch=True)
                _say_failures(side, result)
                waits = result.latencies_ms
                print(f"  {side.name:<20} p50 {_share(waits, 0.5):6.1f}   p90 {_share(waits, 0.9):6.1f}   "
                      f"p99 {_share(waits, 0.99):6.1f}   ({len(waits)} calls)")  # fmt: skip


def rate(bench: Bench, rates: list[int], seconds: int) -> None:
    """Calls a second without a failure."""
    print(f"\nGood calls of all at a rate held for {seconds} s")
    for is_allo in (False, True):
        with bench.side_of(is_allo=is_allo) as sides:
            for side in sides:
                found = []
                for one in rates:
                    result = bench.round(side, Load(one, seconds))
                    found.append(f"{one}/s: {result.good} of {result.calls}" + ("" if result.is_sustained else " (!)"))
                    if not result.is_sustained:
                        break
                print(f"  {side.name:<20} {'   '.join(found)}")


def media(bench: Bench, numbers: list[int], seconds: int, recordings: list[str]) -> None:
    """Conversations with sound."""
    with bench.side_of(is_allo=True):
        for number in numbers:
            for is_recorded in [one == "on" for one in recordings]:
                folder = bench.home / "sipp" / f"media-{number}-{is_recorded}"
                conversations(
                    bench.centre,
                    bench.program,
                    folder,
                    bench.agents,
                    bench.peer,
                    number,
                    seconds,
                    is_recorded=is_recorded,
                )


def _say_costs(name: str, costs: list[dict[str, float]]) -> float:
    """One side's line; returns the median of all together."""
    parts = {who: statistics.median(cost.get(who, 0.0) for cost in costs) for who in costs[0]}
    total = statistics.median(sum(cost.values()) for cost in costs)
    rest = "  ".join(f"{who} {ms:.1f}" for who, ms in parts.items())
    print(f"  {name:<20} {total:6.1f}   ({rest})   rounds: {', '.join(f'{sum(c.values()):.1f}' for c in costs)}")
    return total


def _say_failures(side: Side, result: Result) -> None:
    if not result.is_sustained:
        print(f"  ! {side.name}: {result.good} of {result.calls} calls were good")


def _share(sorted_ms: list[float], share: float) -> float:
    return sorted_ms[min(len(sorted_ms) - 1, int(share * len(sorted_ms)))] if sorted_ms else float("nan")


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cpu-rate", type=int, default=30)
    parser.add_argument("--latency-rate", type=int, default=50)
    parser.add_argument("--rates", type=int, nargs="+", default=[50, 100])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--conversations", type=int, nargs="+", default=[20, AGENTS])
    parser.add_argument("--recordings", nargs="+", choices=("off", "on"), default=["off", "on"], help="for media")
    parser.add_argument("--real-time", action="store_true", help="Asterisk goes before all other work (needs root)")
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before its time"))  # no Asterisk may be left behind
    home = Path(tempfile.mkdtemp(prefix="allo-bench-"))
    bench = Bench(home, has_media="media" in asked.parts)
    try:
        bench.centre.prepare(bench.agents.port)
        if asked.real_time:
            bench.centre.go_first()
        if "cpu" in asked.parts:
            cpu(bench, asked.rounds, Load(asked.cpu_rate, asked.seconds))
        if "features" in asked.parts:
            features(bench, asked.rounds, Load(asked.cpu_rate, asked.seconds))
        if "latency" in asked.parts:
            latency(bench, Load(asked.latency_rate, asked.seconds))
        if "rate" in asked.parts:
            rate(bench, asked.rates, asked.seconds)
        if "media" in asked.parts:
            media(bench, asked.conversations, asked.seconds * 2, asked.recordings)
    finally:
        bench.agents.stop()
        bench.peer.stop()
        bench.centre.stop()
    if not asked.keep:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
