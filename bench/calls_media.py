"""250 conversations at once with two-way G.711 and recording, and whether a packet is lost on our side.

One process is the other end of every leg: it sends 20 ms of sound to each of Asterisk's ports (SIPp logs them), and
looks at the sequence number of all that comes. Its own losses (a full socket buffer) are counted by the
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
from bench.calls_load import Agents, Load, call, media_ports

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


class Peer:
    """The process at the other end of all sound; its one port takes everything."""

    def __init__(self) -> None:
        self._link, its_link = multiprocessing.Pipe()
        self._watching, self._ending = multiprocessing.Event(), multiprocessing.Event()
        self._process = multiprocessing.Process(target=_peer, args=(its_link, self._watching, self._ending))
        self._process.start()
        self.port: int = self._link.recv()

    def talk_to(self, ports: list[int]) -> None:
        """Send sound to these ports from now on."""
        self._link.send(ports)

    def watch(self, seconds: float) -> Heard:
        """Count for so long; after that nobody is at the other end any more."""
        self._watching.set()
        time.sleep(seconds)
        self._ending.set()
        heard: Heard = self._link.recv()
        return heard

    def stop(self) -> None:
        """End it."""
        self._ending.set()
        self._process.join(5)
        self._process.kill()


def conversations(
    centre: Centre, program: Path, folder: Path, agents: Agents, peer: Peer, number: int, seconds: int
) -> None:
    """Bring them up, listen for so long, and say what was heard. Allo runs, its agents' sound is at `peer`."""
    centre.record(is_on=True)
    rising_s = -(-number // _START_RATE)
    load = Load(_START_RATE, rising_s, hold_ms=(seconds + rising_s + 12) * 1000)
    callers = call(centre, program, folder, ALLO, load, media_port=peer.port)
    for _ in range(rising_s + 2):
        time.sleep(1)
        peer.talk_to(media_ports(folder) + media_ports(agents.folder)[-number:])
    time.sleep(2)
    talking = len(centre.agents_in("on_call"))
    before = centre.cpu_s()
    heard = peer.watch(seconds)
    after = centre.cpu_s()
    _say(heard, talking, seconds, {who: (after[who] - before[who]) / seconds for who in after})
    callers.wait(180)


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
            if link.poll():
                talker.partners = [("127.0.0.1", port) for port in link.recv()]
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
        self.partners: list[tuple[str, int]] = []
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
        for address in self.partners:
            header = _HEADER.pack(0x80, 0, self.turn & 0xFFFF, self.turn * _SAMPLES & 0xFFFFFFFF, address[1])
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
