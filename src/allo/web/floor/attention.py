"""What a team leader should look at: which agents come first, and which sentences stand among the alerts.

Pure: from the mirror, the present instant and the limits in force. Knows no HTML; `Alert.kind` is an icon's and a
colour's matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allo.core.agent_states import AgentState, SystemReason
from allo.web.floor import alert_words
from allo.web.floor.limits import AllLimits

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

TROUBLE_REASONS = {
    SystemReason.NO_ANSWER,
    SystemReason.PHONE_LOST,
    SystemReason.PHONE_FAILED,
    SystemReason.OUTCOME_MISSING,
}
TROUBLE, AT_WORK, AWAY = "0", "1", "2"
LINK_DUE_S = 10.0
"""Control that has just started looks for Asterisk; only when it has not found it after so long, it is down."""
DEFAULT = AllLimits()


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


def alerts(mirror: Mirror, now: float, limits: AllLimits = DEFAULT) -> list[Alert]:
    """Return what is wrong at this instant: the platform first, then calls for help, queues, calls, agents."""
    found = _platform(mirror, now)
    for queue in sorted(mirror.of_kind("queue").values(), key=lambda item: item["name"]):
        found += _queue(queue, now, limits)
    for call in mirror.of_kind("call").values():
        found += _call(call, now)
    for agent in sorted(mirror.of_kind("agent").values(), key=lambda item: item["name"]):
        found += _agent(agent, now, limits)
    return sorted(found, key=lambda alert: alert.rule != "help")


def _is_asterisk_down(system: Item, now: float) -> bool:
    if system.get("asterisk") != "down":
        return False
    began, since = system.get("control_started_at"), system.get("asterisk_since_at")
    return began is None or since != began or now - began > LINK_DUE_S


def _platform(mirror: Mirror, now: float) -> list[Alert]:
    system = mirror.system
    found = []
    if _is_asterisk_down(system, now):
        found.append(Alert("asterisk", "trouble", "asterisk"))
    if system.get("recording") == "disk_full":
        found.append(Alert("recording", "trouble", "recording"))
    if system.get("ledger") == "behind":
        found.append(Alert("ledger", "warning", "ledger"))
    if system.get("input_log") == "failing":
        found.append(Alert("input_log", "trouble", "input_log"))
    minutes = round(abs(system.get("clock_off_s", 0)) / 60)
    if minutes:
        found.append(Alert("clock", "warning", "clock", {"minutes": minutes}))
    return found


def _queue(queue: Item, now: float, limits: AllLimits) -> list[Alert]:
    found = _waiting(queue, now, limits)
    if not any(alert.rule == "nobody" for alert in found):
        found += _breaks(queue, limits)
    return found + _level(queue, limits)


def _waiting(queue: Item, now: float, limits: AllLimits) -> list[Alert]:
    waiting = len(queue["waiting"])
    if not waiting:
        return []
    crew = queue["agents"]
    at_work = crew["ready"] + crew["offered"] + crew["on_call"] + crew["wrap_up"]
    if not at_work:
        return [Alert(f"nobody-{queue['id']}", "trouble", "nobody", {"queue": queue["name"], "count": waiting})]
    beyond, entered_at = limits.of(queue["id"]).beyond_target_s, queue["longest_entered_at"]
    if beyond is not None and entered_at and now - entered_at > queue["target_s"] + beyond:
        values = {"queue": queue["name"], "seconds": queue["target_s"] + beyond}
        return [Alert(f"late-{queue['id']}", "warning", "late", values)]
    return []


def _level(queue: Item, limits: AllLimits) -> list[Alert]:
    level, today = queue["today"].get("service_level"), queue["today"]
    below = limits.of(queue["id"]).below_goal
    if level is None or below is None or today["answered"] + today["abandoned"] < limits.fewest_calls:
        return []
    if round(level * 100, 6) >= round(queue["goal"] * 100 - below, 6):  # 70 % is not below 80 % less 10
        return []
    values = {"queue": queue["name"], "level": round(level * 100), "goal": round(queue["goal"] * 100)}
    return [Alert(f"level-{queue['id']}", "warning", "level", values)]


def _breaks(queue: Item, limits: AllLimits) -> list[Alert]:
    crew = queue["agents"]
    away = crew.get("not_ready", 0)
    here = sum(crew.values()) - crew.get("offline", 0)
    share = limits.of(queue["id"]).break_share
    if share is None or away < limits.fewest_on_break or away * 100 <= here * share:
        return []
    return [Alert(f"breaks-{queue['id']}", "warning", "breaks", {"queue": queue["name"], "away": away, "here": here})]


def _call(call: Item, now: float) -> list[Alert]:
    found = []
    if call.get("needs_help"):
        found.append(Alert(f"help-{call['id']}", "trouble", "help", {"agent": call["agent_name"]}))
    if call["state"] == "held" and now - call["since_at"] > call["hold_limit_s"] > 0:
        found.append(Alert(f"hold-{call['id']}", "warning", "hold", {"agent": call["agent_name"]}))
    return found


def _agent(agent: Item, now: float, limits: AllLimits) -> list[Alert]:
    values = {"agent": agent["name"]}
    longest = limits.of(agent["queue_id"]).wrapup_s
    if agent["state"] == AgentState.WRAP_UP and longest is not None and now - agent["since_at"] > longest:
        minutes, seconds = divmod(round(longest), 60)
        values["minutes"] = f"{minutes}:{seconds:02d}" if seconds else str(minutes)
        return [Alert(f"wrapup-{agent['id']}", "warning", "wrapup", values)]
    if not is_trouble(agent):
        return []
    rule = agent["reason"] if agent["reason"] in alert_words.AGENT_REASONS else "phone_lost"
    return [Alert(f"agent-{agent['id']}", "warning", rule, values)]
