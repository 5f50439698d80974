"""Run inside a fresh demo centre: what makes its pictures those of a centre at work.

    python -m tests.browser.furnish_lifelike <agents>

Automatic agents (as `allo traffic` brings them) with people's names in two teams; yesterday, played by the simulator
and written by the ledger; then a call-back and an answer promise for the first queue. All in the installation's
language. Prints the id of the demo agent.
"""

import sys
from datetime import timedelta

import django

django.setup()

from django.utils.timezone import localtime  # noqa: E402 (Django must be set up first)

from allo.data.actions.caller_ways import do_save_queue_rule  # noqa: E402
from allo.data.actions.team import do_save_team  # noqa: E402
from allo.data.actions.user import do_ensure_automatic_agents  # noqa: E402
from allo.data.ledger import Entry, write_facts  # noqa: E402
from allo.data.load_config import load_setup  # noqa: E402
from allo.data.models import AnswerPromise, CallbackRule, Greeting, Number, Team, User  # noqa: E402
from allo.data.seed_demo import DEMO_NUMBER, SECOND_NUMBER  # noqa: E402
from allo.installation import current  # noqa: E402
from allo.sim.arrivals import Poisson  # noqa: E402
from allo.sim.durations import Exponential, LogNormal  # noqa: E402
from allo.sim.scenario import Callers, Scenario, Shift  # noqa: E402
from allo.sim.simulation import run  # noqa: E402
from allo.web.control_client import control  # noqa: E402

NAMES = {
    "en": (
        "Ben Carter", "Chloe Evans", "Daniel Fox", "Emma Grant", "Felix Hughes", "Grace Ingram",
        "Harry James", "Isla Knight", "Jack Lewis", "Kate Morgan", "Liam Nash", "Mia Owens",
    ),
    "ru": (
        "Борис Андреев", "Вера Климова", "Глеб Соколов", "Дарья Минина", "Егор Титов", "Жанна Орлова",
        "Захар Лебедев", "Инна Фомина", "Кирилл Быков", "Лариса Гусева", "Максим Зуев", "Нина Котова",
    ),
}  # fmt: skip
SECOND_TEAM = {"en": "Second team", "ru": "Вторая команда"}
REWARD = {"en": "a free delivery", "ru": "бесплатную доставку"}

HOUR_S = 3600
FROM_EIGHT = (30, 70, 112, 124, 100, 84, 104, 112, 88, 64, 44, 26)
"""Calls an hour yesterday; a tenth of them for the second number."""

language = current().language
agents = do_ensure_automatic_agents(int(sys.argv[1]))
for agent, name in zip(agents, NAMES[language], strict=False):
    agent.display_name = name
    agent.save()
half = len(agents) // 2
first = Team.objects.active().get()
do_save_team(None, first, members=[*first.members.all(), *agents[:half]])
do_save_team(None, Team(name=SECOND_TEAM[language]), members=agents[half:])

numbers = [str(agent.agent_id) for agent in agents]
yesterday = Scenario(
    config=load_setup().config,
    callers=tuple(
        Callers(number, Poisson([share * calls for calls in FROM_EIGHT]), LogNormal(160, 130), Exponential(100), wrapup)
        for number, share, wrapup in ((DEMO_NUMBER, 0.9, Exponential(25)), (SECOND_NUMBER, 0.1, Exponential(40)))
    ),
    shifts=(
        *(Shift(number, 0, 8 * HOUR_S) for number in numbers[:half]),
        *(Shift(number, 2.5 * HOUR_S, 12 * HOUR_S) for number in numbers[half:]),
    ),
    answer_delay=Exponential(3),
    open_s=len(FROM_EIGHT) * HOUR_S,
    opens_at=(localtime() - timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0).timestamp(),
)
write_facts([Entry(0, f"yesterday:{place}", fact) for place, fact in enumerate(run(yesterday).facts)])

queue = Number.objects.get(pattern=DEMO_NUMBER).queue
do_save_queue_rule(None, CallbackRule(queue=queue, offer_after_s=20))
spoken = Greeting.objects.filter(kind="prompt").exclude(audio_file="").first()
assert spoken is not None, "no prompt was spoken: is there espeak-ng?"
promise = AnswerPromise(queue=queue, reward=REWARD[language], within_s=18, prompt=spoken, least_waiting=1)
promise.amount, promise.daily_budget = 250, 10_000
do_save_queue_rule(None, promise)
control().config_changed()
print(User.objects.get(username="agent").agent_id)
