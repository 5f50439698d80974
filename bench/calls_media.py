"""Many conversations at once with two-way G.711: whether a packet is lost on our side, or a recording is not whole.

Counted at both ends: what the peer (`calls_peer`) sent and what came back to each leg, and what Asterisk says it got on
each channel. Afterwards every recording is looked through for silence.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench.calls_centre import ALLO, Centre, processor_s
from bench.calls_load import Agents, Load, call, media_ports
from bench.calls_peer import PACKET_S, SAMPLES, Heard, Peer

_START_RATE = 25
_SETTLE_S = 4
_KEPT_WITHIN_S = 120.0
_LOUD = 1000  # of 32767; the peer's tones are far above
_RATE = 8000


@dataclass(slots=True)
class Came:
    """What came back to the legs."""

    legs: int
    packets: int
    least: int
    most: int
    missing: int
    out_of_order: int
    twice: int
    longest_pauses_ms: np.ndarray[Any, Any]
    """The longest of each leg."""


def conversations(
    centre: Centre,
    program: Path,
    folder: Path,
    agents: Agents,
    peer: Peer,
    number: int,
    seconds: int,
    *,
    is_recorded: bool,
) -> None:
    """Bring them up, listen for so long, and say what was heard. Allo runs, its agents' sound is at `peer`."""
    centre.record(is_on=is_recorded)
    rising_s = -(-number // _START_RATE)
    load = Load(-(-number // rising_s), rising_s, hold_ms=(seconds + rising_s + _SETTLE_S + 12) * 1000)
    earlier, began_at = len(media_ports(agents.folder)), datetime.now().astimezone()
    callers = call(centre, program, folder, ALLO, load, media_port=peer.port)
    try:
        for _ in range(rising_s + _SETTLE_S):
            time.sleep(1)
            peer.talk_to(media_ports(folder), media_ports(agents.folder)[earlier:])
        talking = len(centre.agents_in("on_call"))
        pids = {name: child.pid for name, child in centre.running.items()} | {"the peer": peer.pid}
        before = {name: processor_s(pid) for name, pid in pids.items()}
        idle_before = _idle_s()
        heard = peer.watch(seconds)
        idle_s = _idle_s() - idle_before
        cores = {name: (processor_s(pid) - before[name]) / heard.seconds for name, pid in pids.items()}
        print(
            f"\n{talking} conversations at once, G.711 both ways, {'' if is_recorded else 'not '}recorded, {seconds} s"
        )
        _say(heard, came(heard), _asterisks_counts(centre))
        print(f"  of a core: {'  '.join(f'{who} {share:.0%}' for who, share in cores.items())}; "
              f"of the machine idle: {idle_s / heard.seconds:.0%}")  # fmt: skip
        callers.wait(180)
    finally:
        callers.kill()
    if is_recorded:
        _look_at_recordings(centre, began_at, load.calls, seconds)


def came(heard: Heard) -> Came:
    """Gaps, order and pauses of each leg's packets."""
    rows = heard.arrivals
    rows = rows[np.lexsort((np.arange(len(rows)), rows["source"], rows["port"]))]  # by leg, then as they came
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (rows["port"][1:] != rows["port"][:-1]) | (rows["source"][1:] != rows["source"][:-1])
    begins = np.flatnonzero(is_new)
    lengths = np.diff(np.append(begins, len(rows)))
    # Sequence numbers as distances from the leg's first, so that they do not begin anew at 65536.
    distance = (rows["sequence"] - np.repeat(rows["sequence"][begins], lengths)).astype(np.int16).astype(np.int64)
    span = np.maximum.reduceat(distance, begins) - np.minimum.reduceat(distance, begins) + 1
    twice = sum(
        length - len(np.unique(part)) for length, part in zip(lengths, np.split(distance, begins[1:]), strict=True)
    )
    steps, pauses = np.diff(distance, prepend=0), np.diff(rows["at"], prepend=0.0)
    pauses[begins] = 0.0
    by_leg = np.unique(rows["port"], return_counts=True)[1]
    return Came(
        legs=len(by_leg),
        packets=len(rows),
        least=int(by_leg.min()),
        most=int(by_leg.max()),
        missing=int((span - lengths).sum() + twice),
        out_of_order=int((~is_new & (steps < 0)).sum()),
        twice=int(twice),
        longest_pauses_ms=np.sort(np.maximum.reduceat(pauses, begins) * 1000),
    )


def _say(heard: Heard, back: Came, counts: dict[str, int]) -> None:
    sent, seconds, pauses = np.array(list(heard.sent.values())), heard.seconds, back.longest_pauses_ms
    due = seconds / PACKET_S * len(sent)
    print(
        f"  sent to each of {len(sent)} legs: {sent.min() / seconds:.2f} to {sent.max() / seconds:.2f} packets a "
        f"second, {sent.sum()} of {due:.0f} in all, at most {heard.latest_s * 1000:.0f} ms late\n"
        f"  came back to each of {back.legs} legs: {back.least / seconds:.2f} to {back.most / seconds:.2f} a second, "
        f"{back.packets} in all; missing in the sequences: {back.missing}, out of order: {back.out_of_order}, "
        f"twice: {back.twice}; dropped by the peer's own socket: {heard.dropped_here}\n"
        f"  the longest pause between two packets of a leg, ms: p50 {np.median(pauses):.0f}, "
        f"p90 {np.quantile(pauses, 0.9):.0f}, the longest of all {pauses[-1]:.0f}\n"
        f"  by Asterisk's own count, from the beginning of the calls: {counts['rxcount']} of {heard.sent_ever} that "
        f"were sent came in, missing {counts['rxploss']}; legs {counts['legs']}"
    )


def _asterisks_counts(centre: Centre) -> dict[str, int]:
    """What Asterisk counts on all channels."""
    found = [
        centre.ari("GET", f"/channels/{one['id']}/rtp_statistics").json()
        for one in centre.ari("GET", "/channels").json()
    ]
    counts = {name: sum(int(one.get(name, 0)) for one in found) for name in ("rxcount", "rxploss", "txcount")}
    return {**counts, "legs": len(found)}


def _look_at_recordings(centre: Centre, since: datetime, number: int, seconds: int) -> None:
    """Whether every call has one, with both sides in it and no gap."""
    from allo.data.models.recording import Recording, RecordingState  # noqa: PLC0415

    ready = Recording.objects.filter(call_record__arrived_at__gte=since, state=RecordingState.READY)
    until = time.monotonic() + _KEPT_WITHIN_S
    while ready.count() < number and time.monotonic() < until:
        time.sleep(1)
    files = [centre.here.recordings_folder / name for name in ready.values_list("file", flat=True)]
    looked = [_look_at(path) for path in files]
    whole = sum(one.is_whole for one in looked)
    long_enough = sum(one.length_s >= seconds and one.is_whole for one in looked)
    print(
        f"  {len(files)} recordings of {number} calls; whole (both sides, each on its channel, at least {seconds} s): "
        f"{long_enough}; silent pieces of 20 ms within: {sum(one.silent for one in looked)} in {len(looked) - whole}"
    )


@dataclass(slots=True)
class _Looked:
    length_s: float
    silent: int
    is_whole: bool


def _look_at(path: Path) -> _Looked:
    """Both of the peer's tones must be there without a gap: the caller's 500 Hz left, the agent's 1000 Hz right."""
    sound, _ = soundfile.read(path, dtype="int16")
    pieces = sound[: len(sound) // SAMPLES * SAMPLES].reshape(-1, SAMPLES, 2)
    is_loud = np.abs(pieces).mean(axis=1) > _LOUD
    silent, changes = 0, []
    for side in (0, 1):
        places = np.flatnonzero(is_loud[:, side])
        if not len(places):
            return _Looked(0.0, 0, is_whole=False)
        silent += int(places[-1] - places[0] + 1 - len(places))
        signs = np.diff(np.signbit(pieces[places, :, side]), axis=1)
        changes.append(float(np.median(signs.sum(axis=1))))
    own_tones = 18 <= changes[0] <= 21 and 37 <= changes[1] <= 41
    return _Looked(int(is_loud.all(axis=1).sum()) * PACKET_S, silent, is_whole=own_tones and silent == 0)


def _idle_s() -> float:
    """Seconds in which no core had anything to do, a machine's core."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[4]) / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
