"""The sections about who takes which call, about holds, and about what protects the lines."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.skill import SkillInUseError, do_deactivate_skill
from allo.data.actions.team import do_deactivate_team
from allo.data.models import (
    AlertLimits,
    BlockedNumber,
    CustomerKind,
    DiallingLimits,
    FloodProtection,
    HoldReason,
    OutsideNumber,
    QueueAlertLimits,
    Role,
    Skill,
    Team,
    User,
)
from allo.web.setup.forms.alerts import AlertLimitsForm, QueueAlertLimitsForm
from allo.web.setup.forms.hold import CustomerKindForm, HoldReasonForm
from allo.web.setup.forms.protection import BlockForm, DiallingLimitsForm, FloodForm, OutsideNumberForm
from allo.web.setup.forms.skill import SkillForm
from allo.web.setup.forms.team import TeamForm
from allo.web.setup.section import CONNECTIONS, PEOPLE, WORK, Rules, Section


def _delete_skill(actor: User, skill: Skill) -> None:
    try:
        do_deactivate_skill(actor, skill)
    except SkillInUseError as error:
        words = gettext("This skill is asked for by: %(places)s. Take it off there first.")
        raise ValidationError(words % {"places": ", ".join(error.places)}) from error


ROUTING_SECTIONS = (
    Section(
        slug="teams",
        title=_("Teams"),
        icon="users",
        intro=_("Twenty or thirty agents with one leader. The floor can be narrowed to a team."),
        add=_("Add a team"),
        empty=_("Make teams when one leader can no longer look after everybody."),
        group=PEOPLE,
        model=Team,
        form=TeamForm,
        rows=lambda: Team.objects.active().select_related("leader").prefetch_related("members"),
        delete=do_deactivate_team,
    ),
    Section(
        slug="skills",
        title=_("Skills"),
        icon="graduation-cap",
        intro=_("What some agents can and others cannot: languages, products, regions. Queues and numbers ask for it."),
        add=_("Add a skill"),
        empty=_("Add a skill when not everybody can take every call: a language, a product, a region."),
        group=PEOPLE,
        model=Skill,
        form=SkillForm,
        rows=lambda: Skill.objects.active().prefetch_related(
            "agents__user", "queuerequirements__queue", "numberrequirements__number"
        ),
        delete=_delete_skill,
        above="setup/above/skills.html",
    ),
    Section(
        slug="customer-kinds",
        title=_("Kinds of customers"),
        icon="crown",
        intro=_("Whose calls go before those of others. Agents choose the kind on the customer's card."),
        add=_("Add a kind"),
        empty=_("Add a kind such as VIP when some customers should wait less than others."),
        group=PEOPLE,
        model=CustomerKind,
        form=CustomerKindForm,
        rows=CustomerKind.objects.active,
    ),
    Section(
        slug="hold-reasons",
        title=_("Reasons for a hold"),
        icon="circle-pause",
        intro=_("What agents choose from when they put a caller on hold, and what the caller is told."),
        add=_("Add a reason"),
        empty=_("Add why callers are asked to wait: looking something up, asking a colleague."),
        group=WORK,
        model=HoldReason,
        form=HoldReasonForm,
        rows=lambda: HoldReason.objects.active().select_related("prompt"),
    ),
    Section(
        slug="alerts",
        title=_("Warnings on the floor"),
        icon="triangle-alert",
        intro=_("From when on the floor warns team leaders. Open pages follow at once; past warnings stay."),
        add=_("Add a queue's limits"),
        empty=_("All queues have the limits of the whole centre. Add a queue that should be warned of otherwise."),
        group=WORK,
        model=QueueAlertLimits,
        form=QueueAlertLimitsForm,
        rows=lambda: QueueAlertLimits.objects.active().select_related("queue"),
        above="setup/above/alerts.html",
        rules=Rules(AlertLimitsForm, AlertLimits.current, _("Limits of the whole centre")),
        role=Role.TEAM_LEADER,
    ),
    Section(
        slug="outside-numbers",
        title=_("Outside numbers"),
        icon="phone-outgoing",
        intro=_("What may be dialled: nothing that is not listed. So a stolen password costs you no telephone bill."),
        add=_("Add a number"),
        empty=_("Nothing outside can be dialled. Add the numbers that calls may be passed on to or called back."),
        group=CONNECTIONS,
        model=OutsideNumber,
        form=OutsideNumberForm,
        rows=OutsideNumber.objects.active,
        above="setup/above/outside-numbers.html",
        rules=Rules(DiallingLimitsForm, DiallingLimits.current, _("Limits of outside calls")),
    ),
    Section(
        slug="blocks",
        title=_("Blocked callers"),
        icon="shield-ban",
        intro=_("Callers whose calls are refused: who blocked them, why, and until when."),
        add=_("Block a number"),
        empty=_("Nobody is blocked. Team leaders can block a caller during a call too."),
        group=CONNECTIONS,
        model=BlockedNumber,
        form=BlockForm,
        rows=lambda: BlockedNumber.objects.active().select_related("blocked_by"),
        above="setup/above/blocks.html",
        rules=Rules(FloodForm, FloodProtection.current, _("Floods of calls from one number")),
    ),
)
