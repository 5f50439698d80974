"""The set-up: every section shows, saves, refuses with a sentence, deletes and brings back."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from django.core.files.uploadedfile import SimpleUploadedFile

from allo import installation
from allo.data.actions.user import do_ensure_automatic_agents
from allo.data.models import (
    AuditEntry,
    BreakReason,
    CallRecord,
    ConfigRevision,
    Disposition,
    Greeting,
    Membership,
    Number,
    Queue,
    Trunk,
    User,
)
from allo.web.setup.sections import SECTIONS

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import People, Visit

HX = {"HX-Request": "true"}
QUEUE = {
    "name": "Support",
    "priority": 5,
    "strategy": "longest_idle",
    "goal_percent": 80,
    "service_level_target_s": 20,
    "short_abandon_s": 5,
    "offer_timeout_s": 15,
    "wrapup_limit_s": 60,
    "hold_limit_s": 180,
    "cool_off_s": 90,
    "recording_pause_limit_s": 120,
    "sticky_s": 0,
    "transfer_patience_s": 20,
    "recording_retention_days": 90,
}
TRUNK = {
    "name": "Line",
    "kind": "registration",
    "host": "sip.example.com",
    "port": 5060,
    "username": "u",
    "secret": "pw",
}
PERSON = {"display_name": "Bob", "username": "bob", "role": "agent", "language": "en", "password": "first-words-1"}


def recorded(seconds: float = 2) -> SimpleUploadedFile:
    file = io.BytesIO()
    instants = np.arange(int(seconds * 16_000)) / 16_000
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * 300 * instants), 16_000, format="WAV")
    return SimpleUploadedFile("a.wav", file.getvalue(), "audio/wav")


@pytest.fixture
def admin(visit: Visit) -> Client:
    return visit("admin")


@pytest.mark.parametrize("slug", SECTIONS)
def test_every_section_shows_a_page_a_fragment_and_an_empty_form(admin: Client, slug: str) -> None:
    page = admin.get(f"/setup/{slug}/").content.decode()
    assert "<html" in page
    fragment = admin.get(f"/setup/{slug}/new", headers=HX).content.decode()
    assert "<html" not in fragment
    assert 'id="section"' in fragment
    assert "<form" in fragment


@pytest.mark.parametrize("slug", SECTIONS)
def test_every_section_refuses_an_empty_form_and_says_why(admin: Client, slug: str) -> None:
    before = ConfigRevision.current()
    response = admin.post(f"/setup/{slug}/new", {}, headers=HX)
    assert response.status_code == 422
    assert "field__error" in response.content.decode()
    assert ConfigRevision.current() == before


@pytest.mark.parametrize(
    ("slug", "fields", "model"),
    [
        ("users", PERSON, User),
        ("queues", QUEUE, Queue),
        ("outcomes", {"name": "Solved", "order": 0}, Disposition),
        ("breaks", {"name": "Lunch", "order": 0}, BreakReason),
        ("trunks", TRUNK, Trunk),
    ],
)
def test_saving_deleting_and_undoing(admin: Client, slug: str, fields: dict[str, Any], model: Any) -> None:
    saved = admin.post(f"/setup/{slug}/new", fields, headers=HX)
    assert saved.status_code == 200, saved.content.decode()
    assert "in force" in json.loads(saved["HX-Trigger"])["allo:toast"]["text"]
    row = model.objects.latest("pk")
    assert ConfigRevision.current() == 1
    assert (
        f'value="{fields.get("name", fields.get("display_name"))}"'
        in admin.get(f"/setup/{slug}/{row.pk}").content.decode()
    )
    deleted = admin.post(f"/setup/{slug}/{row.pk}/delete", headers=HX)
    undo = json.loads(deleted["HX-Trigger"])["allo:toast"]["undo"]
    assert not model.objects.active().filter(pk=row.pk).exists()
    assert admin.get(f"/setup/{slug}/{row.pk}").status_code == 404
    admin.post(undo, headers=HX)
    assert model.objects.active().filter(pk=row.pk).exists()
    assert AuditEntry.objects.count() == 3


def test_without_scripts_forms_work_too(admin: Client) -> None:
    response = admin.post("/setup/outcomes/new", {"name": "Solved", "order": 0})
    assert response["Location"] == "/setup/outcomes/"
    pk = Disposition.objects.get().pk
    assert admin.post(f"/setup/outcomes/{pk}/delete").status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "x" * 10_000, "at most 80 characters (it has 10000)"),
        ("name", " ", "required"),
        ("name", "a\x00b", "Null characters"),
        ("priority", "99", "less than or equal to 10"),
        ("goal_percent", "0", "greater than or equal to 1"),
        ("goal_percent", "900", "less than or equal to 100"),
        ("service_level_target_s", "99999999999999999999", "less than or equal to 600"),
        ("offer_timeout_s", "-5", "greater than or equal to"),
        ("offer_timeout_s", "3", "greater than or equal to 5"),
        ("wrapup_limit_s", "1e9", "whole number"),
        ("hold_limit_s", "😀", "whole number"),
        ("strategy", "magic", "not one of the available choices"),
        ("recording_retention_days", "0", "greater than or equal to 1"),
        ("greetings", "77", "not one of the available choices"),
    ],
)
def test_absurd_values_get_a_sentence_and_the_rest_is_kept(
    admin: Client, field: str, value: str, sentence: str
) -> None:
    response = admin.post("/setup/queues/new", {**QUEUE, "hold_limit_s": 77, field: value}, headers=HX)
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page or field == "greetings"
    assert field == "hold_limit_s" or 'value="77"' in page
    assert not Queue.objects.exists()


@pytest.mark.parametrize("slug", ["users", "numbers", "greetings"])
def test_what_is_added_speaks_the_installations_language(admin: Client, slug: str) -> None:
    chosen = installation.current().language
    assert f'<option value="{chosen}" selected>' in admin.get(f"/setup/{slug}/new", headers=HX).content.decode()


def test_emoji_are_names_like_others(admin: Client) -> None:
    assert admin.post("/setup/queues/new", {**QUEUE, "name": "Поддержка 🎧"}, headers=HX).status_code == 200
    assert Queue.objects.get().name == "Поддержка 🎧"


def test_the_same_name_in_other_case_is_refused_in_cyrillic_too(admin: Client) -> None:
    Disposition.objects.create(name="Решено")
    response = admin.post("/setup/outcomes/new", {"name": "РЕШЕНО", "order": 0}, headers=HX)
    assert response.status_code == 422
    assert "already an outcome" in response.content.decode()


def test_a_queue_keeps_levels_and_the_order_of_greetings(admin: Client, people: People) -> None:
    one, two = (Greeting.objects.create(title=title, audio_file=f"{title}.wav") for title in "ab")
    fields = {**QUEUE, "greetings": [two.pk, one.pk], f"member_{people['agent'].pk}": 3}
    admin.post("/setup/queues/new", fields, headers=HX)
    queue = Queue.objects.get()
    assert list(queue.ordered_greetings()) == [two, one]
    assert list(queue.memberships.values_list("user", "level")) == [(people["agent"].pk, 3)]
    assert queue.service_level_goal == pytest.approx(0.8)
    admin.post(f"/setup/queues/{queue.pk}", {**QUEUE, f"member_{people['agent'].pk}": ""}, headers=HX)
    assert not queue.memberships.exists()
    assert admin.post(f"/setup/queues/{queue.pk}", {**QUEUE, f"member_{people['agent'].pk}": 10}).status_code == 422


def test_saving_a_queue_leaves_automatic_agents_in_it(admin: Client, people: People) -> None:
    queue = Queue.objects.create(name="Support")
    auto = User.objects.create_user("auto-1", display_name="Auto 1", is_automatic=True)
    queue.memberships.create(user=auto, level=1)
    admin.post(f"/setup/queues/{queue.pk}", {**QUEUE, f"member_{people['agent'].pk}": 2}, headers=HX)
    assert set(queue.memberships.values_list("user__username", flat=True)) == {"auto-1", "agent"}


def test_a_queue_with_numbers_is_not_deleted(admin: Client) -> None:
    queue = Queue.objects.create(name="Support")
    Number.objects.create(pattern="100", queue=queue)
    response = admin.post(f"/setup/queues/{queue.pk}/delete", headers=HX)
    assert "100" in json.loads(response["HX-Trigger"])["allo:toast"]["text"]
    assert Queue.objects.active().exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8 (800) 555-35-35", "88005553535"), ("+7 495 xxx xx xx", "+7495XXXXXXX"), ("7ХХ", "7XX"), ("*", "*")],
)
def test_numbers_are_taken_as_people_write_them(admin: Client, typed: str, kept: str) -> None:
    queue = Queue.objects.create(name="Support")
    admin.post("/setup/numbers/new", {"pattern": typed, "queue": queue.pk, "language": "ru"}, headers=HX)
    assert Number.objects.get().pattern == kept


@pytest.mark.parametrize("typed", ["call me", "1" * 10_000, "++7", "12*3", "☎"])
def test_what_is_no_number_is_refused(admin: Client, typed: str) -> None:
    queue = Queue.objects.create(name="Support")
    response = admin.post("/setup/numbers/new", {"pattern": typed, "queue": queue.pk, "language": "ru"}, headers=HX)
    assert response.status_code == 422
    assert not Number.objects.exists()


def test_a_person_cannot_be_deleted_by_themselves_nor_the_last_administrator_demoted(
    admin: Client, people: People
) -> None:
    me = people["admin"]
    response = admin.post(f"/setup/users/{me.pk}/delete", headers=HX)
    assert "cannot delete yourself" in json.loads(response["HX-Trigger"])["allo:toast"]["text"]
    fields = {"display_name": "Admin", "username": "admin", "role": "agent", "language": "en"}
    response = admin.post(f"/setup/users/{me.pk}", fields, headers=HX)
    assert response.status_code == 422
    assert "only administrator" in response.content.decode()
    me.refresh_from_db()
    assert me.is_administrator


def test_a_weak_password_is_refused_and_a_login_is_unique(admin: Client, people: People) -> None:
    weak = admin.post("/setup/users/new", {**PERSON, "password": "12345"}, headers=HX)
    assert "too short" in weak.content.decode()
    taken = admin.post("/setup/users/new", {**PERSON, "username": "AGENT"}, headers=HX)
    assert "taken" in taken.content.decode()
    assert User.objects.count() == 4


def test_a_deleted_person_is_signed_out_at_once(admin: Client, visit: Visit, people: People) -> None:
    agent = visit("agent")
    assert agent.get("/account/").status_code == 200
    admin.post(f"/setup/users/{people['agent'].pk}/delete", headers=HX)
    assert agent.get("/account/").status_code == 302


def test_the_secret_of_a_trunk_is_stored_but_never_shown(admin: Client) -> None:
    admin.post("/setup/trunks/new", {**TRUNK, "secret": "never-shown"}, headers=HX)
    trunk = Trunk.objects.get()
    assert "never-shown" not in admin.get(f"/setup/trunks/{trunk.pk}").content.decode()
    admin.post(f"/setup/trunks/{trunk.pk}", {**TRUNK, "secret": "", "port": 5070}, headers=HX)
    trunk.refresh_from_db()
    assert (trunk.secret, trunk.port) == ("never-shown", 5070)
    assert "never-shown" not in admin.get("/setup/history/").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"host": "not a host"}, "host name"),
        ({"host": "sip.example.com\nauth=x"}, "host name"),
        ({"port": 70_000}, "65535"),
        ({"username": "a;b"}, "semicolons"),
        ({"username": ""}, "asks for it"),
        ({"kind": "ip"}, "at least one address"),
        ({"kind": "ip", "allowed_ips": "0.0.0.0/0"}, "half the internet"),
        ({"kind": "ip", "allowed_ips": "203.0.113.999"}, "is not an address"),
    ],
)
def test_a_trunk_says_what_is_wrong(admin: Client, change: dict[str, Any], sentence: str) -> None:
    response = admin.post("/setup/trunks/new", {**TRUNK, **change}, headers=HX)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_addresses_of_a_trunk_are_tidied(admin: Client) -> None:
    fields = {**TRUNK, "kind": "ip", "allowed_ips": "203.0.113.10, 198.51.100.7/24\n2001:db8::1"}
    admin.post("/setup/trunks/new", fields, headers=HX)
    assert Trunk.objects.get().allowed_networks == ["203.0.113.10", "198.51.100.0/24", "2001:db8::1"]


GREETING = {"title": "Welcome", "language": "en", "kind": "greeting", "source": "recorded", "text": "", "voice": "Ann"}


def test_a_recording_becomes_a_greeting_that_can_be_heard(admin: Client) -> None:
    admin.post("/setup/greetings/new", {**GREETING, "sound_file": recorded()}, headers=HX)
    greeting = Greeting.objects.get()
    assert greeting.duration_s == pytest.approx(2, abs=0.05)
    heard = admin.get(f"/setup/greetings/{greeting.pk}/sound")
    assert heard["Content-Type"] == "audio/wav"
    assert soundfile.info(io.BytesIO(heard.content)).samplerate == 8000
    admin.post(f"/setup/greetings/{greeting.pk}", {**GREETING, "title": "Hello"}, headers=HX)
    greeting.refresh_from_db()
    assert (greeting.title, greeting.has_sound) == ("Hello", True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Choose a file"),
        ({"sound_file": SimpleUploadedFile("a.wav", b"no sound")}, "not a sound file"),
        ({"sound_file": SimpleUploadedFile("a.wav", b"")}, "empty"),
        ({"sound_file": recorded(0.2)}, "half a second"),
        ({"source": "synthesized"}, "what is to be said"),
        ({"source": "synthesized", "text": "x" * 10_000}, "at most 600"),
    ],
)
def test_a_greeting_says_what_is_wrong(admin: Client, change: dict[str, Any], sentence: str) -> None:
    response = admin.post("/setup/greetings/new", {**GREETING, **change}, headers=HX)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Greeting.objects.exists()


@pytest.mark.parametrize(("language", "text"), [("en", "Good day"), ("ru", "Добрый день")])
def test_the_computer_speaks_a_greeting_and_lets_one_listen_before(admin: Client, language: str, text: str) -> None:
    heard = admin.post("/setup/greetings/speak", {"text": text, "language": language})
    assert heard["Content-Type"] == "audio/wav"
    fields = {**GREETING, "source": "synthesized", "text": text, "language": language}
    admin.post("/setup/greetings/new", fields, headers=HX)
    assert Greeting.objects.get().has_sound


@pytest.mark.parametrize("fields", [{}, {"text": "hi", "language": "xx"}, {"text": "x" * 10_000, "language": "en"}])
def test_listening_before_says_what_is_wrong(admin: Client, fields: dict[str, Any]) -> None:
    response = admin.post("/setup/greetings/speak", fields)
    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/plain")


def test_the_checklist_leaves_after_the_first_answered_call(admin: Client) -> None:
    assert "To the first call" in admin.get("/setup/").content.decode()
    CallRecord.objects.create(call_id="1", arrived_at=datetime(2026, 1, 1, tzinfo=UTC), outcome="answered")
    assert "To the first call" not in admin.get("/setup/").content.decode()


def test_the_history_says_who_changed_what(admin: Client) -> None:
    disposition = Disposition.objects.create(name="Solved")
    admin.post(f"/setup/outcomes/{disposition.pk}", {"name": "Sold", "order": 0}, headers=HX)
    page = admin.get("/setup/history/").content.decode()
    assert "<s>Solved</s> Sold" in page
    assert "Admin" in page


def test_what_is_not_there_is_not_found(admin: Client) -> None:
    for path in ("/setup/nothing/", "/setup/queues/999", "/setup/greetings/999/sound"):
        assert admin.get(path).status_code == 404
    assert admin.post("/setup/queues/999/delete").status_code == 404


def test_names_cannot_carry_markup(admin: Client) -> None:
    admin.post("/setup/outcomes/new", {"name": "<script>alert(1)</script>", "order": 0}, headers=HX)
    assert "<script>alert" not in admin.get("/setup/outcomes/").content.decode()


def test_who_answers_a_queue_is_people_as_its_form_lists_them(people: People, visit: Visit) -> None:
    queue = Queue.objects.create(name="Support")
    do_ensure_automatic_agents(3)
    page = visit("admin").get("/setup/queues/").content.decode()
    assert "0 people answer" in page
    assert "Nobody answers" in page
    Membership.objects.create(queue=queue, user=people["agent"])
    page = visit("admin").get("/setup/queues/").content.decode()
    assert "1 person answers" in page
    assert "Nobody answers" not in page
