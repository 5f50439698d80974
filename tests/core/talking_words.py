"""The vocabulary of the scenarios for the conversation: holds, transfers, asking, conferences, team leaders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allo.core import effects as ef
from allo.core import facts as fa
from allo.core import requests as rq
from allo.core.agent_states import AgentState
from allo.core.model import Config, HoldReason, PartyKind, SupervisionMode

SAYINGS: dict[str, Callable[..., Any]] = {
    "transfer": lambda agent, call, kind, to: rq.Transfer(agent, call, PartyKind(kind), to),
    "ask": lambda agent, call, kind, to: rq.ConsultParty(agent, call, PartyKind(kind), to),
    "join": rq.JoinParties,
    "complete": rq.CompleteTransfer,
    "drop": rq.DropParty,
    "cooloff": lambda agent, call, another="": rq.CoolOff(agent, call, with_another=bool(another)),
    "pause": lambda agent, call: rq.PauseRecording(agent, call, is_paused=True),
    "unpause": lambda agent, call: rq.PauseRecording(agent, call, is_paused=False),
    "help": rq.CallForHelp,
    "listen": lambda leader, call: rq.Supervise(leader, call, SupervisionMode.LISTEN),
    "whisper": lambda leader, call: rq.Supervise(leader, call, SupervisionMode.WHISPER),
    "barge": lambda leader, call: rq.Supervise(leader, call, SupervisionMode.BARGE),
    "withdraw": rq.StopSupervising,
    "takeover": rq.TakeOver,
    "force": lambda leader, whose, to, reason="": rq.ForceState(leader, whose, AgentState(to), reason),
}
FACTS: dict[type, Callable[[Any], str]] = {
    fa.CallTransferred: lambda f: (
        f"{f.agent_id} passed {f.call_id} to {f'{f.kind} {f.to}'.strip()} after talk {f.talk_s:g} hold {f.hold_s:g}"
    ),
    fa.CallTaken: lambda f: f"{f.agent_id} has {f.call_id} after {f.wait_s:g}",
    fa.ConsultEnded: lambda f: f"{f.asked_agent_id or f.number} {f.outcome} for {f.lasted_s:g}",
    fa.ConferenceStarted: lambda _: "conference",
    fa.HoldLimitReached: lambda f: f"held too long {f.held_s:g}",
    fa.HelpCalled: lambda f: f"{f.agent_id} needs help",
    fa.SupervisionStarted: lambda f: f"{f.leader_id} {f.mode}s",
    fa.SupervisionEnded: lambda f: f"{f.leader_id} leaves",
    fa.StateForced: lambda f: f"{f.leader_id} made {f.agent_id} {f.to}",
}
TEXTS: dict[type, Callable[[Any], str]] = {
    ef.SuperviseLeg: lambda e: f"{e.leg_id} beside {e.beside}" + (" heard" if e.is_heard else ""),
    ef.WhisperPrompt: lambda e: f"whisper {e.prompt} to {e.leg_id}",
    ef.SetRecording: lambda e: f"recording of {e.call_id} {'on' if e.is_on else 'off'}",
}


def _hold_reason(config: Config, id_: str, _: list[str], given: dict[str, Any]) -> Config:
    return replace(config, hold_reasons={**config.hold_reasons, id_: HoldReason(id_, **given)})


LINES: dict[str, tuple[type, Callable[[Config, str, list[str], dict[str, Any]], Config]]] = {
    "hold_reason": (HoldReason, _hold_reason),
}
