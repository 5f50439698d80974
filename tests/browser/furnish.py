"""Run inside a centre's environment: what the browser tests need beside the demo. Prints the agent's id.

Numbers 200 to 203 lead to queues in which a test need not wait: "Quick" greets nobody and rings for five seconds,
"Hasty" gives no more than a second for the outcome, "Brief" rings for two seconds and should answer within one,
"Later" greets in a few words and calls back. Queue "Side" has no number, only a colleague to be asked; "Shut" is never
open. Outside numbers are dialled to the port of this machine that is given as argument.
"""

import sys

import django

django.setup()

from allo.data.actions.greeting import do_save_greeting  # noqa: E402 (Django must be set up first)
from allo.data.actions.queue import do_save_queue  # noqa: E402
from allo.data.models import (  # noqa: E402
    Calendar,
    CallbackRule,
    Disposition,
    Greeting,
    HoldReason,
    Language,
    Number,
    OutsideNumber,
    Queue,
    QueueAdmission,
    Role,
    Trunk,
    TrunkKind,
    User,
)
from allo.data.speaking import speak  # noqa: E402
from allo.web.control_client import control  # noqa: E402

QUEUES: dict[str, dict[str, int]] = {
    "Quick": {"offer_timeout_s": 5},
    "Hasty": {"offer_timeout_s": 5, "wrapup_limit_s": 1},
    "Brief": {"offer_timeout_s": 2, "service_level_target_s": 1},
    "Later": {"offer_timeout_s": 5},
}

agent = User.objects.get(username="agent")
hello = Greeting(title="Hello", text="Hello! One moment, please.", language=Language.ENGLISH)
made: dict[str, Queue] = {}
for place, (name, settings) in enumerate(QUEUES.items()):
    greetings = [do_save_greeting(None, hello, speak(hello.text, hello.language))] if name == "Later" else []
    queue = Queue(name=name, **{"wrapup_limit_s": 120, "outcome_required": True, **settings})
    made[name] = do_save_queue(None, queue, greetings=greetings, members={agent: 1})
    Number.objects.create(pattern=str(200 + place), queue=made[name], language=Language.ENGLISH)
CallbackRule.objects.create(queue=made["Later"], key="1", offer_after_s=0)
colleague = User.objects.create_user(
    "colleague", "colleague-demo-1", display_name="Colleague", role=Role.AGENT, language=Language.ENGLISH
)
do_save_queue(None, Queue(name="Side"), greetings=[], members={colleague: 1})
shut = do_save_queue(None, Queue(name="Shut"), greetings=[], members={colleague: 2})
never = Calendar.objects.create(name="Never", weekly=[[] for _day in range(7)])
QueueAdmission.objects.create(queue=shut, calendar=never)
for place, outcome in enumerate(("Asked for the address", "Complaint written down")):  # eight to choose from
    Disposition.objects.create(name=outcome, order=90 + place)
HoldReason.objects.create(name="A quick look", limit_s=1, order=9)
for pattern in ("7900*", "+7900*"):
    OutsideNumber.objects.create(pattern=pattern)
Trunk.objects.create(
    name="Outside",
    kind=TrunkKind.IP,
    host="127.0.0.1",
    port=int(sys.argv[1]),
    allowed_ips="203.0.113.7",
    is_outgoing=True,
)
control().config_changed()
print(agent.agent_id)
