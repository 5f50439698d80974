"""The other end of all legs of the benchmark: a process that sends 50 packets of G.711 a second to each of Asterisk's
ports, and writes down every packet that comes back.

Fast enough for 500 legs: whole batches go and come by one system call (sendmmsg, recvmmsg), headers are written as
columns of numpy. Not in one burst: the legs are spread over ten lanes, which leave 2 ms after each other.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

PACKET_S = 0.02
SAMPLES = 160
LANES = 10
_ROOM = 64  # legs a lane
_BATCH = 1024
_LARGEST = 256  # bytes of a packet
_BUFFER = 32 * 1024 * 1024
_SO_RCVBUFFORCE = 33
_PRIORITY = 20
_HOPELESS_S = 0.1
"""So far behind, packets are left out instead of sent in a burst."""

_PACKET = np.dtype(
    [
        ("flags", "u1"),
        ("kind", "u1"),
        ("sequence", ">u2"),
        ("stamp", ">u4"),
        ("source", ">u4"),
        ("sound", "u1", SAMPLES),
    ]
)
_ARRIVAL = np.dtype(
    {
        "names": ["kind", "sequence", "source"],
        "formats": ["u1", ">u2", ">u4"],
        "offsets": [1, 2, 8],
        "itemsize": _LARGEST,
    }
)
_ADDRESS = np.dtype([("family", "u2"), ("port", ">u2"), ("host", "u1", 4), ("rest", "u1", 8)])
_HEARD = np.dtype([("port", "u2"), ("source", "u4"), ("sequence", "u2"), ("at", "f8")])
# struct iovec and struct mmsghdr of 64-bit Linux.
_PIECE = np.dtype([("base", "u8"), ("length", "u8")])
_HEADER = np.dtype(
    {
        "names": ["name", "name_length", "pieces", "piece_count", "length"],
        "formats": ["u8", "u4", "u8", "u8", "u4"],
        "offsets": [0, 8, 16, 24, 56],
        "itemsize": 64,
    }
)
_LIBC = ctypes.CDLL(None, use_errno=True)

# Square waves in µ-law: 500 Hz from callers, 1000 Hz from agents; both fit into a packet without a seam.
CALLER_SOUND = np.tile(np.repeat(np.array([0x90, 0x10], np.uint8), 8), SAMPLES // 16)
AGENT_SOUND = np.tile(np.repeat(np.array([0x90, 0x10], np.uint8), 4), SAMPLES // 8)


@dataclass(slots=True)
class Heard:
    """What was sent and what came while it was watched."""

    seconds: float
    arrivals: np.ndarray[Any, Any]
    """A row (port, source, sequence, instant) a packet."""
    sent: dict[int, int]
    """Packets to each of Asterisk's ports."""
    sent_ever: int
    """To the same ports since the beginning of their calls."""
    dropped_here: int
    """By the peer's own socket."""
    latest_s: float
    """How late a lane has left at most."""


class Peer:
    """The process; its one port takes everything."""

    def __init__(self) -> None:
        self._link, its_link = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_run, args=(its_link,), daemon=True)
        self._process.start()
        self.port: int = self._link.recv()
        self.pid: int = self._process.pid or 0

    def talk_to(self, callers: list[int], agents: list[int]) -> None:
        """Send sound to these ports from now on, beside those that are talked to already."""
        self._link.send(("talk", (callers, agents)))

    def watch(self, seconds: float) -> Heard:
        """Count for so long; then be silent and talk to nobody any more."""
        self._link.send(("watch", None))
        time.sleep(seconds)
        self._link.send(("hush", None))
        heard: Heard = self._link.recv()
        return heard

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join(5)


class _Lane:
    """Legs whose packets leave together."""

    def __init__(self) -> None:
        self.count = 0
        self.packets = np.zeros(_ROOM, _PACKET)
        self.packets["flags"] = 0x80
        self.addresses = np.zeros(_ROOM, _ADDRESS)
        self.addresses["family"], self.addresses["host"] = socket.AF_INET, (127, 0, 0, 1)
        self.headers, self._pieces = _batch(self.packets, self.addresses)
        self.sent = np.zeros(_ROOM, np.int64)
        self.sent_before = self.sent.copy()

    def add(self, port: int, sound: np.ndarray[Any, Any]) -> None:
        self.addresses["port"][self.count] = self.packets["source"][self.count] = port
        self.packets["sound"][self.count] = sound
        self.count += 1

    def send(self, number: int) -> None:
        """20 ms of sound to everybody."""
        done = 0
        while done < self.count:
            at = self.headers.ctypes.data + done * _HEADER.itemsize
            sent = _LIBC.sendmmsg(number, ctypes.c_void_p(at), self.count - done, 0)
            if sent < 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            done += sent
        self.packets["sequence"][: self.count] += 1
        self.packets["stamp"][: self.count] += SAMPLES
        self.sent[: self.count] += 1


class _Talker:
    """All ends of all conversations."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer, self.number = peer, peer.fileno()
        self.arrived = np.zeros(_BATCH, _ARRIVAL)
        self.from_whom = np.zeros(_BATCH, _ADDRESS)
        self.headers, self._pieces = _batch(self.arrived, self.from_whom)
        self.forget()

    def forget(self) -> None:
        """Talk to nobody any more."""
        self.lanes = [_Lane() for _ in range(LANES)]
        self.known: set[int] = set()
        self.log: list[np.ndarray[Any, Any]] = []
        self.is_watching = False
        self.since = self.latest_s = 0.0

    def talk_to(self, callers: list[int], agents: list[int]) -> None:
        for ports, sound in ((callers, CALLER_SOUND), (agents, AGENT_SOUND)):
            for port in ports:
                if port not in self.known:
                    self.known.add(port)
                    min(self.lanes, key=lambda lane: lane.count).add(port, sound)

    def watch(self) -> None:
        for lane in self.lanes:
            lane.sent_before = lane.sent.copy()
        self.dropped_before = self._dropped()
        self.is_watching, self.since, self.latest_s = True, time.monotonic(), 0.0

    def listen(self) -> None:
        """Take all that has come."""
        while True:
            self.headers["name_length"] = _ADDRESS.itemsize
            count = _LIBC.recvmmsg(
                self.number, ctypes.c_void_p(self.headers.ctypes.data), _BATCH, socket.MSG_DONTWAIT, None
            )
            if count <= 0:
                return
            if self.is_watching:
                rows = np.empty(count, _HEARD)
                rows["at"] = time.monotonic()
                rows["port"] = self.from_whom["port"][:count]
                rows["source"], rows["sequence"] = self.arrived["source"][:count], self.arrived["sequence"][:count]
                is_sound = (self.headers["length"][:count] > 12) & (self.arrived["kind"][:count] & 0x7F < 72)
                self.log.append(rows[is_sound])
            if count < _BATCH:
                return

    def heard(self) -> Heard:
        seconds, ever = time.monotonic() - self.since, 0
        sent: dict[int, int] = {}
        for lane in self.lanes:
            counts = (lane.sent - lane.sent_before)[: lane.count]
            sent.update(zip(lane.addresses["port"][: lane.count].tolist(), counts.tolist(), strict=True))
            ever += int(lane.sent.sum())
        arrivals = np.concatenate([np.empty(0, _HEARD), *self.log])
        dropped = self._dropped() - self.dropped_before
        return Heard(seconds, arrivals, sent, ever, dropped, self.latest_s)

    def _dropped(self) -> int:
        port = f"{self.peer.getsockname()[1]:04X}"
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1].endswith(f":{port}"):
                return int(fields[-1])
        return 0


def _batch(packets: np.ndarray[Any, Any], addresses: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """What the two system calls want to see: a header a packet, which points to its address and its one piece."""
    places = np.arange(len(packets), dtype=np.uint64)
    pieces, headers = np.zeros(len(packets), _PIECE), np.zeros(len(packets), _HEADER)
    pieces["base"] = packets.ctypes.data + places * packets.itemsize
    pieces["length"] = packets.itemsize
    headers["name"] = addresses.ctypes.data + places * addresses.itemsize
    headers["name_length"] = addresses.itemsize
    headers["pieces"] = pieces.ctypes.data + places * pieces.itemsize
    headers["piece_count"] = 1
    return headers, pieces


def _open() -> socket.socket:
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        peer.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    except PermissionError:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    peer.bind(("127.0.0.1", 0))
    return peer


def _run(link: Connection) -> None:
    peer = _open()
    link.send(peer.getsockname()[1])
    talker = _Talker(peer)
    with suppress(PermissionError):  # real telephones do not wait for this machine's work
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
    parent = os.getppid()
    due, turn = time.monotonic(), 0
    while os.getppid() == parent:
        time.sleep(max(0.0, due - time.monotonic()))
        if turn == 0 and link.poll():
            _obey(talker, link)
        late_s = time.monotonic() - due
        talker.latest_s = max(talker.latest_s, late_s)
        if late_s > _HOPELESS_S:
            due = time.monotonic()
        talker.lanes[turn].send(talker.number)
        talker.listen()
        due, turn = due + PACKET_S / LANES, (turn + 1) % LANES


def _obey(talker: _Talker, link: Connection) -> None:
    match link.recv():
        case ("talk", (callers, agents)):
            talker.talk_to(callers, agents)
        case ("watch", _):
            talker.watch()
        case ("hush", _):
            link.send(talker.heard())
            talker.forget()
