"""Breaks that go by turns, over kills of control: nobody loses their place, and whose turn it is goes once it may be.

Nothing is forecast here, so that what goes on now counts: in a talk three agents are needed, with no call one.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from allo.core.requests import GoReady, LogIn, LogOut, TakeBreak
from allo.web.control_client import Accepted, ControlAwayError, ControlClient
from tests.live.centre_runner import RunningCentre
from tests.live.conversations import TONES
from tests.live.sip_phone import SipPhone
from tests.live.telephones import Telephones
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(300)
NUMBER, TYPICAL_S = "102", 1800
WITHIN_S = 90.0
"""A claim is looked at again after half a minute at the latest."""
FURNISH = f"""
import django; django.setup()
import json
from allo.data.actions.queue import do_save_queue
from allo.data.actions.setting import do_save_break_reason, do_save_number
from allo.data.models import BreakReason, ConfigRevision, Number, Queue, Role, User
agents = [
    User.objects.create_user(name, name + "-words-1", display_name=name, role=Role.AGENT, is_automatic=True)
    for name in ("talking", "first", "second")
]
queue = Queue(name="By turns", outcome_required=False, wrapup_limit_s=0)
do_save_queue(None, queue, members={{agent: level for level, agent in enumerate(agents, 1)}})
do_save_number(None, Number(pattern="{NUMBER}", queue=queue, language="en"))
lunch = do_save_break_reason(None, BreakReason(name="A long lunch", kind="meal", typical_min={TYPICAL_S // 60}))
print(json.dumps([*(agent.agent_id for agent in agents), str(lunch.pk), ConfigRevision.current()]))
"""
Value = dict[str, Any]


@dataclass(slots=True)
class Shift:
    """Three agents of one queue; `talking` has a telephone of the test's."""

    centre: RunningCentre
    control: ControlClient
    telephones: Telephones
    talking: str
    first: str
    second: str
    lunch: str
    phones: list[SipPhone] = field(default_factory=list)
    """Of the agents, in their order."""

    def ask(self, request: object) -> None:
        """Ask control for something that it accepts."""
        assert self.control.send(request) == Accepted()

    def wait_for(self, what: Callable[[], object]) -> None:
        """Return once it is true."""
        wait_until(what, self.centre.logs, WITHIN_S)

    def agent(self, agent_id: str) -> Value:
        """What control shows of an agent; nothing while it is away."""
        try:
            return dict(self.control.snapshot().items.get(f"agent:{agent_id}", {}))
        except ControlAwayError:
            return {}

    def has_telephone(self, agent_id: str) -> bool:
        """Whether the agent can be rung."""
        return bool(self.agent(agent_id).get("device_up"))

    def claim(self, agent_id: str) -> Value:
        """What an agent has been told who may not go yet; nothing for others."""
        return self.agent(agent_id).get("break_claim") or {}

    def is_at_lunch(self, agent_id: str) -> bool:
        """Whether the agent's break has begun."""
        agent = self.agent(agent_id)
        return bool(agent) and (agent["state"], agent["reason"]) == ("not_ready", self.lunch)

    def told(self, agent_id: str) -> list[str]:
        """Each answer in the ledger, in their order; the same answer for another cause is no other."""
        url = self.centre.installation.effective_database_url
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            rows = database.execute("SELECT body FROM data_fact WHERE kind = 'BreakAnswered' ORDER BY id").fetchall()
        facts = [json.loads(body) for (body,) in rows]
        answers = [fact["answer"] for fact in facts if fact["agent_id"] == agent_id]
        return [one for place, one in enumerate(answers) if answers[:place][-1:] != [one]]

    def control_is_killed(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Kill -9; returns once there is another, which knows Asterisk."""
        killed = self.centre.signal("control", signal.SIGKILL)
        meanwhile()
        self.centre.wait_for_another("control", killed)
        self.wait_for(lambda: self.agent(self.first))


@pytest.fixture
def shift(running_centre: RunningCentre) -> Iterator[Shift]:
    """All three are Ready for calls."""
    here = running_centre.installation
    done = subprocess.run(
        [sys.executable, "-c", FURNISH],
        check=False,
        env=running_centre.environment(here),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    *made, revision = json.loads(done.stdout)
    telephones, control = Telephones(), ControlClient(socket_path=str(here.control_socket))
    one = Shift(running_centre, control, telephones, *made)
    try:
        assert control.config_changed()
        one.wait_for(lambda: control.snapshot().items["system"]["config_revision"] >= revision)
        for agent_id in (one.talking, one.first, one.second):
            one.phones.append(telephones.open(here.sip_port, agent_id, TONES["5"]))
            control.make_automatic_phone(agent_id, one.phones[-1].uri)
            one.wait_for(partial(one.has_telephone, agent_id))
            one.ask(LogIn(agent_id))
            one.ask(GoReady(agent_id))
        yield one
    finally:
        telephones.close()
        control.close()


def test_claims_keep_their_places_and_are_granted_in_turn_whatever_is_killed(shift: Shift) -> None:
    caller = shift.telephones.open(shift.centre.installation.sip_port, "79990000001", TONES["caller"])
    call = shift.telephones.run(caller.call(NUMBER))
    shift.telephones.answers(shift.phones[0])
    shift.wait_for(lambda: shift.agent(shift.talking)["state"] == "on_call")
    shift.ask(TakeBreak(shift.first, shift.lunch))
    shift.ask(TakeBreak(shift.second, shift.lunch))
    before = {agent_id: shift.claim(agent_id) for agent_id in (shift.first, shift.second)}
    assert [(claim["answer"], claim["place"]) for claim in before.values()] == [("in_turn", 1), ("in_turn", 2)]
    assert before[shift.second]["because"] == f"turn_of:{shift.first}"

    shift.control_is_killed()
    assert {agent_id: shift.claim(agent_id) for agent_id in before} == before
    shift.ask(TakeBreak(shift.second, shift.lunch))  # asked again by who is not sure: the place is the same
    assert {agent_id: shift.claim(agent_id) for agent_id in before} == before

    shift.ask(LogOut(shift.talking))
    shift.control_is_killed(meanwhile=lambda: shift.telephones.do(call.hang_up))
    shift.wait_for(lambda: shift.agent(shift.talking).get("state") == "offline")
    shift.wait_for(lambda: shift.is_at_lunch(shift.first))
    shift.wait_for(lambda: shift.claim(shift.second).get("place") == 1)
    went_at = shift.agent(shift.first)["since_at"]
    claim = shift.claim(shift.second)
    assert (claim["answer"], claim["asked_at"]) == ("later", before[shift.second]["asked_at"])
    assert claim["starts_at"] >= went_at + TYPICAL_S

    shift.control_is_killed()
    assert shift.is_at_lunch(shift.first)
    assert shift.claim(shift.second) == claim
    shift.ask(GoReady(shift.first))
    shift.wait_for(lambda: shift.is_at_lunch(shift.second))
    assert shift.agent(shift.first)["state"] == "ready"
    shift.wait_for(lambda: shift.told(shift.second)[-1:] == ["now"])
    assert shift.told(shift.first) == ["in_turn", "now"]
    assert shift.told(shift.second) == ["in_turn", "later", "now"]
