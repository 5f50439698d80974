"""The sections of the set-up: what each lists, edits and deletes. Views are the same for all."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allo.data.actions.places import PlaceInUseError
from allo.data.actions.queue import QueueInUseError, do_deactivate_queue
from allo.data.actions.user import LastAdministratorError, do_deactivate_user
from allo.data.models import BreakReason, Disposition, Greeting, HomeCountry, Membership, Number, Queue, Trunk, User
from allo.web.setup.caller_sections import CALLER_SECTIONS
from allo.web.setup.forms.greeting import GreetingForm
from allo.web.setup.forms.queue import QueueForm
from allo.web.setup.forms.simple import BreakReasonForm, DispositionForm, NumberForm
from allo.web.setup.forms.trunk import HomeCountryForm, TrunkForm
from allo.web.setup.forms.user import UserForm
from allo.web.setup.routing_sections import ROUTING_SECTIONS
from allo.web.setup.section import CONNECTIONS, GROUPS, WAITING, WAY, WORK, Rules, Section, delete_unless_used, in_use


def _delete_user(actor: User, person: User) -> None:
    if actor.pk == person.pk:
        raise ValidationError(gettext("You cannot delete yourself. Ask another administrator."))
    try:
        do_deactivate_user(actor, person)
    except LastAdministratorError as error:
        raise ValidationError(
            gettext("This is the only administrator. Make somebody else administrator first.")
        ) from error


def _delete_queue(actor: User, queue: Queue) -> None:
    try:
        do_deactivate_queue(actor, queue)
    except QueueInUseError as error:
        raise ValidationError(
            gettext("Calls to %(numbers)s come to this queue. Lead them to another queue first.")
            % {"numbers": ", ".join(error.patterns)}
        ) from error
    except PlaceInUseError as error:
        raise ValidationError(in_use(queue, error)) from error


def _of_people() -> Prefetch[str]:
    """Who answers a queue, as its form lists them: automatic agents, who come with test calls, are no people."""
    return Prefetch("memberships", Membership.objects.filter(user__in=User.objects.active().people()))


_SECTIONS = (
    Section(
        slug="users",
        title=_("People"),
        icon="users-round",
        intro=_("Who signs in, and what they may see and do."),
        add=_("Add a person"),
        empty=_("Add the people who answer calls and those who lead them."),
        model=User,
        form=UserForm,
        rows=lambda: User.objects.active().people().prefetch_related("memberships__queue"),
        delete=_delete_user,
    ),
    Section(
        slug="queues",
        title=_("Queues"),
        icon="list-ordered",
        intro=_("Where callers wait, how soon they should be answered, and by whom."),
        add=_("Add a queue"),
        empty=_("A queue is where callers wait for a free person. Make one for each kind of request."),
        model=Queue,
        form=QueueForm,
        rows=lambda: Queue.objects.active().prefetch_related(_of_people(), "greetings", "numbers"),
        delete=_delete_queue,
    ),
    Section(
        slug="numbers",
        title=_("Numbers"),
        icon="hash",
        intro=_("Which dialled number leads to which queue, and what callers hear first."),
        add=_("Add a number"),
        empty=_("Write the number that customers dial and choose the queue it leads to."),
        group=WAY,
        model=Number,
        form=NumberForm,
        rows=lambda: Number.objects.active().select_related("queue", "opening_message"),
    ),
    Section(
        slug="greetings",
        title=_("Greetings"),
        icon="audio-lines",
        intro=_(
            "What callers hear. A queue takes turns with its greetings in the caller's language, so that nobody hears "
            "one twice running."
        ),
        add=_("Add a greeting"),
        empty=_("Record a greeting right here, upload a file, or let the computer speak a text."),
        group=WAITING,
        delete=delete_unless_used,
        model=Greeting,
        form=GreetingForm,
        rows=lambda: Greeting.objects.active().prefetch_related("queues"),
    ),
    Section(
        slug="outcomes",
        title=_("Outcomes"),
        icon="clipboard-check",
        intro=_("What an agent chooses from when a call is over."),
        add=_("Add an outcome"),
        empty=_("Add what calls usually end with: solved, sold, call back later."),
        group=WORK,
        model=Disposition,
        form=DispositionForm,
        rows=Disposition.objects.active,
    ),
    Section(
        slug="breaks",
        title=_("Breaks"),
        icon="coffee",
        intro=_("Reasons an agent chooses from when going on a break."),
        add=_("Add a break reason"),
        empty=_("Add the breaks people take: short break, lunch, training."),
        group=WORK,
        model=BreakReason,
        form=BreakReasonForm,
        rows=BreakReason.objects.active,
    ),
    Section(
        slug="trunks",
        title=_("Trunks"),
        icon="cable",
        intro=_("Lines from telephone operators. Without one, calls come from softphones and from the web page."),
        add=_("Add a trunk"),
        empty=_("Enter what your telephone operator gave you: server, login and password, or their addresses."),
        group=CONNECTIONS,
        above="setup/above/trunks.html",
        below="setup/below/trunks.html",
        rules=Rules(HomeCountryForm, HomeCountry.current, _("Home country")),
        model=Trunk,
        form=TrunkForm,
        rows=Trunk.objects.active,
    ),
    *ROUTING_SECTIONS,
    *CALLER_SECTIONS,
)
SECTIONS = {section.slug: section for section in sorted(_SECTIONS, key=lambda one: GROUPS.index(one.group))}
