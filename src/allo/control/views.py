"""What the pages see: the engine's state as the plain values of the feed. Pure reads, no decisions.

Keys are `call:<id>`, `agent:<id>`, `queue:<id>`; a value is None when the thing is no more. Instants are POSIX
seconds, durations seconds; a figure that cannot be computed yet is None. Reasons of NotReady are those of
`SystemReason` or the id of a break reason; names of both are the pages' business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from allo.control.today import Figures, Today
from allo.core.agent_states import AgentState
from allo.core.break_plan import BreakKind
from allo.core.call import Call, ConsultState
from allo.core.model import Config
from allo.core.selection import in_force
from allo.core.state import AgentLive, State

Value = dict[str, Any]
Touched = tuple[str, str]

_NO_FIGURES = Figures()


class Views:
    """The values of one moment. `known_customers`: call id → customer found or made after the call arrived."""

    def __init__(self, state: State, today: Today, known_customers: Mapping[str, str]) -> None:
        self.state = state
        self.today = today
        self.known_customers = known_customers

    def all(self) -> dict[str, Value]:
        """Everything there is, by key."""
        kinds = (("call", self.state.calls), ("agent", self.state.agents), ("queue", self.state.queues))
        values = {f"{kind}:{id_}": self.value(kind, id_) for kind, ids in kinds for id_ in ids}
        return {key: value for key, value in values.items() if value is not None}

    def value(self, kind: str, id_: str) -> Value | None:
        """One value, or None when there is no such thing (any more)."""
        if kind == "call":
            call = self.state.calls.get(id_)
            return None if call is None else self._call(call)
        if kind == "agent":
            agent = self.state.agents.get(id_)
            return None if agent is None else self._agent(agent)
        return self._queue(id_) if id_ in self.state.queues else None

    def queues_of(self, agent_id: str) -> tuple[str, ...]:
        """The queues whose values an agent's change may change."""
        agent = self.state.config.agents.get(agent_id)
        return tuple(membership.queue_id for membership in agent.memberships) if agent else ()

    def _name_of(self, agent_id: str) -> str:
        agent = self.state.config.agents.get(agent_id)
        return agent.name if agent else ""

    def _call(self, call: Call) -> Value:
        queue = self.state.queues.get(call.queue_id)
        return {
            "id": call.id,
            "state": call.state.value,
            "number": call.number,
            "caller": call.caller,
            "caller_name": call.caller_name,
            "customer_id": call.customer_id or self.known_customers.get(call.id, ""),
            "queue_id": call.queue_id,
            "queue_name": queue.name if queue else "",
            "agent_id": call.agent_id,
            "agent_name": self._name_of(call.agent_id),
            "since_at": call.since_at,
            "started_at": call.started_at,
            "entered_at": call.entered_at or None,
            "answered_at": call.answered_at or None,
            "offers": self._offers(call),
            "routed_because": call.routed_because,
            "talk_s": call.talk_s,
            "hold_s": call.hold_s,
            "is_muted": call.is_muted,
            "hold_limit_s": self._hold_limit_s(call),
            "hold_reason": call.hold_reason,
            "is_hold_late": call.is_hold_late,
            "cool_off_until_at": self.state.timers.get(f"cool:{call.id}"),
            "is_recording_paused": call.is_recording_paused,
            "recording_paused_until_at": self.state.timers.get(f"unpause:{call.id}"),
            "needs_help": call.needs_help,
            "consult": self._consult(call),
            "supervision": self._supervision(call),
            "waits_for": self._name_of(call.reserved_for),
            "requires": [need.skill for need in in_force(call)],
            "relaxed": len(call.requirements) - sum(1 for _ in in_force(call)),
            "language": call.language,
            "reason": call.reason,
            "is_callback": call.callback is not None and call.callback.agreed_at > 0,
            "callback": self._callback(call),
            "promise": _promise(call),
        }

    def _hold_limit_s(self, call: Call) -> float:
        """0: none; a caller who cools off is on hold for as long as it is meant to take."""
        if f"cool:{call.id}" in self.state.timers:
            return 0.0
        reason = self.state.config.hold_reasons.get(call.hold_reason)
        queue = self.state.queues.get(call.queue_id)
        return (reason.limit_s if reason else 0.0) or (queue.hold_limit_s if queue else 0.0)

    def _callback(self, call: Call) -> Value | None:
        """Of a call whose caller has agreed to be called back, or has left a message."""
        agreed = call.callback
        if agreed is None or not agreed.agreed_at:
            return None
        return {
            "number": agreed.number,
            "agreed_at": agreed.agreed_at,
            "is_alone": agreed.is_alone,
            "is_parked": agreed.is_parked,
            "due_at": self.state.timers.get(f"callback:{call.id}") if agreed.is_parked else None,
            "tries": agreed.tries,
            "recording_id": agreed.recording_id,
        }

    def _offers(self, call: Call) -> dict[str, Value]:
        """By agent: where it rings, for a conversation or to be asked."""
        found = {
            offer.agent_id: {
                "leg_id": offer.leg_id,
                "since_at": offer.made_at,
                "expires_at": offer.expires_at,
                "because": offer.reason,
            }
            for offer in call.offers.values()
        }
        asked = call.consult
        if asked is not None and asked.agent_id and asked.state is ConsultState.RINGING:
            found[asked.agent_id] = {
                "leg_id": asked.leg_id,
                "since_at": asked.since_at,
                "expires_at": self.state.timers.get(f"consult:{asked.leg_id}", asked.since_at),
                "because": f"consult:{call.agent_id}",
            }
        return found

    def _consult(self, call: Call) -> Value | None:
        asked = call.consult
        if asked is None:
            return None
        return {
            "state": asked.state.value,
            "agent_id": asked.agent_id,
            "number": asked.number,
            "name": self._name_of(asked.agent_id) or asked.number,
            "since_at": asked.since_at,
        }

    def _supervision(self, call: Call) -> Value | None:
        there = call.supervision
        if there is None:
            return None
        return {
            "leader_id": there.leader_id,
            "name": self._name_of(there.leader_id),
            "mode": there.mode.value,
            "is_there": there.is_there,
        }

    def _agent(self, agent: AgentLive) -> Value:
        configured = self.state.config.agents.get(agent.id)
        figures = self.today.agents.get(agent.id, _NO_FIGURES)
        calls, time = figures.calls, figures.time
        return {
            "id": agent.id,
            "name": configured.name if configured else "",
            "state": agent.state.value,
            "reason": agent.reason,
            "since_at": agent.since_at,
            "device_up": agent.device_up,
            "call_id": agent.call_id,
            "queue_id": agent.queue_id,
            "next_state": agent.next_state.value,
            "next_reason": agent.next_reason,
            "wrapup_until_at": self.state.timers.get(f"wrapup:{agent.id}"),
            "queues": list(self.queues_of(agent.id)),
            "calls_taken": agent.calls_taken,
            "is_automatic": bool(configured and configured.is_automatic),
            "supervises": agent.supervises,
            "break_claim": self._claim(agent),
            "comfort_reason": self._comfort(),
            "today": {
                "answered": calls.answered,
                "talk_s": calls.talk_s,
                "hold_s": calls.hold_s,
                "wrapup_s": calls.wrapup_s,
                "ready_s": time.seconds.get(AgentState.READY.value, 0.0),
                "handling_s": time.handling_s,
                "logged_in_s": time.logged_in_s,
            },
        }

    def _claim(self, agent: AgentLive) -> Value | None:
        """The break that the agent has asked for and may not begin yet."""
        claim = self.state.break_claims.get(agent.id)
        if claim is None:
            return None
        return {
            "reason": claim.reason,
            "asked_at": claim.asked_at,
            "answer": claim.answer.value,
            "because": claim.because,
            "starts_at": claim.starts_at or None,
            "place": claim.place,
        }

    def _comfort(self) -> str:
        """The break reason that is never refused; "" where none is set up."""
        rules = self.state.config.break_rules.values()
        return next((rule.reason for rule in rules if rule.kind is BreakKind.COMFORT), "")

    def _closed(self, queue_id: str) -> Value | None:
        """By the button of a team leader: this queue, or the whole centre."""
        closing = self.state.closed.get(queue_id) or self.state.closed.get("")
        if closing is None:
            return None
        return {
            "reason": closing.reason,
            "message": closing.message,
            "since_at": closing.since_at,
            "leader_id": closing.leader_id,
            "is_everywhere": queue_id not in self.state.closed,
        }

    def _queue(self, queue_id: str) -> Value:
        queue = self.state.queues[queue_id]
        everybody = self.state.waiting.get(queue_id, [])
        line = [call for call in everybody if not call.is_absent]
        figures = self.today.queues.get(queue_id, _NO_FIGURES)
        calls = figures.calls
        return {
            "id": queue_id,
            "name": queue.name,
            "waiting": [call.id for call in line],
            "longest_entered_at": min((call.entered_at for call in line), default=None),
            "callbacks": [call.id for call in everybody if call.is_absent],
            "target_s": queue.service_level_target_s,
            "goal": queue.service_level_goal,
            "agents": self._staff(queue_id),
            "closed": self._closed(queue_id),
            "today": {
                "entered": calls.entered,
                "answered": calls.answered,
                "answered_in_target": calls.answered_in_target,
                "abandoned": calls.abandoned,
                "short_abandons": calls.short_abandons,
                "flowed_out": calls.flowed_out,
                "service_level": calls.service_level(),
                "abandonment": calls.abandonment,
                "asa_s": calls.asa_s,
                "aht_s": calls.aht_s,
                "occupancy": figures.time.occupancy,
                "talk_s": calls.talk_s,
                "hold_s": calls.hold_s,
                "wrapup_s": calls.wrapup_s,
            },
        }

    def _staff(self, queue_id: str) -> dict[str, int]:
        live = self.state.agents
        found = Counter(live[id_].state for id_ in _members(self.state.config).get(queue_id, ()) if id_ in live)
        return {state.value: found[state] for state in AgentState}


_remembered: tuple[Config, dict[str, list[str]]] = (Config(), {})


def _members(config: Config) -> dict[str, list[str]]:
    """Queue → its agents. A configuration never changes, so it is looked through once and not with every update."""
    global _remembered  # noqa: PLW0603  the last answer, by the identity of what was asked
    if _remembered[0] is not config:
        members: dict[str, list[str]] = {}
        for agent in config.agents.values():
            for queue_id in {membership.queue_id for membership in agent.memberships}:
                members.setdefault(queue_id, []).append(agent.id)
        _remembered = (config, members)
    return _remembered[1]


def _promise(call: Call) -> Value | None:
    """What the caller has been promised; also once it is kept or broken."""
    promised = call.promised
    if promised is None:
        return None
    return {
        "reward": promised.rule.reward,
        "amount": promised.rule.amount,
        "deadline_at": promised.deadline_at or None,
        "is_over": promised.is_over,
        "code": promised.code,
    }
