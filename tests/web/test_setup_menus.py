"""The menu editor: questions and keys, problems in words, the dry run, versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from allo.core.skill import Requirement
from allo.data.load_config import load_setup
from allo.data.menu_body import body_of
from allo.data.models import (
    Calendar,
    ConfigRevision,
    Greeting,
    GreetingKind,
    Membership,
    Menu,
    Number,
    Queue,
    Role,
    Skill,
    User,
)
from allo.web.setup.menus.forms import KEYS
from tests.web.sounds import a_message

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.conftest import Visit

HX = {"HX-Request": "true"}
QUESTION = {"name": "Main", "timeout_s": 5, "most_tries": 3}


@pytest.fixture
def admin(visit: Visit) -> Client:
    return visit("admin")


def key(key: str, place: str, number: str = "", **more: Any) -> dict[str, Any]:
    name = f"key_{KEYS.index(key)}"
    return {
        f"{name}_target_place": place,
        f"{name}_target_number": number,
        **{f"{name}_{field}": value for field, value in more.items()},
    }


def a_menu(admin: Client, *keys: dict[str, Any], **more: Any) -> Menu:
    assert admin.post("/setup/menus/new", {"name": "Service"}, headers=HX).status_code == 200
    menu = Menu.objects.get()
    prompt = a_message("For sales press 1")
    fields = {**QUESTION, "prompt": prompt.pk, **more}
    for one in keys:
        fields |= one
    response = admin.post(f"/setup/menus/{menu.pk}/questions/1", fields, headers=HX)
    assert response.status_code == 200, response.content.decode()
    menu.refresh_from_db()
    return menu


def toast(response: Any) -> str:
    return str(json.loads(response["HX-Trigger"])["allo:toast"]["text"])


def test_a_draft_is_not_in_force_until_it_is_published_and_numbers_lead_to_it(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}", language="ru", priority=2, reason="sale"))
    assert not load_setup().config.menus
    before = ConfigRevision.current()
    published = admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    assert "in force" in toast(published)
    assert ConfigRevision.current() == before + 1
    choice = load_setup().config.menus[str(menu.pk)].choices["1"]
    assert (choice.target.kind, choice.target.id) == ("queue", str(queue.pk))
    assert (choice.language, choice.priority, choice.reason) == ("ru", 2, "sale")
    fields = {"pattern": "101", "queue": "", "target_place": f"menu:{menu.pk}", "language": "ru"}
    saved = admin.post("/setup/numbers/new", fields, headers=HX)
    assert saved.status_code == 200, saved.content.decode()
    assert load_setup().config.numbers["101"].leads_to.id == str(menu.pk)
    assert load_setup().remarks == ()


def test_a_new_question_is_made_under_a_key_and_taken_out_with_it(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"), key("2", "new"))
    assert set(body_of(menu.draft).nodes) == {"1", "2"}
    page = admin.get(f"/setup/menus/{menu.pk}?question=2").content.decode()
    assert "Question 2" in page
    assert "asks nothing" in page
    admin.post(f"/setup/menus/{menu.pk}/questions/2/remove", headers=HX)
    menu.refresh_from_db()
    body = body_of(menu.draft)
    assert set(body.nodes) == {"1"}
    assert set(body.nodes["1"].keys) == {"1"}
    assert admin.post(f"/setup/menus/{menu.pk}/questions/1/remove", headers=HX).status_code == 404


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ((), "dead end"),
        ((key("1", "node:1"),), "no exit"),
        ((key("1", "number", "+79001112233"),), "may not be dialled"),
    ],
)
def test_what_is_unsound_is_said_and_not_published(admin: Client, keys: Any, sentence: str) -> None:
    menu = a_menu(admin, *keys)
    refused = admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    menu.refresh_from_db()
    assert menu.published is None


def test_a_question_without_a_sound_is_not_published(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"), prompt="")
    assert "asks nothing" in admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX).content.decode()


def test_the_computer_speaks_a_question(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    words = {"prompt": "", "words": "Press one", "words_language": "en"}
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"), **words)
    spoken = Greeting.objects.get(text="Press one")
    assert spoken.kind == GreetingKind.PROMPT
    assert body_of(menu.draft).nodes["1"].prompt == spoken.pk


def test_the_dry_run_says_what_a_caller_hears_at_that_time(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    other = Queue.objects.create(name="Night shift")
    calendar = Calendar.objects.create(name="Office", zone="UTC")
    branch = {"branch_0_target_place": f"queue:{other.pk}", "branch_0_calendar": calendar.pk, "branch_0_when": "closed"}
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"), branch)
    address = f"/setup/menus/{menu.pk}/try"
    by_day = {"keys": "9 1", "at": "2026-11-25T12:00", "language": "en"}
    day = admin.get(address, by_day, headers=HX).content.decode()
    assert "For sales press 1" in day
    assert day.index("Presses 9") < day.index("Presses 1") < day.index("Waits in the queue “Sales”")
    night = admin.get(address, by_day | {"at": "2026-11-25T23:00"}, headers=HX).content.decode()
    assert "Waits in the queue “Night shift”" in night
    assert "Sales" not in night
    assert admin.get(address, by_day | {"keys": "abc"}, headers=HX).status_code == 422
    assert "<html" in admin.get(address, by_day).content.decode()


def test_an_earlier_version_comes_back(admin: Client) -> None:
    queue, other = (Queue.objects.create(name=name) for name in ("Sales", "Support"))
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"))
    admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    prompt = Greeting.objects.get()
    fields = {**QUESTION, "prompt": prompt.pk, **key("1", f"queue:{other.pk}")}
    admin.post(f"/setup/menus/{menu.pk}/questions/1", fields, headers=HX)
    admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    assert load_setup().config.menus[str(menu.pk)].choices["1"].target.id == str(other.pk)
    first = menu.versions.get(number=1)
    assert "Version 1" in toast(admin.post(f"/setup/menus/{menu.pk}/versions/{first.pk}", headers=HX))
    assert load_setup().config.menus[str(menu.pk)].choices["1"].target.id == str(queue.pk)
    menu.refresh_from_db()
    assert not menu.is_changed


def test_what_a_menu_needs_is_not_deleted(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"))
    admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    Number.objects.create(pattern="101", target=f"menu:{menu.pk}")
    prompt = Greeting.objects.get()
    for path in (f"queues/{queue.pk}", f"greetings/{prompt.pk}", f"menus/{menu.pk}"):
        assert "still used" in toast(admin.post(f"/setup/{path}/delete", headers=HX)), path
    assert load_setup().config.menus


def test_only_administrators_edit_menus(admin: Client, visit: Visit) -> None:
    queue = Queue.objects.create(name="Sales")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"))
    assert User.objects.filter(role=Role.TEAM_LEADER).exists()
    for who, code in (("leader", 403), ("agent", 403), ("", 302)):
        client = visit(who)
        assert client.get(f"/setup/menus/{menu.pk}").status_code == code
        assert client.post(f"/setup/menus/{menu.pk}/publish").status_code == code
        assert client.get(f"/setup/menus/{menu.pk}/try").status_code == code
    menu.refresh_from_db()
    assert menu.published is None


def test_a_menu_is_renamed_and_pages_work_without_scripts(admin: Client) -> None:
    response = admin.post("/setup/menus/new", {"name": "Service"})
    menu = Menu.objects.get()
    assert response["Location"] == f"/setup/menus/{menu.pk}"
    assert "<html" in admin.get(f"/setup/menus/{menu.pk}").content.decode()
    admin.post(f"/setup/menus/{menu.pk}/name", {"name": "Reception"})
    menu.refresh_from_db()
    assert menu.name == "Reception"


def test_a_key_asks_for_skills_and_the_tree_and_the_dry_run_say_so(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    german, loans = Skill.objects.create(name="German"), Skill.objects.create(name="Loans", kind="product")
    asks: dict[str, Any] = {"asks_0_skill": german.pk, "asks_0_level": 5, "asks_0_relax": 30, "asks_1_skill": loans.pk}
    menu = a_menu(admin, key("1", f"queue:{queue.pk}", **asks))
    admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    choice = load_setup().config.menus[str(menu.pk)].choices["1"]
    assert choice.requirements == (Requirement(str(german.pk), 5, 30.0), Requirement(str(loans.pk)))
    page = admin.get(f"/setup/menus/{menu.pk}").content.decode()
    assert "German ≥ 5, for 30 s · Loans" in page
    assert f'<option value="{german.pk}" selected>German</option>' in page
    steps = admin.get(
        f"/setup/menus/{menu.pk}/try", {"keys": "1", "at": "2026-11-25T12:00"}, headers=HX
    ).content.decode()
    assert steps.index("Waits in the queue “Sales”") < steps.index("somebody who has the skill: German ≥ 5, for 30 s")
    refused = json.loads(admin.post(f"/setup/skills/{german.pk}/delete", headers=HX)["HX-Trigger"])
    assert "asked for by: Service" in refused["allo:toast"]["text"]
    Skill.objects.update(is_active=False)  # by hand
    assert load_setup().config.menus[str(menu.pk)].choices["1"].requirements == ()


def test_nobody_in_the_queue_has_what_a_key_asks_for(admin: Client) -> None:
    queue = Queue.objects.create(name="Sales")
    Membership.objects.create(queue=queue, user=User.objects.get(username="agent"))
    german = Skill.objects.create(name="German")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}", asks_0_skill=german.pk))
    admin.post(f"/setup/menus/{menu.pk}/publish", headers=HX)
    said = "Nobody in queue “Sales” can do what key 1 of menu “Service” asks for: callers wait in vain."
    assert said in admin.get("/setup/").content.decode()


def test_what_a_key_cannot_ask_for_is_refused(admin: Client) -> None:
    queue, german = Queue.objects.create(name="Sales"), Skill.objects.create(name="German")
    menu = a_menu(admin, key("1", f"queue:{queue.pk}"))
    address = f"/setup/menus/{menu.pk}/questions/1"
    twice = key("1", f"queue:{queue.pk}", asks_0_skill=german.pk, asks_2_skill=german.pk)
    nowhere = key("1", "", asks_0_skill=german.pk)
    for fields, sentence in ((twice, "asked for above already"), (nowhere, "Say where this key leads")):
        response = admin.post(address, QUESTION | fields, headers=HX)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    too_long = key("1", f"queue:{queue.pk}", asks_0_skill=german.pk, asks_0_relax=3601)
    assert admin.post(address, QUESTION | too_long, headers=HX).status_code == 422
    menu.refresh_from_db()
    assert body_of(menu.draft).nodes["1"].keys["1"].asks == ()
