"""250 conversations at once with two-way G.711 and recording, and whether a packet is lost on our side.

One process is the other end of every leg: it sends 20 ms of sound to each of Asterisk's ports that has sent it
something, and looks at the sequence number of all that comes. Its own losses (a full socket buffer) are counted by the
kernel and told apart.
"""

from __future__ import annotations

import multiprocessing
import socket
import struct
import time
from collections import defaultdict
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path

from bench.calls_centre import ALLO, Centre
from bench.calls_load import Agents, Load, call

PACKET_S = 0.02
_SAMPLES = 160
_BUFFER = 32 * 1024 * 1024
_SO_RCVBUFFORCE = 33
_START_RATE = 20
_HEADER = struct.Struct("!BBHII")


@dataclass(slots=True)
class Heard:
    """What came from Asterisk while it was watched."""

    legs: int = 0
    packets: int = 0
    sent: int = 0
    lost: int = 0
    late: int = 0
    dropped_here: int = 0
    by_leg: list[int] = field(default_factory=list)


def conversations(home: Path, number: int, seconds: int) -> None:
    """Bring them up, listen for so long, and say what was heard."""
    home.mkdir(parents=True)
    centre = Centre(home)
    program = centre.here.program("sipp")
    assert program is not None
    link, peer_link = multiprocessing.Pipe()
    watching, ending = multiprocessing.Event(), multiprocessing.Event()
    peer = multiprocessing.Process(target=_peer, args=(peer_link, watching, ending))
    peer.start()
    media_port = link.recv()
    agents = Agents(program, home / "sipp" / "agents", media_port)
    try:
        centre.prepare(agents.port)
        centre.start_allo()
        load = Load(_START_RATE, -(-number // _START_RATE), hold_ms=(seconds + number // _START_RATE + 12) * 1000)
        callers = call(centre, program, home / "sipp" / "callers", ALLO, load, media_port=media_port)
        time.sleep(number / _START_RATE + 4)
        talking = len(centre.agents_in("on_call"))
        before = centre.cpu_s()
        watching.set()
        time.sleep(seconds)
        ending.set()
        heard: Heard = link.recv()
        after = centre.cpu_s()
        callers.wait(120)
        _say(heard, talking, seconds, {who: (after[who] - before[who]) / seconds for who in after})
    finally:
        ending.set()
        watching.set()
        peer.join(10)
        peer.kill()
        agents.stop()
        centre.stop()


def _say(heard: Heard, talking: int, seconds: int, cores: dict[str, float]) -> None:
    print(f"\n{talking} conversations at once, G.711 both ways, recorded, {seconds} s")
    print(f"  {heard.legs} legs; {heard.sent} packets sent to Asterisk, {heard.packets} came back")
    print(f"  missing in the sequences: {heard.lost}, out of order: {heard.late}; "
          f"dropped by the listener's own socket: {heard.dropped_here}")  # fmt: skip
    print("  of a core: " + "  ".join(f"{who} {share:.0%}" for who, share in cores.items()))


def _peer(link: multiprocessing.connection.Connection, watching: Event, ending: Event) -> None:
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        peer.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    except PermissionError:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    peer.bind(("127.0.0.1", 0))
    peer.setblocking(False)
    link.send(peer.getsockname()[1])
    talker = _Talker(peer)
    due = time.monotonic()
    counted = False
    while not ending.is_set():
        if watching.is_set() and not counted:
            counted = True
            talker.begin()
        talker.listen()
        now = time.monotonic()
        if now >= due:
            talker.talk()
            due = max(due + PACKET_S, now - PACKET_S)
        else:
            time.sleep(min(0.002, due - now))
    link.send(talker.heard())


class _Talker:
    """Both ends of all conversations."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.sequences: dict[tuple[int, int], int] = {}
        self.counts: dict[int, int] = defaultdict(int)
        self.partners: dict[int, tuple[str, int]] = {}
        self.lost = self.late = self.sent = self.turn = 0
        self.payload = bytes(range(0x20, 0x20 + _SAMPLES % 128)) * 8
        self.dropped_before = 0

    def begin(self) -> None:
        """Count from now."""
        self.counts.clear()
        self.lost = self.late = self.sent = 0
        self.dropped_before = self._dropped()

    def listen(self) -> None:
        """Take all that has come."""
        sequences, counts = self.sequences, self.counts
        while True:
            try:
                packet, source = self.peer.recvfrom(2048)
            except BlockingIOError:
                return
            if len(packet) < 12 or packet[1] & 0x7F >= 72:
                continue
            _, _, sequence, _, ssrc = _HEADER.unpack_from(packet)
            port = source[1]
            counts[port] += 1
            self.partners.setdefault(port, source)
            last = sequences.get((port, ssrc))
            if last is not None:
                step = (sequence - last) & 0xFFFF
                if 1 < step < 0x8000:
                    self.lost += step - 1
                elif step != 1:
                    self.late += 1
                    self.lost -= step >= 0x8000
                    continue
            sequences[(port, ssrc)] = sequence

    def talk(self) -> None:
        """20 ms of sound to everybody."""
        self.turn += 1
        body = self.payload[:_SAMPLES]
        for port, address in self.partners.items():
            header = _HEADER.pack(0x80, 0, self.turn & 0xFFFF, self.turn * _SAMPLES & 0xFFFFFFFF, port)
            try:
                self.peer.sendto(header + body, address)
                self.sent += 1
            except (BlockingIOError, ConnectionRefusedError):
                continue

    def heard(self) -> Heard:
        """What has been counted."""
        counts = sorted(self.counts.values())
        dropped = self._dropped() - self.dropped_before
        return Heard(len(counts), sum(counts), self.sent, self.lost, self.late, dropped, counts)

    def _dropped(self) -> int:
        port = f"{self.peer.getsockname()[1]:04X}"
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1].endswith(f":{port}"):
                return int(fields[-1])
        return 0
