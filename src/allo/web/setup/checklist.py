"""The way from a fresh installation to the first answered call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from allo.data.models import CallRecord, CallResult, Disposition, Greeting, Membership, Number, Role, User
from allo.data.seed_demo import demo_logins

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, whether it is done, and where."""

    title: _StrPromise
    text: _StrPromise
    path: str
    is_done: bool


def had_first_call() -> bool:
    """Whether a real call has been answered: then the checklist has done its work."""
    return CallRecord.objects.filter(outcome=CallResult.ANSWERED).exists()


def steps() -> list[Step]:
    """Return the steps in the order in which to take them."""
    members = Membership.objects.filter(user__is_active=True, queue__is_active=True)
    return [
        Step(
            _("Give people their sign-ins"),
            _("At least one agent, with a password of their own instead of the demo ones."),
            "/setup/users/",
            not demo_logins() and User.objects.active().people().filter(role=Role.AGENT).exists(),
        ),
        Step(
            _("Say who answers which queue"),
            _("Level 1 is asked first; higher levels help when all others are busy."),
            "/setup/queues/",
            members.filter(user__is_automatic=False).exists(),
        ),
        Step(
            _("Lead a number to a queue"),
            _("Without a trunk, softphones on this computer dial it."),
            "/setup/numbers/",
            (
                Number.objects.active().filter(queue__is_active=True) | Number.objects.active().exclude(target="")
            ).exists(),
        ),
        Step(
            _("Give callers a greeting to hear"),
            _("Your own voice is the warmest: record it in the browser."),
            "/setup/greetings/",
            Greeting.objects.active().exclude(audio_file="").exists(),
        ),
        Step(
            _("List the outcomes of calls"),
            _("Agents choose one after each call; reports count them."),
            "/setup/outcomes/",
            Disposition.objects.active().exists(),
        ),
        Step(
            _("Take the first call"),
            _("Sign in as an agent in another window, press Ready, and call the number or open the page /call."),
            "/call",
            had_first_call(),
        ),
    ]
