"""Run inside a centre's environment: what the browser tests need beside the demo. Prints the agent's id.

Number 200 leads to a queue that greets nobody and rings for five seconds, so that a test need not wait; 201 to one
that also gives no more than a second for the outcome. Queue "Side" has no number, only a colleague to be asked.
"""

import django

django.setup()

from allo.data.actions.queue import do_save_queue  # noqa: E402 (Django must be set up first)
from allo.data.models import Language, Number, Queue, Role, User  # noqa: E402
from allo.web.control_client import control  # noqa: E402

agent = User.objects.get(username="agent")
for number, name, wrapup_limit_s in (("200", "Quick", 120), ("201", "Hasty", 1)):
    queue = Queue(name=name, offer_timeout_s=5, wrapup_limit_s=wrapup_limit_s, outcome_required=True)
    do_save_queue(None, queue, greetings=[], members={agent: 1})
    Number.objects.create(pattern=number, queue=queue, language=Language.ENGLISH)
colleague = User.objects.create_user(
    "colleague", "colleague-demo-1", display_name="Colleague", role=Role.AGENT, language=Language.ENGLISH
)
do_save_queue(None, Queue(name="Side"), greetings=[], members={colleague: 1})
control().config_changed()
print(agent.agent_id)
