"""Telephones and lines at run time: order, refusals, hosts that cannot be found or move."""

import json
from dataclasses import replace
from typing import Any

import pytest

from allo.ari.accounts import Accounts, RefusedError, look_up
from allo.ari.client import LATE, LINK_BROKEN, Answer, TelephonyAwayError
from allo.ari.phones import TrunkSettings
from allo.ari.telephones import Telephones

ROOT = "asterisk/config/dynamic/res_pjsip/"


class Registry:
    """Asterisk's run-time configuration in a dictionary; addresses are added to those that an object has."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, str]] = {}
        self.done: list[str] = []
        self.refuses: dict[str, int] = {}
        self.hosts: dict[str, tuple[str, ...]] = {}
        self.variables: dict[str, str] = {}

    async def ask(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> Answer:
        if path == "endpoints/PJSIP":
            found = [{"resource": name.split("/")[1]} for name in self.objects if name.startswith("endpoint/")]
            return Answer(200, json.dumps(found))
        if path == "asterisk/variable":
            assert query is not None
            if method == "POST":
                self.variables[query["variable"]] = query["value"]
                return Answer(204)
            return Answer(200, json.dumps({"value": self.variables.get(query["variable"], "")}))
        name = path.removeprefix(ROOT)
        if method != "GET":
            self.done.append(f"{method} {name}")
        if method + " " + name in self.refuses:
            return Answer(self.refuses[method + " " + name], "no")
        if method == "PUT":
            here = self.objects.setdefault(name, {})
            for one in body["fields"]:
                key, value = one["attribute"], one["value"]
                others = [other for other in here.get(key, "").split() if key == "contact" and other != value]
                here[key] = " ".join((value, *others))
        elif name not in self.objects:
            return Answer(404)
        elif method == "DELETE":
            del self.objects[name]
        else:
            fields = [(key, one) for key, value in self.objects[name].items() for one in value.split(" ")]
            have = [{"attribute": key, "value": value} for key, value in fields]
            return Answer(200, json.dumps(have))
        return Answer(200, "[]")

    async def look_up(self, host: str) -> tuple[str, ...]:
        return self.hosts.get(host, ())


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def accounts(registry: Registry) -> Accounts:
    return Accounts(registry.ask, registry.look_up)


LOGIN = TrunkSettings("1", "sip.example.com", username="centre", secret="s")


async def test_a_line_is_made_of_the_addresses_of_its_host(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1", "192.0.2.2")
    await accounts.make_line(LOGIN)
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.1,192.0.2.2"
    assert registry.objects["registration/trunk-1"]["server_uri"] == "sip:sip.example.com:5060"


async def test_networks_which_were_named_need_no_look_up(registry: Registry, accounts: Accounts) -> None:
    await accounts.make_line(TrunkSettings("1", "sip.example.com", networks=("203.0.113.0/24",)))
    assert registry.objects["identify/trunk-1"]["match"] == "203.0.113.0/24"


async def test_a_host_that_is_found_later(registry: Registry, accounts: Accounts) -> None:
    await accounts.make_line(LOGIN)
    await accounts.look_after()
    assert registry.objects == {}
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.look_after()
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.1"
    registry.done.clear()
    await accounts.look_after()
    assert registry.done == []


async def test_a_host_that_moves_and_one_that_cannot_be_found_for_a_while(
    registry: Registry, accounts: Accounts
) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.make_line(LOGIN)
    registry.hosts.clear()
    await accounts.look_after()
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.1"
    registry.hosts["sip.example.com"] = ("192.0.2.9",)
    await accounts.look_after()
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.9"


async def test_the_same_line_again_does_not_register_again(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.make_line(LOGIN)
    registry.done.clear()
    await accounts.make_line(LOGIN)
    another_control = Accounts(registry.ask, registry.look_up)
    await another_control.make_line(LOGIN)
    assert registry.done == [], "while it is made anew its calls are refused"
    registry.hosts["sip.example.com"] = ("192.0.2.9",)
    await another_control.look_after()
    assert "PUT identify/trunk-1" in registry.done, "it is looked after all the same"
    registry.done.clear()
    registry.variables.clear()  # Asterisk has started anew, and reads from its database
    await another_control.make_line(LOGIN)
    assert "PUT endpoint/trunk-1" in registry.done
    assert not any("registration" in one for one in registry.done)


async def test_a_line_that_was_half_made_is_made_again(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.make_line(LOGIN)
    registry.refuses["PUT identify/trunk-1"] = LINK_BROKEN
    with pytest.raises(TelephonyAwayError):
        await accounts.make_line(replace(LOGIN, port=5070))
    registry.refuses.clear()
    await accounts.make_line(LOGIN)
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.1"
    assert registry.objects["aor/trunk-1"]["contact"] == "sip:sip.example.com:5060"


async def test_a_new_password_registers_again(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.make_line(LOGIN)
    registry.done.clear()
    await accounts.make_line(TrunkSettings("1", "sip.example.com", username="centre", secret="new"))
    deleted, made = registry.done.index("DELETE registration/trunk-1"), registry.done.index("PUT registration/trunk-1")
    assert registry.done.index("PUT auth/trunk-1") < deleted < made


async def test_a_line_without_login_any_more(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.make_line(LOGIN)
    await accounts.make_line(TrunkSettings("1", "sip.example.com"))
    assert set(registry.objects) == {"aor/trunk-1", "endpoint/trunk-1", "identify/trunk-1"}


async def test_a_line_that_is_removed_stays_removed(registry: Registry, accounts: Accounts) -> None:
    await accounts.make_line(LOGIN)
    await accounts.remove_line("1")
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    await accounts.look_after()
    assert registry.objects == {}


async def test_settings_that_asterisk_refuses_stand_in_nobodys_way(registry: Registry, accounts: Accounts) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    registry.refuses["PUT identify/trunk-1"] = 403
    await accounts.make_line(LOGIN)
    await accounts.make_line(TrunkSettings("2", "192.0.2.2", networks=("192.0.2.2",)))
    assert "identify/trunk-2" in registry.objects
    registry.refuses.clear()
    await accounts.look_after()
    assert "identify/trunk-1" in registry.objects


@pytest.mark.parametrize("status", [LATE, LINK_BROKEN])
async def test_an_asterisk_that_is_away_is_told(registry: Registry, accounts: Accounts, status: int) -> None:
    registry.hosts["sip.example.com"] = ("192.0.2.1",)
    registry.refuses["PUT aor/trunk-1"] = status
    with pytest.raises(TelephonyAwayError):
        await accounts.make_line(LOGIN)
    registry.refuses["DELETE endpoint/agent-5"] = status
    with pytest.raises(TelephonyAwayError):
        await accounts.remove_phone("agent-5")


async def test_a_line_that_moves_is_at_its_new_place_alone(registry: Registry, accounts: Accounts) -> None:
    line = TrunkSettings("1", "192.0.2.1", networks=("192.0.2.0/24",))
    await accounts.make_line(line)
    registry.done.clear()
    await accounts.make_line(line)
    assert "DELETE aor/trunk-1" not in registry.done
    await accounts.make_line(replace(line, host="192.0.2.2"))
    assert registry.objects["aor/trunk-1"]["contact"] == "sip:192.0.2.2:5060"
    assert registry.objects["identify/trunk-1"]["match"] == "192.0.2.0/24"


async def test_a_telephone_that_moves_is_removed_before(registry: Registry) -> None:
    telephones = Telephones(Accounts(registry.ask, registry.look_up))
    old, new = "sip:5@192.0.2.1:5060", "sip:5@192.0.2.2:5060"
    for contact, does_move in ((old, True), (old, False), (new, True), (old, True)):
        registry.done.clear()
        await telephones.make_sip_agent_endpoint("5", contact, 5)
        assert registry.objects["aor/agent-5"]["contact"] == contact
        assert ("DELETE endpoint/agent-5" in registry.done) is does_move
    with pytest.raises(ValueError, match="not a SIP address"):
        await telephones.make_sip_agent_endpoint("5", "nowhere")
    assert registry.objects["aor/agent-5"]["contact"] == old


async def test_a_phone_is_made_and_forgotten(registry: Registry, accounts: Accounts) -> None:
    account = await accounts.make_browser_phone("agent-5", "ulaw", "from-agent")
    assert registry.objects["auth/agent-5"]["password"] == account.password
    assert registry.done == ["PUT auth/agent-5", "PUT aor/agent-5", "PUT endpoint/agent-5"]
    await accounts.remove_phone("agent-5")
    await accounts.remove_phone("agent-5")
    assert registry.objects == {}


async def test_a_phone_that_is_refused_is_told_without_its_password(registry: Registry, accounts: Accounts) -> None:
    registry.refuses["PUT aor/agent-5"] = 400
    with pytest.raises(RefusedError, match="PUT aor: 400") as told:
        await accounts.make_browser_phone("agent-5", "ulaw", "from-agent")
    assert registry.objects["auth/agent-5"]["password"] not in str(told.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
async def test_addresses_need_no_name_server(host: str) -> None:
    assert await look_up(host) == (host,)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "", "a" * 300, "bad host", "ü" * 80])
async def test_hosts_that_are_none(host: str) -> None:
    assert await look_up(host) == ()
