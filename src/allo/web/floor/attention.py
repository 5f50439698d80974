"""What a team leader should look at: which agents come first, and which sentences stand among the alerts.

Pure: from the mirror and the present instant. Knows no HTML; `Alert.kind` is an icon's and a colour's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allo.core.agent_states import AgentState, SystemReason

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
class Alert:
    """One sentence a leader can act on; ``key`` stays the same while the trouble lasts."""

    key: str
    kind: str
    text: str


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


def alerts(mirror: Mirror, now: float) -> list[Alert]:
    """Return what is wrong at this instant, the platform first, then queues, calls, agents."""
    found = _platform(mirror)
    for queue in sorted(mirror.of_kind("queue").values(), key=lambda item: item["name"]):
        found += _queue(queue, now)
    for call in mirror.of_kind("call").values():
        found += _held(call, now)
    for agent in sorted(mirror.of_kind("agent").values(), key=lambda item: item["name"]):
        found += _agent(agent)
    return found


def _platform(mirror: Mirror) -> list[Alert]:
    system = mirror.system
    found = []
    if system.get("asterisk") == "down":
        found.append(Alert("asterisk", "trouble", _("Asterisk is down. No calls come in until it is back.")))
    if system.get("recording") == "disk_full":
        text = _("The disk for recordings is full. Calls go on without being recorded.")
        found.append(Alert("recording", "trouble", text))
    if system.get("ledger") == "behind":
        text = _("The database answers slowly. Reports lag behind; calls do not.")
        found.append(Alert("ledger", "warning", text))
    return found


def _queue(queue: Item, now: float) -> list[Alert]:
    waiting = len(queue["waiting"])
    if not waiting:
        return []
    crew = queue["agents"]
    at_work = crew["ready"] + crew["offered"] + crew["on_call"] + crew["wrap_up"]
    name = queue["name"]
    if not at_work:
        text = ngettext(
            "%(queue)s: %(count)d caller waits and nobody is at work.",
            "%(queue)s: %(count)d callers wait and nobody is at work.",
            waiting,
        )
        return [Alert(f"nobody-{queue['id']}", "trouble", text % {"queue": name, "count": waiting})]
    if queue["longest_entered_at"] and now - queue["longest_entered_at"] > queue["target_s"]:
        text = _("%(queue)s: the longest wait is beyond the target of %(seconds)d s.")
        return [Alert(f"late-{queue['id']}", "warning", text % {"queue": name, "seconds": queue["target_s"]})]
    return []


def _held(call: Item, now: float) -> list[Alert]:
    if call["state"] != "held" or now - call["since_at"] <= call["hold_limit_s"]:
        return []
    text = _("%(agent)s has kept a caller on hold for too long.") % {"agent": call["agent_name"]}
    return [Alert(f"hold-{call['id']}", "warning", text)]


def _agent(agent: Item) -> list[Alert]:
    if not is_trouble(agent):
        return []
    sentences = {
        SystemReason.NO_ANSWER.value: _("%(agent)s did not answer an offered call and gets no more until Ready."),
        SystemReason.PHONE_FAILED.value: _("%(agent)s could not be rung: the phone did not respond."),
        SystemReason.OUTCOME_MISSING.value: _("%(agent)s left a call without its outcome."),
    }
    lost = _("%(agent)s has no connection to the phone.")
    text = sentences.get(agent["reason"], lost) % {"agent": agent["name"]}
    return [Alert(f"agent-{agent['id']}", "warning", text)]
