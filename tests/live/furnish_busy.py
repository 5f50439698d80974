"""Run as a program: what the busy centre needs beside the demo centre. It tells what it has made, as JSON.

    python -m tests.live.furnish_busy <where SMS go> <port of the telephone company>

Promises with codes by SMS, call-backs over a line, an agent with a queue of their own, and a colleague to be asked.
"""

from __future__ import annotations

import json
import sys

OUTSIDE = "127.0.0.2"
PROMISED_S = 20
RINGS_S = 60
ASKING_NUMBER = "102"


def main() -> None:
    """Make it all."""
    import django

    django.setup()
    print(json.dumps(_furnish(sys.argv[1], int(sys.argv[2]))))


def _furnish(sms_url: str, line_port: int) -> dict[str, str | int]:
    from allo.data.actions.queue import do_save_queue
    from allo.data.actions.setting import do_save_home_country, do_save_number, do_save_trunk
    from allo.data.models import ConfigRevision, HoldReason, HomeCountry, Number, Queue, Role, Trunk, TrunkKind, User

    asking, asked = (
        User.objects.create_user(name, f"{name}-words-1", display_name=name, role=Role.AGENT, is_automatic=True)
        for name in ("asking", "asked")
    )
    queue = do_save_queue(None, Queue(name="Asking"), members={asking: 1, asked: 2})
    do_save_number(None, Number(pattern=ASKING_NUMBER, queue=queue, language="en"))
    line = Trunk(name="Line", kind=TrunkKind.IP, host=OUTSIDE, port=line_port, allowed_ips=OUTSIDE)
    line.is_outgoing, line.shown_number = True, "+74950000000"
    do_save_trunk(None, line)
    do_save_home_country(None, HomeCountry(pk=1, code="RU"))
    _rules(sms_url)
    reason = HoldReason.objects.order_by("order").first()
    assert reason is not None
    return {
        "asking": asking.agent_id,
        "asked": asked.agent_id,
        "hold_reason": str(reason.pk),
        "revision": ConfigRevision.current(),
    }


def _rules(sms_url: str) -> None:
    from allo.data.actions.caller_ways import do_save_channel, do_save_queue_rule, do_save_template
    from allo.data.actions.protection import do_save_outside_number
    from allo.data.models import (
        AnswerPromise,
        CallbackRule,
        ChannelKind,
        Greeting,
        MessageChannel,
        MessageTemplate,
        Number,
        OutsideNumber,
    )

    support = Number.objects.get(pattern="100").queue
    channel = MessageChannel(name="SMS", kind=ChannelKind.SMS, url=sms_url, body='{"to": "{to}", "text": "{text}"}')
    promise = AnswerPromise(queue=support, reward="a coffee", within_s=PROMISED_S, countdown="")
    promise.amount, promise.daily_budget = 100, 1_000_000
    promise.prompt = Greeting.objects.filter(kind="prompt").exclude(audio_file="")[0]
    promise.channel = do_save_channel(None, channel)
    promise.template = do_save_template(None, MessageTemplate(name="Code", text_en="{code}", text_ru="{code}"))
    do_save_queue_rule(None, promise)
    do_save_queue_rule(None, CallbackRule(queue=support, offer_after_s=0, most_tries=2, ring_s=RINGS_S))
    do_save_outside_number(None, OutsideNumber(pattern="+7*"))


if __name__ == "__main__":
    main()
