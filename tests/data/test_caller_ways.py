"""Hours, menus and forecasts from the tables: what is left out, what refers to what, which calls are expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from allo.core.callers_way import TargetKind
from allo.core.skill import Requirement
from allo.data.actions.caller_ways import do_save_channel
from allo.data.actions.menu import do_create_menu, do_publish_menu, do_return_to_version, do_save_draft
from allo.data.actions.places import PlaceInUseError, do_deactivate_place, users_of
from allo.data.actions.queue import do_deactivate_queue
from allo.data.forecasts import load_forecasts
from allo.data.load_config import load_setup
from allo.data.menu_body import Asks, Body, Branch, Key, Node, as_menus, body_of, new_body
from allo.data.models import (
    AuditEntry,
    BreakReason,
    Calendar,
    CallRecord,
    CallResult,
    ConfigRevision,
    Greeting,
    Menu,
    MessageChannel,
    Number,
    Queue,
    QueueAdmission,
    QueueSurvey,
    VoicemailBox,
)
from tests.web.sounds import a_message

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

MOSCOW = "Europe/Moscow"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday


def test_a_body_survives_the_tables() -> None:
    branch = Branch("voicemail:3", calendar=2, when_open=False, kinds=("vip",), languages=("ru",), message=4)
    body = Body(
        {"1": Node("Main", 7, {"1": Key("node:2"), "2": Key("queue:1", "en", "sale", 2, (Asks(3, 5, 30),))}, (branch,))}
    )
    body = body.with_node("2", Node("Deep", 8, {"*": Key("node:1")}, otherwise="node:1"))
    assert body_of(body.as_json()) == body
    assert body.next_id() == "3"
    alone = body.without("2")
    assert set(alone.nodes["1"].keys) == {"2"}
    assert body_of(new_body("x").as_json()).nodes["1"].name == "x"


def test_nodes_become_menus_of_the_engine() -> None:
    asks = (Asks(3, 5, 30), Asks(4))
    body = Body(
        {"1": Node("Main", 7, {"1": Key("node:2", asks=asks)}), "2": Node("Deep", 9, {"1": Key("number:+7495")})}
    )
    menus = as_menus(5, body, {"7": "sound:x"}, {}, {3})
    assert set(menus) == {"5", "5.2"}
    assert menus["5"].choices["1"].target.id == "5.2"
    assert menus["5"].choices["1"].requirements == (Requirement("3", 5, 30.0),)  # skill 4 is not there
    assert menus["5"].prompt == "7"
    assert menus["5.2"].prompt == ""  # 9 has no sound
    assert menus["5.2"].choices["1"].target.kind is TargetKind.NUMBER


def test_publishing_counts_as_a_change_and_a_draft_does_not() -> None:
    queue = Queue.objects.create(name="Sales")
    menu = do_create_menu(None, "Reception", Body({"1": Node("Main", a_message("Press").pk)}))
    before = ConfigRevision.current()
    do_save_draft(menu, Body({"1": Node("Main", a_message("One").pk, {"1": Key(f"queue:{queue.pk}")})}))
    assert ConfigRevision.current() == before + 1  # the message that was made, not the draft
    first = do_publish_menu(None, menu)
    do_save_draft(menu, new_body("Main"))
    assert Menu.objects.get().is_changed
    do_return_to_version(None, menu, first)
    assert not Menu.objects.get().is_changed
    assert ConfigRevision.current() == before + 3
    changes = AuditEntry.objects.filter(subject_kind="menu").values_list("changes", flat=True)
    assert {"published": [None, 1]} in changes


def test_what_leads_nowhere_is_left_out_with_a_sentence_and_the_rest_stays() -> None:
    queue = Queue.objects.create(name="Sales")
    Number.objects.create(pattern="100", queue=queue)
    Number.objects.create(pattern="101", target="menu:99")
    QueueAdmission.objects.create(queue=queue, closed_target="queue:77", too_long_target="number:+7999")
    keys = {"1": Key("queue:77"), "2": Key(f"queue:{queue.pk}")}
    menu = Menu.objects.create(name="m", draft=Body({"1": Node("x", a_message("x").pk, keys)}).as_json())
    do_publish_menu(None, menu)
    dead = Menu.objects.create(name="d", draft=Body({"1": Node("x", 0, {"1": Key("queue:77")})}).as_json())
    do_publish_menu(None, dead)
    setup = load_setup()
    assert setup.config.problems() == []
    assert set(setup.config.numbers) == {"100"}
    assert set(setup.config.menus) == {str(menu.pk)}
    assert set(setup.config.menus[str(menu.pk)].choices) == {"2"}
    known = setup.config.queues[str(queue.pk)]
    assert known.when_closed is not None
    assert known.when_closed.target.kind is TargetKind.HANG_UP
    assert len(setup.remarks) >= 5


def test_a_calendar_written_by_hand_that_cannot_be_meant_is_left_out() -> None:
    Calendar.objects.create(name="Backwards", weekly=[[[1080, 540]], [], [], [], [], [], []])
    assert any("end before they begin" in remark for remark in load_setup().remarks)


def test_who_refers_to_what() -> None:
    queue, other = Queue.objects.create(name="Sales"), Queue.objects.create(name="Other")
    prompt, calendar = a_message("Evening"), Calendar.objects.create(name="Office")
    box = VoicemailBox.objects.create(name="Box", prompt=prompt)
    rule = QueueAdmission.objects.create(queue=queue, calendar=calendar, closed_target=f"voicemail:{box.pk}")
    branch = Branch(f"queue:{other.pk}", calendar=calendar.pk)
    menu = Menu.objects.create(name="m", draft=Body({"1": Node("x", prompt.pk, branches=(branch,))}).as_json())
    assert users_of(box) == [rule]
    assert users_of(calendar) == [rule, menu]
    assert users_of(prompt) == [box, menu]
    assert users_of(queue) == []  # its rules go with it
    assert users_of(other) == [menu]
    with pytest.raises(PlaceInUseError, match="m"):
        do_deactivate_queue(None, other)
    do_deactivate_queue(None, queue)
    with pytest.raises(PlaceInUseError):
        do_deactivate_place(None, prompt)
    assert Greeting.objects.active().filter(pk=prompt.pk).exists()


def test_a_survey_whose_question_lost_its_sound_asks_nothing() -> None:
    queue = Queue.objects.create(name="Sales")
    question = a_message("How was it")
    QueueSurvey.objects.create(queue=queue, first_question=question)
    Greeting.objects.filter(pk=question.pk).update(audio_file="")
    setup = load_setup()
    assert setup.config.queues[str(queue.pk)].survey is None
    assert any("asks nothing" in remark for remark in setup.remarks)


def test_secrets_of_channels_are_marks_in_the_audit() -> None:
    channel = MessageChannel(name="SMS", kind="sms", headers="Authorization: hidden-1", secret="hidden-2")
    do_save_channel(None, channel)
    assert "hidden" not in str(AuditEntry.objects.get().changes)


def calls(queue: Queue, day: datetime, count: int, **more: Any) -> Iterator[CallRecord]:
    for number in range(count):
        at = day + timedelta(minutes=number % 30)
        given = {"outcome": CallResult.ANSWERED, "talk_s": 100.0, "wrapup_s": 20.0} | more
        id_ = f"{queue.pk}-{day:%d%H%M}-{number}-{given['outcome']}"
        yield CallRecord(call_id=id_, queue=queue, arrived_at=at, entered_at=at, **given)


def test_a_forecast_is_the_mean_of_the_last_same_weekdays_that_had_calls() -> None:
    queue, quiet = Queue.objects.create(name="Sales"), Queue.objects.create(name="Quiet")
    made: list[CallRecord] = []
    for weeks, count in ((1, 10), (2, 20), (4, 30), (5, 999)):  # three weeks ago was a holiday; five do not count
        made += calls(queue, NOW - timedelta(weeks=weeks), min(count, 60))
    made += calls(
        queue, NOW - timedelta(weeks=1), 20, outcome=CallResult.ABANDONED, talk_s=0.0, wrapup_s=0.0, wait_s=60.0
    )
    CallRecord.objects.bulk_create(made)
    forecasts = load_forecasts([str(queue.pk), str(quiet.pk)], MOSCOW, NOW.timestamp())
    assert set(forecasts) == {str(queue.pk)}
    forecast = forecasts[str(queue.pk)]
    assert forecast.starts_at == datetime(2026, 11, 24, 21, 0, tzinfo=UTC).timestamp()
    assert len(forecast.calls) == 2 * 48
    assert forecast.calls[24] == pytest.approx((30 + 20 + 30) / 3)  # 12:00 in Moscow
    assert sum(forecast.calls) == pytest.approx(forecast.calls[24])
    assert forecast.aht_s == pytest.approx(120.0)
    assert forecast.patience_s == pytest.approx(60.0)
    assert forecast.load_at(NOW.timestamp()) == pytest.approx(forecast.calls[24] * 120 / 1800)


def test_forecasts_are_made_only_where_a_rule_looks_ahead() -> None:
    queue = Queue.objects.create(name="Sales")
    today = datetime.now(tz=UTC)
    CallRecord.objects.bulk_create(calls(queue, today - timedelta(weeks=1), 5))
    reason = BreakReason.objects.create(name="Lunch")
    assert load_setup().config.forecasts == {}
    reason.kind = "meal"
    reason.save()
    assert set(load_setup().config.forecasts) == {str(queue.pk)}
    assert load_setup(with_forecasts=False).config.forecasts == {}


def test_the_engine_knows_in_which_language_each_prompt_is_spoken() -> None:
    english, russian = a_message("Hello", language="en"), a_message("Привет", language="ru")
    assert load_setup().config.spoken_in == {str(english.pk): "en", str(russian.pk): "ru"}
