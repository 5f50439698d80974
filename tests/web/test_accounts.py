"""Signing in, passwords, preferences."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from allo.data.actions.user import do_save_user
from allo.data.models import Role, User
from allo.web import watch
from allo.web.limits import Limit, Window

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from tests.web.conftest import People, Visit

WRONG = "do not fit together"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before() -> None:
    cache.clear()


def sign_in(client: Client, username: str, password: str, headers: dict[str, str] | None = None) -> Any:
    return client.post("/login", {"username": username, "password": password}, headers=headers)


def test_signing_in_leads_home_and_brings_language_and_theme(visit: Visit, people: People) -> None:
    User.objects.filter(username="agent").update(language="ru", theme="dark")
    client = visit()
    response = sign_in(client, "agent", "agent-words-1")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert response.cookies["allo_language"].value == "ru"
    assert response.cookies["allo_theme"].value == "dark"
    assert 'lang="ru" data-theme="dark"' in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("username", "password"),
    [("agent", "wrong"), ("nobody", "xyzzy"), ("agent", ""), ("", ""), ("a" * 10_000, "b" * 10_000), ("😀", "🙈")],
)
def test_a_wrong_sign_in_says_so_and_keeps_the_login(visit: Visit, username: str, password: str) -> None:
    response = sign_in(visit(), username, password)
    assert response.status_code == 422
    page = response.content.decode()
    assert "error" in page
    assert password == "" or password not in page
    assert "allo_session" not in response.cookies


def test_nobody_learns_which_logins_exist(visit: Visit) -> None:
    pages = [sign_in(visit(), name, "wrong").content.decode() for name in ("agent", "nobody")]
    assert all(WRONG in page for page in pages)


def test_an_inactive_person_and_an_automatic_agent_stay_out(visit: Visit, people: People) -> None:
    people["agent"].is_active = False
    people["agent"].save()
    people["colleague"].is_automatic = True
    people["colleague"].save()
    for name in ("agent", "colleague"):
        assert WRONG in sign_in(visit(), name, f"{name}-words-1").content.decode()


def test_too_many_attempts_are_stopped_even_with_the_right_password(visit: Visit) -> None:
    client = visit()
    codes = [sign_in(client, "agent", "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert codes[-1] == 429
    response = sign_in(client, "agent", "agent-words-1")
    assert response.status_code == 429
    assert "Too many attempts" in response.content.decode()
    assert sign_in(client, "colleague", "colleague-words-1").status_code == 302


def test_wrong_passwords_of_one_address_are_limited_whatever_logins_they_are_for(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allo.web.accounts.views.WRONG_PASSWORDS", Limit("test", (Window(10**6, 3),)))
    for _ in range(5):
        assert sign_in(visit(), "agent", "agent-words-1").status_code == 302, "who signs in does not count"
    assert [sign_in(visit(), f"nobody-{number}", "wrong").status_code for number in range(3)] == [422] * 3
    monkeypatch.setattr("django.contrib.auth.authenticate", None)  # no password is looked at any more
    refused = sign_in(visit(), "agent", "agent-words-1")
    assert refused.status_code == 429
    assert "Too many attempts from your address. Try again in" in refused.content.decode()
    monkeypatch.undo()
    elsewhere = visit().post("/login", {"username": "agent", "password": "agent-words-1"}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_whoever_sits_down_at_an_open_page_cannot_try_the_present_password_for_ever(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allo.web.accounts.views.WRONG_PASSWORDS", Limit("test-own", (Window(10**6, 3),)))
    client, new = visit("agent"), "some-other-words-7"
    typed = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert [client.post("/account/password", typed).status_code for _ in range(3)] == [422] * 3
    refused = client.post("/account/password", {**typed, "old_password": "agent-words-1"})
    assert refused.status_code == 429
    assert "Too many attempts from your address. Try again in" in refused.content.decode()


def test_who_is_locked_out_makes_nothing_grow(visit: Visit) -> None:
    client = visit()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "agent", "wrong")
    before = AccessAttempt.objects.values().get()
    for _ in range(3):
        assert sign_in(client, "agent", "wrong").status_code == 429
    assert AccessAttempt.objects.values().get() == before
    assert "wrong" not in str(before)


def test_signing_in_leaves_no_trace_and_sweeps_expired_ones_away(visit: Visit) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    sign_in(visit(), "agent", "agent-words-1")
    assert not Session.objects.filter(session_key="old").exists()
    assert not AccessLog.objects.exists()


def test_signing_in_changes_the_key_and_a_new_password_ends_other_browsers(visit: Visit, people: People) -> None:
    client, other = visit(), visit("agent")
    client.cookies["allo_session"] = "a-key-that-somebody-else-knows00"
    sign_in(client, "agent", "agent-words-1")
    first = client.cookies["allo_session"]
    assert first.value != "a-key-that-somebody-else-knows00"
    assert (first["httponly"], first["samesite"]) == (True, "Lax")
    do_save_user(people["admin"], User.objects.get(username="agent"), new_password="given-anew-7")
    for browser in (client, other):
        assert browser.get("/account/").status_code == 302
    assert watch.judge(other.cookies["allo_session"].value, Role.AGENT) == "signed-out", "nor do its pages follow"


def test_signing_in_again_over_a_page_swaps_nothing(visit: Visit) -> None:
    hx = {"HX-Request": "true"}
    client = visit()
    form = client.get("/login", headers=hx).content.decode()
    assert 'hx-post="/login"' in form
    assert "<html" not in form
    assert sign_in(client, "agent", "wrong", headers=hx).status_code == 422
    response = sign_in(client, "agent", "agent-words-1", headers=hx)
    who = {"allo:signed-in-as": {"reader": client.session["_auth_user_id"]}}
    assert (response.status_code, json.loads(response["HX-Trigger"])) == (204, who)
    assert f'data-reader="{client.session["_auth_user_id"]}"' in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "desk", "null", "9" * 30]
)
def test_nobody_is_led_to_another_site(visit: Visit, target: str) -> None:
    response = visit().post("/login", {"username": "agent", "password": "agent-words-1", "next": target})
    assert response["Location"] == "/"
    assert visit("agent").get("/login", {"next": target})["Location"] == "/"


def test_signing_out(visit: Visit) -> None:
    client = visit("agent")
    assert client.get("/logout").status_code == 405
    client.post("/logout")
    assert client.get("/account/")["Location"].startswith("/login")


def test_a_password_is_changed_by_its_owner(visit: Visit, people: People) -> None:
    client = visit("agent")
    answer = client.post(
        "/account/password",
        {"old_password": "agent-words-1", "new_password1": "quite-new-7", "new_password2": "quite-new-7"},
    )
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200  # still signed in
    assert User.objects.get(username="agent").check_password("quite-new-7")


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", "quite-new-7", "quite-new-7", "present password is not right"),
        ("agent-words-1", "quite-new-7", "quite-new-8", "not the same"),
        ("agent-words-1", "short", "short", "too short"),
        ("agent-words-1", "1234567890123", "1234567890123", "entirely numeric"),
        ("agent-words-1", "agent-words-1", "agent-words-1", "same as the present"),
    ],
)
def test_a_password_is_refused_with_the_reason(visit: Visit, old: str, new: str, again: str, sentence: str) -> None:
    response = visit("agent").post(
        "/account/password", {"old_password": old, "new_password1": new, "new_password2": again}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_demo_password_must_be_changed_where_others_can_reach_the_pages(
    visit: Visit, people: People, settings: Settings
) -> None:
    User.objects.filter(username="admin").update(must_change_password=True)
    client = visit("admin")
    assert client.get("/setup/").status_code == 200
    settings.ONLY_LOOPBACK = False
    assert client.get("/setup/")["Location"] == "/account/password"
    page = client.get("/account/password").content.decode()
    assert "demo password" in page
    [scripts_words] = re.findall(r'src="(/words/[^"]+)"', page)
    assert client.get(scripts_words)["Content-Type"].startswith("text/javascript")
    client.post(
        "/account/password",
        {"old_password": "admin-words-1", "new_password1": "quite-new-7", "new_password2": "quite-new-7"},
    )
    assert client.get("/setup/").status_code == 200


def test_demo_logins_are_shown_on_loopback_only(visit: Visit, people: People, settings: Settings) -> None:
    User.objects.filter(username="agent").update(must_change_password=True)
    assert "agent-demo-1" in visit().get("/login").content.decode()
    settings.ONLY_LOOPBACK = False
    assert "agent-demo-1" not in visit().get("/login").content.decode()


def test_language_and_theme_are_kept_for_the_person(visit: Visit, people: People) -> None:
    client = visit("agent")
    client.post("/account/language", {"language": "ru", "next": "/account/"})
    assert client.post("/account/theme", {"theme": "dark"}, headers={"Accept": "application/json"}).status_code == 204
    user = User.objects.get(username="agent")
    assert (user.language, user.theme) == ("ru", "dark")
    assert 'lang="ru" data-theme="dark"' in client.get("/account/").content.decode()


def test_an_unknown_language_or_theme_does_no_harm(visit: Visit, people: People) -> None:
    client = visit()
    assert client.post("/account/language", {"language": "xx"}).status_code == 302
    assert client.post("/account/theme", {"theme": "<b>"}).status_code == 302
    assert client.get("/login").status_code == 200


def test_a_profile_takes_a_new_name_and_refuses_a_novel(visit: Visit, people: People) -> None:
    client = visit("agent")
    fields = {"language": "en", "theme": "light"}
    assert client.post("/account/", {"display_name": "Анна 😀", **fields}).status_code == 302
    refused = client.post("/account/", {"display_name": "x" * 10_000, **fields})
    assert refused.status_code == 422
    assert "at most 120 characters" in refused.content.decode()
    assert User.objects.get(username="agent").display_name == "Анна 😀"
