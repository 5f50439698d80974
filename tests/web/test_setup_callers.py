"""The set-up of a caller's way and of waiting: each page saves, refuses with a sentence, and is in force at once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from allo.core.break_plan import BreakKind
from allo.core.callers_way import TargetKind
from allo.data.load_config import load_setup
from allo.data.models import (
    AnswerPromise,
    AuditEntry,
    BreakReason,
    Calendar,
    CallbackRule,
    MessageChannel,
    MessageTemplate,
    Music,
    Number,
    OutgoingMessage,
    Queue,
    QueueAdmission,
    QueueAnnouncing,
    QueueSurvey,
    VoicemailBox,
)
from tests.web.sounds import a_message
from tests.web.test_setup import HX, recorded

if TYPE_CHECKING:
    from django.test import Client

    from allo.core.model import Queue as EngineQueue
    from tests.web.conftest import Visit

WEEK = {f"week_{day}": "9:00-18:00" for day in range(5)}
OFFICE = {"name": "Office", "zone": "Europe/Moscow", **WEEK}
ADMISSION = {"most_waiting": 0, "longest_wait_s": 0, "waits_for_nobody": "on"}
CALLBACK = {"key": "1", "offer_after_s": 60, "most_tries": 3, "retry_s": 600, "ring_s": 30}
ANNOUNCING = {"first_s": 20, "every_s": 60, "widest_min": 10, "comfort_after_s": 0}
PROMISE = {
    "reward": "a voucher",
    "within_s": 18,
    "countdown": "10, 5",
    "amount": 450,
    "daily_budget": 9000,
    "least_waiting": 0,
    "most_waiting": 0,
}
SURVEY = {"first_keys": "12345", "second_keys": "12", "comment_limit_s": 60, "timeout_s": 6, "most_tries": 2}
SMS = {
    "name": "Provider",
    "kind": "sms",
    "url": "https://sms.example.com/send",
    "headers": "Authorization: Bearer never-shown",
    "body": '{"to": "{to}", "text": "{text}"}',
}


@pytest.fixture
def admin(visit: Visit) -> Client:
    return visit("admin")


@pytest.fixture
def queue(db: None) -> Queue:
    return Queue.objects.create(name="Support")


def save(admin: Client, path: str, fields: dict[str, Any], *, code: int = 200) -> str:
    response = admin.post(f"/setup/{path}", fields, headers=HX)
    page = response.content.decode()
    assert response.status_code == code, page
    return page


def in_force(queue: Queue) -> EngineQueue:
    setup = load_setup()
    assert setup.remarks == ()
    return setup.config.queues[str(queue.pk)]


def test_hours_of_a_week_and_of_holidays_are_in_force(admin: Client, queue: Queue) -> None:
    days = "2026-12-31 9:00-15:00 Short day\n01.01 closed New Year\n09.05.2026 closed"
    save(admin, "hours/new", {**OFFICE, "week_4": "9:00-13:00, 14:00-17:00", "days_text": days})
    calendar = Calendar.objects.get()
    save(admin, "admission/new", {**ADMISSION, "queue": queue.pk, "calendar": calendar.pk})
    hours = in_force(queue).hours
    assert hours is not None
    assert hours.is_open(at("2026-12-22T17:59+03:00"))
    assert not hours.is_open(at("2026-12-22T18:00+03:00"))
    assert not hours.is_open(at("2026-12-25T13:30+03:00"))  # a Friday with a lunch break
    assert hours.is_open(at("2026-12-25T14:00+03:00"))
    assert not hours.is_open(at("2026-12-31T15:30+03:00"))
    assert not hours.is_open(at("2027-01-01T10:00+03:00"))  # every year
    page = admin.get(f"/setup/hours/{calendar.pk}").content.decode()
    assert "2026-12-31 9:00–15:00 Short day" in page
    assert "day--holiday" in page
    save(admin, f"hours/{calendar.pk}", {**OFFICE, "days_text": page_days(page)})
    calendar.refresh_from_db()
    assert [day["day"] for day in calendar.days] == ["01-01", "2026-05-09", "2026-12-31"]


def at(moment: str) -> float:
    """A POSIX instant."""
    return datetime.fromisoformat(moment).timestamp()


def page_days(page: str) -> str:
    """What stands in the text area."""
    return page.partition('name="days_text"')[2].partition(">")[2].partition("</textarea>")[0]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("week_0", "nine to five", "are no hours"),
        ("week_0", "9:00-13:00, 12:00-18:00", "overlap"),
        ("week_0", "9:70-18:00", "no such time"),
        ("zone", "Mars/Olympus", "not one of the available choices"),
        ("days_text", "31.02 closed", "is no date"),
        ("days_text", "2026-05-09", "after the date write hours"),
        ("days_text", "01-01 closed\n01.01 9:00-10:00", "twice"),
        ("name", "", "required"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(admin: Client, field: str, value: str, sentence: str) -> None:
    assert sentence in save(admin, "hours/new", {**OFFICE, field: value}, code=422)
    assert not Calendar.objects.exists()


def test_hours_in_use_are_not_deleted(admin: Client, queue: Queue) -> None:
    calendar = Calendar.objects.create(name="Office")
    QueueAdmission.objects.create(queue=queue, calendar=calendar)
    toast = json.loads(admin.post(f"/setup/hours/{calendar.pk}/delete", headers=HX)["HX-Trigger"])["allo:toast"]
    assert "Support" in toast["text"]
    assert Calendar.objects.active().exists()


def test_what_happens_when_closed_full_too_long_and_with_nobody_at_work(admin: Client, queue: Queue) -> None:
    other, sorry = Queue.objects.create(name="Other"), a_message("Sorry")
    box = VoicemailBox.objects.create(name="Box", prompt=sorry)
    fields = {
        "queue": queue.pk,
        "closed_target_place": f"voicemail:{box.pk}",
        "most_waiting": 5,
        "full_message": sorry.pk,
        "longest_wait_s": 600,
        "too_long_target_place": f"queue:{other.pk}",
        "nobody_target_place": "hang_up",
    }
    save(admin, "admission/new", fields)
    known = in_force(queue)
    assert known.when_closed is not None
    assert (known.when_closed.target.kind, known.when_closed.target.id) == (TargetKind.VOICEMAIL, str(box.pk))
    assert (known.most_waiting, known.longest_wait_s) == (5, 600.0)
    assert known.when_full is not None
    assert known.when_full.message == str(sorry.pk)
    assert known.when_too_long is not None
    assert known.when_too_long.target.id == str(other.pk)
    assert known.when_nobody_at_work is not None
    rule = QueueAdmission.objects.get()
    save(admin, f"admission/{rule.pk}", {**fields, "waits_for_nobody": "on"})
    assert in_force(queue).when_nobody_at_work is None
    assert AuditEntry.objects.filter(subject_kind="queueadmission").count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closed_target_place": "number", "closed_target_number": "+79001112233"}, "may not be dialled"),
        ({"closed_target_place": "number", "closed_target_number": "call me"}, "Write a number"),
        ({"closed_target_place": "number"}, "Write the outside number"),
        ({"closed_target_place": "queue:999"}, "Select a valid choice"),
        ({"queue": ""}, "required"),
        ({"most_waiting": -1}, "greater than or equal to 0"),
        ({"longest_wait_s": 10**9}, "less than or equal to"),
    ],
)
def test_a_way_out_that_leads_nowhere_is_refused(
    admin: Client, queue: Queue, change: dict[str, Any], sentence: str
) -> None:
    page = save(admin, "admission/new", {**ADMISSION, "queue": queue.pk, **change}, code=422)
    assert sentence in page
    assert not QueueAdmission.objects.exists()


def test_a_queue_leads_neither_to_itself_nor_in_a_circle(admin: Client, queue: Queue) -> None:
    itself = {**ADMISSION, "queue": queue.pk, "full_target_place": f"queue:{queue.pk}"}
    assert "cannot lead to itself" in save(admin, "admission/new", itself, code=422)
    other = Queue.objects.create(name="Other")
    save(admin, "admission/new", {**ADMISSION, "queue": queue.pk, "full_target_place": f"queue:{other.pk}"})
    back = {**ADMISSION, "queue": other.pk, "full_target_place": f"queue:{queue.pk}"}
    assert "round in a circle" in save(admin, "admission/new", back, code=422)
    assert QueueAdmission.objects.count() == 1
    twice = {**ADMISSION, "queue": queue.pk}
    assert "already" in save(admin, "admission/new", twice, code=422)


def test_a_voicemail_box_and_a_number_that_leads_to_it(admin: Client, queue: Queue) -> None:
    prompt = a_message("Leave a message")
    fields = {"name": "Evening", "prompt": prompt.pk, "queue": queue.pk, "limit_s": 90, "shortest_s": 2}
    save(admin, "voicemail/new", fields)
    box = VoicemailBox.objects.get()
    known = load_setup().config.voicemails[str(box.pk)]
    assert (known.prompt, known.queue_id, known.limit_s) == (str(prompt.pk), str(queue.pk), 90.0)
    number = {"pattern": "199", "queue": "", "target_place": f"voicemail:{box.pk}", "language": "en"}
    save(admin, "numbers/new", number)
    assert load_setup().config.numbers["199"].leads_to.kind is TargetKind.VOICEMAIL
    assert "Choose a queue, or another place" in save(admin, "numbers/new", {**number, "target_place": ""}, code=422)
    save(admin, f"numbers/{Number.objects.get().pk}", {**number, "queue": queue.pk})
    assert load_setup().config.numbers["199"].leads_to.kind is TargetKind.QUEUE


def test_call_backs_of_a_queue(admin: Client, queue: Queue) -> None:
    calendar = Calendar.objects.create(name="Decent hours")
    save(admin, "callbacks/new", {**CALLBACK, "queue": queue.pk, "calendar": calendar.pk})
    rules = in_force(queue).callback
    assert rules is not None
    assert (rules.key, rules.offer_after_s, rules.most_tries, rules.retry_s, rules.ring_s) == ("1", 60, 3, 600, 30)
    assert rules.hours is not None
    assert "valid choice" in save(admin, "callbacks/new", {**CALLBACK, "queue": queue.pk, "key": "A"}, code=422)
    other = {**CALLBACK, "queue": Queue.objects.create(name="Other").pk, "key": "9"}
    assert "press one" in save(admin, "callbacks/new", other, code=422)
    rule = CallbackRule.objects.get()
    admin.post(f"/setup/callbacks/{rule.pk}/delete", headers=HX)
    assert in_force(queue).callback is None
    admin.post(f"/setup/callbacks/{rule.pk}/restore", headers=HX)
    assert in_force(queue).callback is not None


def test_what_waiting_callers_hear_and_their_music(admin: Client, queue: Queue) -> None:
    one, two = a_message("Look at our pages"), a_message("We are nearly there")
    save(admin, "music/new", {"title": "Quiet", "sound_file": recorded(70)})
    music = Music.objects.get()
    assert admin.get(f"/setup/music/{music.pk}/sound")["Content-Type"] == "audio/wav"
    fields = {**ANNOUNCING, "queue": queue.pk, "tells_wait": "on", "messages": [one.pk], "music": music.pk}
    save(admin, "announcing/new", fields)
    known = in_force(queue)
    assert known.announcing is not None
    assert (known.announcing.position, known.announcing.wait) == (False, True)
    assert known.announcing.messages == (str(one.pk),)
    assert known.music == music.music_class
    rule = QueueAnnouncing.objects.get()
    page = save(admin, f"announcing/{rule.pk}", {**fields, "comfort_after_s": 120}, code=422)
    assert "Choose what is said then" in page
    save(admin, f"announcing/{rule.pk}", {**fields, "comfort_after_s": 120, "comfort_message": two.pk})
    comforting = in_force(queue).announcing
    assert comforting is not None
    assert (comforting.comfort_after_s, comforting.comfort_message) == (120.0, str(two.pk))


def test_music_says_what_is_wrong(admin: Client) -> None:
    assert "Choose a file" in save(admin, "music/new", {"title": "Quiet"}, code=422)
    assert "half a second" in save(admin, "music/new", {"title": "Quiet", "sound_file": recorded(0.2)}, code=422)
    assert not Music.objects.exists()


def test_an_answer_promise_is_in_force_within_its_budget(admin: Client, queue: Queue) -> None:
    prompt = a_message("If nobody answers within 18 seconds you receive a voucher")
    channel = MessageChannel.objects.create(name="SMS", kind="sms", url="https://sms.example.com")
    template = MessageTemplate.objects.create(name="Code", text_en="{code}")
    fields = {**PROMISE, "queue": queue.pk, "prompt": prompt.pk, "kinds": ["new"]}
    save(admin, "promises/new", {**fields, "channel": channel.pk, "template": template.pk})
    promise = in_force(queue).promise
    assert promise is not None
    assert (promise.within_s, promise.countdown, promise.kinds) == (18.0, (10, 5), ("new",))
    assert (promise.amount, promise.daily_budget) == (450, 9000)
    assert (promise.channel, promise.template) == (str(channel.pk), str(template.pk))
    page = admin.get(f"/setup/promises/{AnswerPromise.objects.get().pk}").content.decode()
    assert "checked" in page.partition('value="new"')[2].partition(">")[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"daily_budget": 10}, "must cover one promise"),
        ({"countdown": "soon"}, "Write numbers such as"),
        ({"countdown": "18, 5"}, "Only seconds from 1 to 17 can be spoken"),
        ({"countdown": "120, 10", "within_s": "300"}, "Only seconds from 1 to 99 can be spoken"),
        ({"least_waiting": 5, "most_waiting": 2}, "never be promised"),
        ({"prompt": ""}, "required"),
        ({"within_s": 1}, "greater than or equal to 5"),
        ({"kinds": ["martian"]}, "not one of the available choices"),
    ],
)
def test_a_promise_says_what_is_wrong(admin: Client, queue: Queue, change: dict[str, Any], sentence: str) -> None:
    fields = {**PROMISE, "queue": queue.pk, "prompt": a_message("Promise").pk, **change}
    assert sentence in save(admin, "promises/new", fields, code=422)
    assert not AnswerPromise.objects.exists()


def test_a_survey_asks_two_questions_and_a_comment(admin: Client, queue: Queue) -> None:
    one, two, comment = a_message("How was it"), a_message("Was it solved"), a_message("Say more")
    fields = {**SURVEY, "queue": queue.pk, "first_question": one.pk, "second_question": two.pk}
    save(admin, "surveys/new", {**fields, "comment_prompt": comment.pk})
    survey = in_force(queue).survey
    assert survey is not None
    assert [(question.prompt, question.keys) for question in survey.questions] == [
        (str(one.pk), "12345"),
        (str(two.pk), "12"),
    ]
    assert survey.comment_prompt == str(comment.pk)
    rule = QueueSurvey.objects.get()
    page = save(admin, f"surveys/{rule.pk}", {**fields, "second_question": one.pk}, code=422)
    assert "This is the first question" in page


def test_secrets_of_a_channel_are_stored_and_never_shown(admin: Client) -> None:
    save(admin, "channels/new", SMS)
    channel = MessageChannel.objects.get()
    assert channel.header_lines == {"Authorization": "Bearer never-shown"}
    for path in (f"/setup/channels/{channel.pk}", "/setup/channels/", "/setup/history/"):
        assert "never-shown" not in admin.get(path).content.decode()
    save(admin, f"channels/{channel.pk}", {**SMS, "headers": "", "name": "Other"})
    channel.refresh_from_db()
    assert (channel.name, "never-shown" in channel.headers) == ("Other", True)
    assert not AuditEntry.objects.filter(changes__icontains="never-shown").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "sms.example.com"}, "beginning with https"),
        ({"url": "file:///etc/passwd"}, "beginning with https"),
        ({"headers": "no header"}, "Name: value"),
        ({"body": "{to}"}, "must say {to} and {text}"),
        ({"kind": "email", "sender": "a@example.com"}, "mail server"),
        ({"kind": "email", "host": "smtp.example.com", "sender": "nobody"}, "address that messages come from"),
    ],
)
def test_a_channel_says_what_is_wrong(admin: Client, change: dict[str, Any], sentence: str) -> None:
    assert sentence in save(admin, "channels/new", {**SMS, **change}, code=422)
    assert not MessageChannel.objects.exists()


def test_a_text_has_words_and_known_places(admin: Client) -> None:
    assert "one language at least" in save(admin, "texts/new", {"name": "Code"}, code=422)
    wrong = {"name": "Code", "text_en": "Dear {customer}"}
    assert "{customer} is not known" in save(admin, "texts/new", wrong, code=422)
    assert "brace is missing" in save(admin, "texts/new", {"name": "Code", "text_en": "{code"}, code=422)
    save(admin, "texts/new", {"name": "Code", "text_en": "Your code: {code}"})
    assert MessageTemplate.objects.get().words("ru") == ("", "Your code: {code}", "en")


def test_a_test_message_is_handed_over_and_its_fate_told(admin: Client, visit: Visit) -> None:
    channel = MessageChannel.objects.create(name="SMS", kind="sms", url="https://sms.example.com")
    template = MessageTemplate.objects.create(name="Code", text_en="{code}")
    address = f"/setup/channels/{channel.pk}/trial"
    assert "Send a test" in admin.get(f"/setup/channels/{channel.pk}").content.decode()
    assert admin.post(address, {"to": "me", "template": template.pk}).status_code == 422
    assert not OutgoingMessage.objects.exists()
    assert visit("leader").post(address, {"to": "+79001112233", "template": template.pk}).status_code == 403
    sent = admin.post(address, {"to": "+7 900 111-22-33", "template": template.pk}).content.decode()
    message = OutgoingMessage.objects.get()
    assert (message.to, message.channel, message.template) == ("+79001112233", str(channel.pk), str(template.pk))
    assert 'hx-trigger="every 2s"' in sent
    message.state, message.trouble = "failed", "http_401"
    message.save()
    fate = admin.get(f"{address}/{message.pk}").content.decode()
    assert "check the key" in fate
    assert "hx-trigger" not in fate


def test_rules_of_breaks_are_in_force(admin: Client) -> None:
    fields = {"name": "Lunch", "kind": "meal", "typical_min": 30, "longest_wait_min": 90, "order": 0}
    save(admin, "breaks/new", fields)
    reason = BreakReason.objects.get()
    rule = load_setup().config.break_rules[str(reason.pk)]
    assert (rule.kind, rule.typical_s, rule.longest_wait_s) == (BreakKind.MEAL, 1800.0, 5400.0)
    save(admin, f"breaks/{reason.pk}", {**fields, "kind": ""})
    assert load_setup().config.break_rules == {}
    assert "less than or equal to 240" in save(admin, "breaks/new", {**fields, "typical_min": 999}, code=422)
