"""Sentences for the stable codes with which control refuses a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "control_away": _("The call engine is restarting. Conversations go on; please try again in a few seconds."),
    "phone_not_connected": _("Your phone is not connected yet. Try again in a moment."),
    "in_call": _("You are on a call. End it first."),
    "not_logged_in": _("You are logged out. Press Start work first."),
    "unknown_agent": _(
        "The call engine does not know you yet. Reload the page; if it stays so, call your team leader."
    ),
    "unknown_call": _("This call is already over."),
    "not_your_call": _("This call belongs to a colleague."),
    "no_offer": _("This call is no longer offered to you: the caller has left or a colleague took it."),
    "no_outcome": _("Choose the outcome first: the call is not finished without it."),
    "not_in_wrapup": _("This call is not waiting for its outcome."),
    "unknown_disposition": _("This outcome no longer exists. Choose another one."),
    "unknown_break": _("This break reason no longer exists. Choose another one."),
    "no_break_asked": _("This agent has not asked for a break, or has it already."),
    "not_connected": _("The customer is still being rung. Wait until they answer, or end the call."),
    "unknown_queue": _("This queue no longer exists. Choose another one."),
    "no_reason": _("Say why: write a reason first."),
    "not_a_callback": _("This call-back is already done or was taken back."),
    "not_talking": _("Nobody is talking in this call yet. Try again once an agent has answered."),
    "unknown_hold_reason": _("This reason for a hold no longer exists. Choose another one."),
    "unknown_party": _("There is no such colleague, queue or number. Choose another one."),
    "party_not_free": _("Nobody is free there now. Ask somebody else, or pass the call to the queue."),
    "queue_closed": _(
        "This queue is closed now, and the caller would be sent away. You still have them: pass the call on elsewhere, "
        "ask a colleague, or agree on another time."
    ),
    "queue_full": _(
        "This queue takes no more callers now. You still have yours: pass the call on elsewhere, ask a colleague, "
        "or try again in a moment."
    ),
    "nobody_at_work": _(
        "Nobody of this queue is at work, and the caller would be sent away. You still have them: pass the call on "
        "elsewhere, ask a colleague, or agree on another time."
    ),
    "number_not_allowed": _("This number may not be dialled. An administrator can allow it under Set up."),
    "outside_day_limit": _("The day's limit of calls to outside numbers is reached. An administrator can raise it."),
    "outside_at_once_limit": _("As many outside calls as allowed are going on. Try again in a moment."),
    "outside_call_limit": _("This call has rung as many outside numbers as it may. Pass it on to a colleague."),
    "consulting_already": _("You are asking somebody already. End that first."),
    "not_consulting": _("Nobody else is in this call yet."),
    "supervised_already": _("Another team leader is in this call."),
    "not_supervising": _("You are not in this call."),
    "too_late": _("Too late: this has just been decided otherwise. The page shows what is true now."),
    "bad_state": _("This cannot be done right now. The page shows what is true now."),
}


def sentence(code: str) -> str:
    """Return the sentence for ``code`` in the active language; an unknown code gets a general one."""
    return str(SENTENCES.get(code, SENTENCES["bad_state"]))
