"""What a team leader should look at: which agents come first, and which sentences stand among the alerts.

Pure: from the mirror and the present instant. Knows no HTML; `Alert.kind` is an icon's and a colour's matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allo.core.agent_states import AgentState, SystemReason
from allo.web.floor import alert_words

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

TROUBLE_REASONS = {
    SystemReason.NO_ANSWER,
    SystemReason.PHONE_LOST,
    SystemReason.PHONE_FAILED,
    SystemReason.OUTCOME_MISSING,
}
TROUBLE, AT_WORK, AWAY = "0", "1", "2"


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a figure is worth a sentence; the same for all queues."""

    level_margin: float = 0.1
    """How far the day's service level may be below the goal."""
    fewest_calls: int = 10
    """A day with fewer calls says nothing about its service level."""
    wrapup_s: float = 180.0
    break_share: float = 0.34
    """Of those who are at work in a queue."""
    fewest_on_break: int = 3


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Alert:
    """One sentence a leader can act on; ``key`` stays the same while the trouble lasts."""

    key: str
    kind: str
    rule: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        return alert_words.sentence(self.rule, self.values)


def is_trouble(agent: Item) -> bool:
    """Whether this agent needs a look: did not answer, lost the phone, left a call without its outcome."""
    if agent["state"] == AgentState.NOT_READY:
        return agent["reason"] in TROUBLE_REASONS
    return agent["state"] == AgentState.READY and not agent["device_up"]


def rank(agent: Item) -> str:
    """Return the agent's place: who needs attention, then who works, then who is away; by name within each.

    Tiles stay where they are when somebody merely answers a call: movement is news.
    """
    group = AT_WORK
    if is_trouble(agent):
        group = TROUBLE
    elif agent["state"] == AgentState.OFFLINE:
        group = AWAY
    return f"{group} {agent['name'].casefold()}"


def alerts(mirror: Mirror, now: float, limits: Limits = LIMITS) -> list[Alert]:
    """Return what is wrong at this instant: the platform first, then calls for help, queues, calls, agents."""
    found = _platform(mirror)
    for queue in sorted(mirror.of_kind("queue").values(), key=lambda item: item["name"]):
        found += _queue(queue, now, limits)
    for call in mirror.of_kind("call").values():
        found += _call(call, now)
    for agent in sorted(mirror.of_kind("agent").values(), key=lambda item: item["name"]):
        found += _agent(agent, now, limits)
    return sorted(found, key=lambda alert: alert.rule != "help")


def _platform(mirror: Mirror) -> list[Alert]:
    system = mirror.system
    found = []
    if system.get("asterisk") == "down":
        found.append(Alert("asterisk", "trouble", "asterisk"))
    if system.get("recording") == "disk_full":
        found.append(Alert("recording", "trouble", "recording"))
    if system.get("ledger") == "behind":
        found.append(Alert("ledger", "warning", "ledger"))
    return found


def _queue(queue: Item, now: float, limits: Limits) -> list[Alert]:
    found = _waiting(queue, now)
    if not any(alert.rule == "nobody" for alert in found):
        found += _breaks(queue, limits)
    return found + _level(queue, limits)


def _waiting(queue: Item, now: float) -> list[Alert]:
    waiting = len(queue["waiting"])
    if not waiting:
        return []
    crew = queue["agents"]
    at_work = crew["ready"] + crew["offered"] + crew["on_call"] + crew["wrap_up"]
    if not at_work:
        return [Alert(f"nobody-{queue['id']}", "trouble", "nobody", {"queue": queue["name"], "count": waiting})]
    if queue["longest_entered_at"] and now - queue["longest_entered_at"] > queue["target_s"]:
        values = {"queue": queue["name"], "seconds": queue["target_s"]}
        return [Alert(f"late-{queue['id']}", "warning", "late", values)]
    return []


def _level(queue: Item, limits: Limits) -> list[Alert]:
    level, today = queue["today"].get("service_level"), queue["today"]
    if level is None or today["answered"] + today["abandoned"] < limits.fewest_calls:
        return []
    if level >= queue["goal"] - limits.level_margin:
        return []
    values = {"queue": queue["name"], "level": round(level * 100), "goal": round(queue["goal"] * 100)}
    return [Alert(f"level-{queue['id']}", "warning", "level", values)]


def _breaks(queue: Item, limits: Limits) -> list[Alert]:
    crew = queue["agents"]
    away = crew.get("not_ready", 0)
    here = sum(crew.values()) - crew.get("offline", 0)
    if away < limits.fewest_on_break or away <= here * limits.break_share:
        return []
    return [Alert(f"breaks-{queue['id']}", "warning", "breaks", {"queue": queue["name"], "away": away, "here": here})]


def _call(call: Item, now: float) -> list[Alert]:
    found = []
    if call.get("needs_help"):
        found.append(Alert(f"help-{call['id']}", "trouble", "help", {"agent": call["agent_name"]}))
    if call["state"] == "held" and now - call["since_at"] > call["hold_limit_s"] > 0:
        found.append(Alert(f"hold-{call['id']}", "warning", "hold", {"agent": call["agent_name"]}))
    return found


def _agent(agent: Item, now: float, limits: Limits) -> list[Alert]:
    values = {"agent": agent["name"]}
    if agent["state"] == AgentState.WRAP_UP and now - agent["since_at"] > limits.wrapup_s:
        values["minutes"] = round(limits.wrapup_s / 60)
        return [Alert(f"wrapup-{agent['id']}", "warning", "wrapup", values)]
    if not is_trouble(agent):
        return []
    rule = agent["reason"] if agent["reason"] in alert_words.AGENT_REASONS else "phone_lost"
    return [Alert(f"agent-{agent['id']}", "warning", rule, values)]
