"""What open floors cost: the web process with none, one and ten of them, while a centre is at work.

A whole `allo up`, SIP callers and automatic agents by `allo traffic`. The same centre is looked at by no page, by one
and by ten, in turns; what counts is the web process's time on the processor. Ten should cost hardly more than one,
because what changes is drawn once for all who look at the same.

    python -m bench.floors [--agents 30] [--rate 120] [--turns 4] [--turn-s 10]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click
import httpx

from allo.installation import CHECKOUT
from allo.start import environment
from bench.calls_centre import processor_s
from tests.free_ports import free_installation
from tests.live.centre_runner import RunningCentre

FLOORS = (0, 1, 10)
TRAFFIC = ("--talk", "8", "--ring", "1", "--wrapup", "3")
LEADER = {"username": "leader", "password": "leader-demo-1"}


class Floor:
    """One open floor: its stream of events is read and counted."""

    def __init__(self, leader: httpx.Client) -> None:
        self.received = 0
        self._leader = leader
        self._is_open = True
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        with self._leader.stream("GET", "/floor/live") as stream:
            assert stream.is_success, stream.status_code
            for piece in stream.iter_bytes():
                self.received += len(piece)
                if not self._is_open:
                    return

    def close(self) -> None:
        """Turn away; the next beat ends it."""
        self._is_open = False
        self._thread.join()


def sign_in(origin: str) -> httpx.Client:
    """A leader's browser."""
    client = httpx.Client(base_url=origin, trust_env=False, timeout=30, limits=httpx.Limits(max_connections=50))
    client.get("/login")
    answer = client.post(
        "/login", data=LEADER | {"csrfmiddlewaretoken": client.cookies["allo_csrf"]}, headers={"Referer": origin}
    )
    assert answer.is_redirect, answer.status_code
    return client


def measure(centre: RunningCentre, leader: httpx.Client, floors: int, turn_s: float) -> tuple[float, float]:
    """Milliseconds on the processor and kilobytes a page, each for one second."""
    opened = [Floor(leader) for _ in range(floors)]
    time.sleep(2)
    web = centre.pid("web")
    at, spent, received = time.monotonic(), processor_s(web), sum(one.received for one in opened)
    time.sleep(turn_s)
    seconds = time.monotonic() - at
    spent, received = processor_s(web) - spent, sum(one.received for one in opened) - received
    for one in opened:
        one.close()
    return spent / seconds * 1000, received / max(floors, 1) / seconds / 1000


@click.command()
@click.option("--agents", default=30, help="Automatic agents.")
@click.option("--rate", default=120, help="Calls a minute.")
@click.option("--turns", default=4, help="How often each number of floors is measured.")
@click.option("--turn-s", default=10.0, help="For how long.")
def main(agents: int, rate: int, turns: int, turn_s: float) -> None:
    """Print the web process's milliseconds a second by open floors."""
    with tempfile.TemporaryDirectory(prefix="allo-") as home:
        here = free_installation(Path(home), asterisk_root=CHECKOUT / ".asterisk")
        here.make_folders()
        centre = RunningCentre.start(here)
        traffic = subprocess.Popen(
            [sys.executable, "-m", "allo.cli", "traffic", *TRAFFIC, "--agents", str(agents), "--rate", str(rate)],
            env=environment(here),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            leader = sign_in(here.origin)
            time.sleep(15)
            found: dict[int, list[tuple[float, float]]] = {floors: [] for floors in FLOORS}
            for turn in range(turns):
                for floors in FLOORS[:: -1 if turn % 2 else 1]:
                    found[floors].append(measure(centre, leader, floors, turn_s))
            assert traffic.poll() is None, "the traffic has ended"
        finally:
            traffic.terminate()
            traffic.wait(30)
            centre.stop()
    print(f"{agents} agents, {rate} calls a minute; medians of {turns} turns of {turn_s:g} s")
    print("floors   web, ms a second   kB a page and second")
    middle = {floors: statistics.median(spent for spent, _ in all_) for floors, all_ in found.items()}
    for floors, all_ in found.items():
        print(f"{floors:6}   {middle[floors]:16.1f}   {statistics.median(size for _, size in all_):20.2f}")
    one, ten = middle[1] - middle[0], middle[10] - middle[0]
    print(f"ten floors cost {ten / one:.2f} times one" if one > 0 else "one floor costs nothing that can be measured")


if __name__ == "__main__":
    main()
