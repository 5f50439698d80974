"""The set-up changes while callers wait: what was published is heard by the next caller, and nobody is cut off."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

from allo.start import environment
from allo.web.control_client import ControlClient
from tests.live.centre_runner import RunningCentre
from tests.live.sip_phone import SipPhone
from tests.live.voice import CALLER_HZ
from tests.waiting import until, wait_until

PUBLISH = """
import django; django.setup()
from allo.data.actions.changes import do_deactivate
from allo.data.actions.menu import do_create_menu, do_publish_menu
from allo.data.actions.setting import do_save_number
from allo.data.menu_body import Body, Key, Node
from allo.data.models import ConfigRevision, Greeting, Number, Queue, QueueAdmission
sales = Queue.objects.get(name__in=("Sales", "Продажи"))
question = Greeting.objects.filter(kind="prompt").exclude(audio_file="").first()
menu = do_create_menu(None, "Published live", Body({"1": Node("One", question.pk, {"2": Key(f"queue:{sales.pk}")})}))
do_publish_menu(None, menu)
do_save_number(None, Number(pattern="150", target=f"menu:{menu.pk}", language="en"))
for rule in QueueAdmission.objects.filter(queue=sales):  # the demo centre closes in the evening
    do_deactivate(None, rule)
print(sales.pk, ConfigRevision.current())
"""


def facts(centre: RunningCentre, kind: str) -> list[dict[str, object]]:
    """What the ledger has of a kind."""
    url = centre.installation.effective_database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        rows = connection.execute("SELECT body FROM data_fact WHERE kind = ? ORDER BY at", (kind,)).fetchall()
    return [json.loads(body) for (body,) in rows]


def publish(centre: RunningCentre) -> str:
    """Make a menu and a number that leads to it, as the pages do; returns its queue, once all is in force."""
    settings = environment(centre.installation) | {"DJANGO_SETTINGS_MODULE": "allo.web.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], env=settings, capture_output=True, text=True, check=True, timeout=60
    )
    queue_id, revision = done.stdout.split()
    control = ControlClient(socket_path=str(centre.installation.control_socket))
    try:
        assert control.config_changed()
        wait_until(lambda: control.snapshot().items["system"]["config_revision"] >= int(revision))
    finally:
        control.close()
    return queue_id


async def test_a_menu_published_while_a_caller_waits(running_centre: RunningCentre) -> None:
    phone = await SipPhone.open(running_centre.installation.sip_port, hz=CALLER_HZ)
    try:
        waiting = await phone.call("100")
        await until(lambda: waiting.is_up)
        await until(lambda: facts(running_centre, "CallEntered"))
        sales = await asyncio.to_thread(publish, running_centre)
        asked = await phone.call("150")
        await until(lambda: facts(running_centre, "MenuEntered"))
        await until(lambda: asked.voice is not None and asked.voice.heard_s() > 0.3)  # in the middle of the question
        asked.press("2")
        await until(lambda: len(facts(running_centre, "CallEntered")) == 2)
        assert facts(running_centre, "CallEntered")[1]["queue_id"] == sales
        assert facts(running_centre, "MenuLeft")[0]["key"] == "2"
        assert waiting.is_up
        assert facts(running_centre, "CallEnded") == []
        for call in (waiting, asked):
            call.hang_up()
        await until(lambda: len(facts(running_centre, "CallEnded")) == 2)
    finally:
        await phone.close()
