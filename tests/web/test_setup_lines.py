"""A line says how it does, and what to do: from what control tells, for administrators alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from allo.data.load_config import load_setup
from allo.data.models import HomeCountry, Trunk
from allo.data.models.home_country import countries, normalise_at_home
from allo.web.control_client import Snapshot
from allo.web.mirror import Mirror
from allo.web.setup.line_words import state_of
from tests.web.floor_items import system

if TYPE_CHECKING:
    from tests.web.conftest import Visit


@pytest.fixture
def by_login(db: None) -> Trunk:
    return Trunk.objects.create(name="City", kind="registration", host="sip.example.com", username="u", secret="s")


@pytest.fixture
def by_address(db: None) -> Trunk:
    return Trunk.objects.create(name="Office", kind="ip", host="192.0.2.7", allowed_ips="192.0.2.7")


def told(monkeypatch: pytest.MonkeyPatch, *, is_known: bool = True, **changes: Any) -> None:
    here = Mirror(Snapshot(1, {"system": system(**changes)}))
    monkeypatch.setattr("allo.web.setup.line_words.mirror_now", lambda: (here, is_known))


@pytest.mark.parametrize(
    ("registration", "word", "sentence"),
    [
        ("registered", "Registered", "knows us"),
        ("refused", "Refused", "Check login and password"),
        ("no_answer", "No answer", "Check its name and port"),
        ("pending", "Is registering", "let us in"),
        ("", "Not known yet", "Nobody has asked yet"),
    ],
)
def test_a_line_with_a_login_says_whether_it_is_registered(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, by_login: Trunk, registration: str, word: str, sentence: str
) -> None:
    told(monkeypatch, lines={str(by_login.pk): "online"}, registrations={str(by_login.pk): registration})
    admin = visit("admin")
    for address in (f"/setup/trunks/{by_login.pk}", f"/setup/trunks/{by_login.pk}/state"):
        page = admin.get(address).content.decode()
        assert word in page, address
        assert sentence in page, address
    assert word in admin.get("/setup/trunks/").content.decode()
    with translation.override("ru"):
        assert str(state_of(by_login).word) != word
        assert sentence not in str(state_of(by_login).sentence)


@pytest.mark.parametrize(("state", "word"), [("online", "Reachable"), ("offline", "No answer"), ("", "Not known yet")])
def test_a_line_known_by_its_address_says_whether_it_answers(
    monkeypatch: pytest.MonkeyPatch, by_address: Trunk, state: str, word: str
) -> None:
    told(monkeypatch, lines={str(by_address.pk): state}, registrations={})
    with translation.override("en"):
        assert str(state_of(by_address).word) == word
        told(monkeypatch, is_known=False, lines={str(by_address.pk): state})
        assert str(state_of(by_address).word) == "Not known yet", "control is away: that may be wrong by now"
        told(monkeypatch)
        assert str(state_of(by_address).word) == "Not known yet", "a control of before tells of no lines"


def test_it_is_for_administrators(visit: Visit, by_login: Trunk) -> None:
    for who, code in (("agent", 403), ("leader", 403), ("", 302)):
        assert visit(who).get(f"/setup/trunks/{by_login.pk}/state").status_code == code
    assert visit("admin").get("/setup/trunks/999/state").status_code == 404


def test_the_home_country_is_chosen_by_its_name_and_holds_at_once(visit: Visit) -> None:
    admin = visit("admin")
    assert "No home country" in admin.get("/setup/trunks/").content.decode()
    with translation.override("ru"):
        assert ("KZ", "Казахстан") in countries()
    form = admin.get("/setup/trunks/rules").content.decode()
    assert '<option value="KZ">Kazakhstan</option>' in form
    assert admin.post("/setup/trunks/rules", {"code": "XX"}).status_code == 422
    assert admin.post("/setup/trunks/rules", {"code": "RU"}).status_code == 302
    assert "Home country: Russia" in admin.get("/setup/trunks/").content.decode()
    assert load_setup().config.country == "RU"
    assert normalise_at_home("8 916 123-45-67") == "+79161234567"
    assert admin.post("/setup/trunks/rules", {"code": ""}).status_code == 302
    assert normalise_at_home("8 916 123-45-67") == "8 916 123-45-67"
    assert "Russia" in admin.get("/setup/history/").content.decode()
    for who, code in (("agent", 403), ("leader", 403), ("", 302)):
        assert visit(who).post("/setup/trunks/rules", {"code": "KZ"}).status_code == code
    assert HomeCountry.current().code == ""


def test_numbers_are_dialled_as_at_home_only_where_there_is_a_home(visit: Visit, by_address: Trunk) -> None:
    fields = {"name": "Office", "kind": "ip", "host": "192.0.2.7", "port": 5060, "allowed_ips": "192.0.2.7"}
    admin, address = visit("admin"), f"/setup/trunks/{by_address.pk}"
    refused = admin.post(address, fields | {"dialled_as": "national"})
    assert refused.status_code == 422
    assert "Choose the home country first" in refused.content.decode()
    HomeCountry.objects.create(pk=1, code="RU")
    assert admin.post(address, fields | {"dialled_as": "national"}).status_code == 302
    assert admin.post(address, fields | {"name": "Office line"}).status_code == 302
    by_address.refresh_from_db()
    assert (by_address.name, by_address.dialled_as) == ("Office line", "national"), "what is not said stays as it was"
