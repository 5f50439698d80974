"""The live parts of the floor and how each is drawn.

Decides what a card, a tile and a line show; what deserves attention is `attention`'s. Draws from the mirror
alone: no database, so that the event loop may do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.core.agent_states import AgentState
from allo.core.call_states import CallState
from allo.data.models import AgentState as ShownState
from allo.data.models import Role
from allo.web import reasons
from allo.web.break_words import claim_of
from allo.web.floor import attention, limits
from allo.web.live_parts import Audience, Fragment, Rows
from allo.web.promise_words import promise_of
from allo.web.templatetags.allo import STATE_ICONS, phone
from allo.web.why import why_this_agent

if TYPE_CHECKING:
    from allo.web.mirror import Item, Mirror

MOST_BARS = 24
ALERTS_EVERY_S = 2.0
CREW = (
    AgentState.READY,
    AgentState.OFFERED,
    AgentState.ON_CALL,
    AgentState.WRAP_UP,
    AgentState.NOT_READY,
    AgentState.OFFLINE,
)
CALL_WORDS = {
    CallState.GREETED: (_("Greeting"), "volume-2"),
    CallState.WAITING: (_("Waiting"), "hourglass"),
    CallState.TALKING: (_("Talking"), "phone-call"),
    CallState.HELD: (_("On hold"), "pause"),
    CallState.LOST: (_("Agent lost"), "unplug"),
    CallState.MENU: (_("In the menu"), "grip"),
    CallState.DIALLING: (_("Being dialled"), "phone-outgoing"),
    CallState.FORWARDED: (_("With an outside number"), "forward"),
    CallState.VOICEMAIL: (_("Leaves a message"), "voicemail"),
    CallState.SURVEY: (_("Answers the survey"), "star"),
}
MY_PHASES = {"on_call": "talk", "offered": "offer", "wrap_up": "wrapup"}
STATE_LABELS = {
    AgentState.READY: _("Ready"),
    AgentState.OFFERED: _("Ringing"),
    AgentState.ON_CALL: _("On a call"),
    AgentState.WRAP_UP: _("Wrap-up"),
    AgentState.NOT_READY: _("Break"),
    AgentState.OFFLINE: _("Logged out"),
}
WEB_VISITOR = _("Visitor of the page")
# Callers who hear no agent come first.
CALL_RANK = {
    "lost": "0", "held": "1", "waiting": "2", "greeted": "3", "menu": "3", "dialling": "4", "talking": "5",
    "voicemail": "6", "survey": "7", "forwarded": "8",
}  # fmt: skip
MESSAGE = (_("Message to call back"), "voicemail")
CALLBACK = (_("Call-back"), "phone-outgoing")
IN_TALK = {CallState.TALKING, CallState.HELD}


def _draw(template: str, **context: Any) -> str:
    return str(get_template(f"floor/parts/{template}.html").render(context)).strip()


def draw_queue(mirror: Mirror, queue: Item, _language: str) -> str:
    """A queue's card: who waits against the target, how the day goes, who is there to answer."""
    waits = [instant(call["entered_at"]) for call in map(mirror.get, _calls_of(queue)) if call]
    crew = queue["agents"]
    level, goal = queue["today"]["service_level"], queue["goal"]
    closed = queue.get("closed")
    return _draw(
        "queue",
        queue=queue,
        longest=instant(queue["longest_entered_at"]),
        target=f"{queue['target_s']:g}",
        waits=waits[:MOST_BARS],
        more=max(0, len(waits) - MOST_BARS),
        today=queue["today"],
        busy=crew["offered"] + crew["on_call"] + crew["wrap_up"],
        crew=crew,
        is_below=level is not None and level < goal,
        closed=closed,
        closed_message=reasons.message((closed or {}).get("message", "")),
    )


def draw_agent(mirror: Mirror, agent: Item, _language: str) -> str:
    """An agent's tile; a leader who serves no queue has one only while they work."""
    if not agent.get("queues", True) and agent["state"] == AgentState.OFFLINE:
        return ""
    call = mirror.call_of(agent["id"])
    return _draw(
        "agent",
        agent=agent,
        needs_help=call is not None and call.get("needs_help"),
        claim=claim_of(mirror, agent),
        state=agent["state"].replace("_", "-"),
        since=instant(agent["since_at"]),
        word=STATE_LABELS[AgentState(agent["state"])],
        rank=attention.rank(agent),
        is_trouble=attention.is_trouble(agent),
        is_held=call is not None and call["state"] == CallState.HELD,
        queue_name=call["queue_name"] if call else "",
    )


def draw_call(mirror: Mirror, call: Item, _language: str) -> str:
    """A call's line; who calls for help stands first, who waits to be called back last."""
    if call["state"] not in CALL_RANK:
        return ""
    word, icon = CALL_WORDS[CallState(call["state"])]
    since = call["entered_at"] if call["state"] == "waiting" else call["since_at"]
    callback = call.get("callback")
    group = "!" if call.get("needs_help") else "9" if callback and callback["is_alone"] else CALL_RANK[call["state"]]
    if callback and callback["is_alone"] and call["state"] == "waiting":
        word, icon = (
            (_("Message to call back"), "voicemail") if callback["recording_id"] else (_("Call-back"), "phone-outgoing")
        )
    return _draw(
        "call",
        call=call,
        word=word,
        icon=icon,
        since=instant(since or call["started_at"]),
        rank=f"{group} {since or call['started_at']:018.3f}",
        caller=WEB_VISITOR if call["caller"].startswith("web-") else phone(call["caller"]),
        callback=callback if callback and callback["is_alone"] else None,
        can_listen=CallState(call["state"]) in IN_TALK,
        can_block=bool(call["caller"]) and not call["caller"].startswith("web-"),
        needs=", ".join(filter(None, map(reasons.skill, call.get("requires", ())))),
        why=why_of(mirror, call),
        promise=promise_of(call) if call["state"] == CallState.WAITING else None,
        other_number=phone(callback["number"]) if callback and callback["number"] != call["caller"] else "",
    )


def why_of(mirror: Mirror, call: Item) -> str:
    """Why the call rings or rang where it does: a sentence for each agent."""
    found = [(call.get("agent_name", ""), call.get("routed_because", ""))] if call["agent_id"] else []
    for agent_id, offer in call.get("offers", {}).items():
        agent = mirror.agent(agent_id)
        found.append((agent["name"] if agent else "", offer["because"]))
    said = [(name, why_this_agent(because)) for name, because in found]
    return " ".join(gettext("Why: %(agent)s %(why)s.") % {"agent": name, "why": why} for name, why in said if why)


def draw_crew(mirror: Mirror, _scope: str, _language: str) -> str:
    """How many agents are in each state; the chips filter the tiles."""
    agents = mirror.of_kind("agent").values()
    states = [one["state"] for one in agents if one.get("queues", True) or one["state"] != AgentState.OFFLINE]
    counts = [
        {
            "state": state.value.replace("_", "-"),
            "label": STATE_LABELS[state],
            "count": states.count(state.value),
            "icon": STATE_ICONS[ShownState(state.value)],
        }
        for state in CREW
    ]
    return _draw("crew", counts=counts, all=len(states))


def draw_alerts(mirror: Mirror, _scope: str, _language: str) -> str:
    """What is wrong now, in sentences."""
    known = limits.in_force.current(mirror)
    return _draw("alerts", alerts=attention.alerts(mirror, mirror.now(), known), is_quiet=not known.is_sounding)


def draw_claims(mirror: Mirror, _scope: str, _language: str) -> str:
    """Who has asked for a break and may not go yet, in order of turn, with the rule's reason."""
    asked = [(agent, claim_of(mirror, agent)) for agent in mirror.of_kind("agent").values() if agent.get("break_claim")]
    asked.sort(key=lambda pair: (pair[0]["break_claim"]["place"], pair[0]["name"]))
    return _draw("claims", claims=asked)


def draw_mine(mirror: Mirror, leader_id: str, _language: str) -> str:
    """The conversation in which the leader who looks is: listening, or as its agent."""
    me = mirror.agent(leader_id)
    call = mirror.get(f"call:{me['supervises']}") if me and me.get("supervises") else None
    own = mirror.call_of(leader_id) if call is None else None
    offer = own["offers"].get(leader_id) if own else None
    phase = (
        "asked"
        if call
        else {"on_call": "talk", "offered": "offer", "wrap_up": "wrapup"}.get(me["state"] if me else "", "idle")
    )
    return _draw(
        "mine",
        phase=phase,
        call=call or own,
        there=call.get("supervision") if call else None,
        leg=offer["leg_id"] if offer else "",
        caller=phone((call or own or {"caller": ""})["caller"]),
    )


def keys_of_mine(mirror: Mirror, leader_id: str) -> list[str]:
    """Return what can change it."""
    if not leader_id:
        return []
    me = mirror.agent(leader_id)
    calls = {me.get("supervises"), me["call_id"]} - {"", None} if me else set()
    return [f"agent:{leader_id}", *(f"call:{call_id}" for call_id in sorted(calls))]


def draw_system(mirror: Mirror, _scope: str, _language: str) -> str:
    """The platform in one line."""
    return _draw("system", system=mirror.system, is_known=bool(mirror.system))


def draw_none(mirror: Mirror, _scope: str, _language: str) -> str:
    """What to do while there are no calls."""
    is_quiet = not any(key.startswith("call:") for key in mirror.items)
    had_calls = any(queue["today"]["entered"] for queue in mirror.of_kind("queue").values())
    return _draw("no_calls", is_quiet=is_quiet, had_calls=had_calls)


def instant(at: float | None) -> str:
    """An instant as scripts read it: with a point in every language."""
    return "" if at is None else f"{at:.3f}"


def _calls_of(queue: Item) -> list[str]:
    return [f"call:{call_id}" for call_id in queue["waiting"]]


def _all(*kinds: str) -> Any:
    return lambda _mirror, _scope: kinds


_ALL_KINDS = ("system", "queue:", "agent:", "call:")
FLOOR = Audience(
    "floor",
    Role.TEAM_LEADER,
    (
        Fragment("system", _all("system"), draw_system, is_shared=True),
        Fragment(
            "alerts", _all("system", "queue:", "agent:", "call:"), draw_alerts, every_s=ALERTS_EVERY_S, is_shared=True
        ),
        Rows("queues", "queue", draw_queue, also_kind="call", also=_calls_of),
        Fragment("crew", _all("agent:"), draw_crew, is_shared=True),
        Rows("agents", "agent", draw_agent, also_kind="call", also=lambda agent: [f"call:{agent['call_id']}"]),
        Rows("calls", "call", draw_call),
        Fragment("none", _all("call:", "queue:"), draw_none, is_shared=True),
        Fragment("claims", _all("agent:"), draw_claims, is_shared=True),
        Fragment("mine", keys_of_mine, draw_mine),
    ),
    scope=lambda user: user.agent_id,
)
