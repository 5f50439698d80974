"""A centre in full swing: conversations, holds with a reason, a consult, call-backs, and callers promised something.

Callers and agents are SIPp's, brought by `allo traffic`. Whose hearing matters has a telephone of the test's: the three
of the consult, and the customers who are called back (one telephone at the telephone company's address).
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from allo.core.model import PartyKind
from allo.core.requests import ConsultParty, GoReady, Hold, LogIn
from allo.installation import CHECKOUT
from allo.start import environment
from allo.web.control_client import Accepted, ControlAwayError, ControlClient
from tests.live.centre_runner import RunningCentre
from tests.live.conversations import TONES, hear
from tests.live.furnish_busy import ASKING_NUMBER, OUTSIDE
from tests.live.sip_phone import PhoneCall, SipPhone
from tests.live.telephones import Telephones
from tests.waiting import wait_until

TALKING, WAITING, HELD, CONSULTING = 20, 10, 3, 3
"""SIPp's conversations, waiting callers, and holds among the conversations; the three of a consult."""
AGENTS = TALKING + 2
CUSTOMERS = ("+79990000011", "+79990000012")
"""They have agreed to be called back."""
SENT = ("89990000011", "79990000012")
"""The same, as the telephone company sends them; only +7* may be dialled."""
PATIENCE_S = 60
Value = dict[str, Any]
_SHOWN = {
    "call": (
        "state", "agent_id", "since_at", "entered_at", "answered_at", "caller", "offers", "hold_reason", "consult",
        "callback",
    ),
    "agent": ("state", "reason", "since_at", "call_id", "device_up"),
    "queue": ("waiting", "agents"),
}  # fmt: skip


@dataclass(slots=True)
class BusyCentre:
    """`allo up` and `allo traffic`; `truth` tells what control says is going on."""

    centre: RunningCentre
    control: ControlClient
    telephones: Telephones = field(default_factory=Telephones)
    crowd: list[subprocess.Popen[bytes]] = field(default_factory=list)
    made: Value = field(default_factory=dict)
    """What `furnish_busy` has made."""
    consult: dict[str, PhoneCall] = field(default_factory=dict)
    """Its `caller`, `agent` and `asked`."""
    callbacks: list[str] = field(default_factory=list)
    """The customers' calls."""
    outside: SipPhone = field(init=False)
    """The customers' telephone."""

    @classmethod
    def start(cls, centre: RunningCentre, sms_url: str) -> BusyCentre:
        """Return once everybody talks, waits, asks, or is to be called back."""
        busy = cls(centre, ControlClient(socket_path=str(centre.installation.control_socket)))
        try:
            # The agents stay when all callers have left: their own traffic has its next call in ten minutes.
            busy.bring("--agents", str(TALKING), "--ring", "0.5", "--rate", "0.1", "--wrapup", "0.3")
            busy.wait_for(lambda: busy.ready_agents() == TALKING)
            busy.consult_begins(*busy.furnished(sms_url))
            busy.bring("--calls", str(TALKING), "--rate", "900")
            busy.wait_for(lambda: busy.counted() == {"talking": TALKING, "held": 1})
            for number in SENT:
                busy.agrees_on_callback(number)
            busy.bring("--calls", str(WAITING), "--rate", "900")
            for call in busy.calls("talking")[:HELD]:
                busy.ask(Hold(call["agent_id"], call["id"], busy.made["hold_reason"]))
            busy.wait_for(lambda: busy.counted() == busy.expected)
            busy.wait_for(lambda: len(busy.deadlines()) == WAITING)
        except BaseException:
            busy.stop()
            raise
        return busy

    @property
    def environment(self) -> dict[str, str]:
        """For programs that belong to this centre."""
        return {**environment(self.centre.installation), "DJANGO_SETTINGS_MODULE": "allo.web.settings"}

    def bring(self, *options: str) -> None:
        """`allo traffic` with these options; nobody ever hangs up by himself."""
        command = [sys.executable, "-m", "allo.cli", "traffic", "--talk", "3600", "--patience", "3600", "--fixed"]
        with (self.centre.installation.log_folder / f"traffic-{len(self.crowd)}.log").open("wb") as log:
            self.crowd.append(
                subprocess.Popen(
                    [*command, *options],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self.environment,
                    start_new_session=True,
                )
            )

    def furnished(self, sms_url: str) -> tuple[SipPhone, SipPhone]:
        """Everything is set up, and the two agents of the consult are at work: with telephones of the test's own."""
        port = self.centre.installation.sip_port
        asking, asked = (self.telephones.open(port, who, TONES[who]) for who in ("5", "6"))
        self.outside = self.telephones.open(port, SENT[0], TONES["outside"], OUTSIDE)
        done = subprocess.run(
            [sys.executable, "-m", "tests.live.furnish_busy", sms_url, str(self.outside.port)],
            env=self.environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE_S,
        )
        self.made = json.loads(done.stdout)
        self.wait_for(lambda: self.items()["system"]["config_revision"] >= self.made["revision"])
        for agent_id, phone in ((self.made["asking"], asking), (self.made["asked"], asked)):
            self.control.make_automatic_phone(agent_id, phone.uri)
            self.wait_for(partial(self._has_telephone, agent_id))
            self.ask(LogIn(agent_id))
            self.ask(GoReady(agent_id))
        self.wait_for(lambda: self.items()["system"]["outgoing_line"])
        return asking, asked

    def _has_telephone(self, agent_id: str) -> bool:
        return bool(self.items()[f"agent:{agent_id}"]["device_up"])

    def consult_begins(self, asking: SipPhone, asked: SipPhone) -> None:
        """A caller talks to an agent, who asks a colleague."""
        caller = self.telephones.open(self.centre.installation.sip_port, "79990000001", TONES["caller"])
        self.consult["caller"] = self.telephones.run(caller.call(ASKING_NUMBER))
        self.wait_for(lambda: asking.calls)
        self.consult["agent"] = self.telephones.answers(asking)
        self.wait_for(lambda: self.counted() == {"talking": 1})
        self.ask(ConsultParty(self.made["asking"], self.consulting["id"], PartyKind.AGENT, self.made["asked"]))
        self.consult["asked"] = self.telephones.answers(asked)
        self.consult_is_heard()

    @property
    def consulting(self) -> Value:
        """The call of the consult."""
        return next(call for call in self.calls() if call["agent_id"] == self.made["asking"])

    def consult_is_heard(self) -> None:
        """The agent and the colleague hear each other and nobody else, the caller hears music."""
        self.hear(agent={"6"}, asked={"5"}, caller={"music"})

    def hear(self, **wanted: set[str]) -> None:
        """Return once each of the consult hears those whom they should."""
        self.telephones.run(hear(self.consult, **wanted))

    def agrees_on_callback(self, number: str) -> None:
        """A customer waits, asks for a call-back, confirms the number, and hangs up."""
        self.outside.user = number
        call = self.telephones.run(self.outside.call("100"))
        self.wait_for(lambda: len(self.calls("waiting")) > len(self.callbacks))
        self.callbacks.append(self.calls("waiting")[-1]["id"])
        for _ in range(2):
            self.telephones.do(lambda: call.press_by_info("1"))
        self.wait_for(lambda: self.calls("waiting")[-1]["is_callback"])
        self.telephones.do(call.hang_up)
        self.wait_for(lambda: self.calls("waiting")[-1]["callback"]["is_alone"])

    def dialled(self, number: str) -> list[PhoneCall]:
        """How often a customer has been called."""
        return [call for call in self.outside.calls if call.invite and call.invite.dialled == number]

    def ask(self, request: object) -> None:
        """Ask control for something that it accepts."""
        assert self.control.send(request) == Accepted()

    @property
    def expected(self) -> dict[str, int]:
        """How many calls are in which state while nobody leaves."""
        return {"talking": TALKING - HELD, "held": HELD + 1, "waiting": WAITING + len(self.callbacks)}

    def items(self) -> dict[str, Value]:
        """Everything control shows; nothing while it is away."""
        try:
            return self.control.snapshot().items
        except ControlAwayError:
            return {}

    def calls(self, state: str = "") -> list[Value]:
        """Calls in a state, in the order of their arrival."""
        found = [value for key, value in self.items().items() if key.startswith("call:")]
        return sorted((one for one in found if state in ("", one["state"])), key=lambda one: one["started_at"])

    def counted(self) -> dict[str, int]:
        """How many calls are in which state."""
        return dict(Counter(call["state"] for call in self.calls()))

    def deadlines(self) -> list[float]:
        """When the promises end that were made to waiting callers."""
        promises = [call["promise"] for call in self.calls("waiting") if not call["is_callback"]]
        return [promise["deadline_at"] for promise in promises if promise and promise["deadline_at"]]

    def ready_agents(self) -> int:
        """How many automatic agents would be rung now."""
        agents = [value for key, value in self.items().items() if key.startswith("agent:") and value["is_automatic"]]
        return sum(agent["state"] == "ready" and agent["device_up"] for agent in agents)

    def truth(self) -> dict[str, Any]:
        """All that must be the same after a restart: who talks with whom, who waits where, since when."""
        return {
            key: {name: value[name] for name in _SHOWN[key.partition(":")[0]]}
            for key, value in self.items().items()
            if key.partition(":")[0] in _SHOWN
        }

    def channels(self) -> dict[str, tuple[str, str]]:
        """Asterisk's channels with the moment they began: a dropped conversation cannot have the same."""
        return {one["id"]: (one["state"], one["creationtime"]) for one in self.centre.asterisk().channels()}

    def bridges(self) -> dict[str, list[str]]:
        """Who hears whom."""
        return {one["id"]: sorted(one["channels"]) for one in self.centre.asterisk().ari("GET", "/bridges").json()}

    def sent(self) -> dict[str, int]:
        """How many packets Asterisk has sent to each party so far: voice or music."""
        counts = {}
        for one in self.centre.asterisk().channels():
            answer = self.centre.asterisk().ari(
                "GET", f"/channels/{one['id']}/variable", variable="CHANNEL(rtp,audio,txcount)"
            )
            if answer.is_success:
                counts[one["id"]] = int(answer.json()["value"] or 0)
        return counts

    def facts(self, kind: str) -> list[Value]:
        """Facts of a kind in the ledger."""
        return [
            json.loads(body) for (body,) in self.rows("SELECT body FROM data_fact WHERE kind = ? ORDER BY id", kind)
        ]

    def rows(self, question: str, *values: str) -> list[Any]:
        """Of the database."""
        path = self.centre.installation.sqlite_file
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute(question, values).fetchall()

    def wait_for(self, what: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Return once `what()` is true; else everything that tells why it is not."""
        wait_until(what, lambda: f"{self.counted()}\n{self.centre.logs()}", within_s)

    def stop(self) -> None:
        """Everybody hangs up."""
        for one in reversed(self.crowd):
            one.send_signal(signal.SIGINT)
        for one in self.crowd:
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self.telephones.close()
        self.control.close()
