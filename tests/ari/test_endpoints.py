"""Which objects a telephone or a line consists of."""

import pytest

from allo.ari import endpoints
from allo.ari.phones import PhoneAccount, TrunkSettings


def fields(objects: list[endpoints.ConfigObject], kind: str) -> dict[str, str]:
    """The settings of the only object of a kind."""
    [found] = [one for one in objects if one.kind == kind]
    return dict(found.fields)


@pytest.mark.parametrize("codec", ["ulaw", "alaw", "opus"])
def test_a_browser_phone(codec: str) -> None:
    account, objects = endpoints.browser_phone("agent-5", codec, "from-agent")
    assert account == PhoneAccount("agent-5", account.password, "sip:agent-5@allo", "/ws", codec)
    endpoint, aor, auth = (fields(objects, kind) for kind in ("endpoint", "aor", "auth"))
    assert (endpoint["webrtc"], endpoint["disallow"], endpoint["allow"]) == ("yes", "all", codec)
    assert (endpoint["rtp_timeout"], endpoint["rtp_timeout_hold"]) == ("10", "60")
    assert (aor["max_contacts"], aor["remove_existing"]) == ("1", "yes")
    assert (aor["qualify_frequency"], aor["qualify_timeout"]) == ("5", "3")
    assert (auth["username"], auth["password"]) == ("agent-5", account.password)
    assert [one.kind for one in objects][-1] == "endpoint"  # what it names is there before it


def test_a_phone_that_is_never_rung_has_no_address() -> None:
    """What it registered as its own would be written to every few seconds, whoever lives there."""
    _, objects = endpoints.browser_phone("web-1-a", "ulaw", "from-web", is_rung=False)
    assert [one.kind for one in objects] == ["auth", "endpoint"]
    assert "aors" not in fields(objects, "endpoint")


def test_passwords_are_long_fresh_and_not_shown() -> None:
    made = {endpoints.browser_phone("agent-5", "ulaw", "from-agent")[0].password for _ in range(20)}
    assert len(made) == 20
    assert min(len(password) for password in made) >= 24
    account = endpoints.browser_phone("agent-5", "ulaw", "from-agent")[0]
    assert account.password not in repr(account)
    assert "secret" not in repr(TrunkSettings("1", "h", secret="secret")).replace("secret=", "")


def test_an_unknown_codec_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown codec"):
        endpoints.browser_phone("agent-5", "ulaw,alaw", "from-agent")


def test_a_fixed_phone_can_be_taken_over_by_nobody() -> None:
    objects = endpoints.fixed_phone("agent-5", "sip:5@192.0.2.20:5060", 10)
    endpoint, aor = fields(objects, "endpoint"), fields(objects, "aor")
    assert (aor["contact"], aor["qualify_frequency"]) == ("sip:5@192.0.2.20:5060", "10")
    assert aor["max_contacts"] == "0"
    assert endpoint["identify_by"] == "ip"
    assert endpoint["context"] == "from-agent"


@pytest.mark.parametrize(
    "uri", ["", "http://x", "sip:", "sip:a b", "sip:a\r\nb", "sip:a,sip:b", "sip:a;transport=tcp", "<sip:a>", 'sip:"a"']
)
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="not a SIP address"):
        endpoints.fixed_phone("agent-5", uri, 0)


def test_nobody_transfers_by_sip() -> None:
    made = [
        endpoints.browser_phone("agent-5", "ulaw", "from-agent")[1],
        endpoints.fixed_phone("agent-5", "sip:5@x", 0),
        endpoints.trunk(TrunkSettings("1", "sip.example.com")),
    ]
    assert {fields(objects, "endpoint")["allow_transfer"] for objects in made} == {"no"}


def test_a_line_known_by_its_address() -> None:
    objects = endpoints.trunk(TrunkSettings("1", "192.0.2.1", 5070, networks=("192.0.2.0/24", "203.0.113.5")))
    assert {one.kind for one in objects} == {"aor", "endpoint", "identify"}
    assert {one.name for one in objects} == {"trunk-1"}
    assert fields(objects, "identify")["match"] == "192.0.2.0/24,203.0.113.5"
    assert fields(objects, "aor")["contact"] == "sip:192.0.2.1:5070"
    assert fields(objects, "endpoint")["context"] == "from-trunk"
    assert "outbound_auth" not in fields(objects, "endpoint")


def test_a_line_that_registers() -> None:
    objects = endpoints.trunk(TrunkSettings("1", "2001:db8::1", username="my login@x;y", secret='p"a s;s'))
    registration = fields(objects, "registration")
    assert registration["server_uri"] == "sip:[2001:db8::1]:5060"
    assert registration["client_uri"] == "sip:my%20login%40x%3By@[2001:db8::1]"
    assert registration["outbound_auth"] == "trunk-1"
    assert fields(objects, "auth") == {"auth_type": "userpass", "username": "my login@x;y", "password": 'p"a s;s'}
    assert fields(objects, "identify")["match"] == "2001:db8::1"


def test_everything_a_line_may_consist_of_is_removed() -> None:
    objects = endpoints.trunk(TrunkSettings("1", "h", username="u", secret="s"))
    assert {(one.kind, one.name) for one in objects} == set(endpoints.trunk_objects("1"))
    _, phone = endpoints.browser_phone("agent-5", "ulaw", "from-agent")
    assert {(one.kind, one.name) for one in phone} == set(endpoints.phone_objects("agent-5"))


def test_visitors_expire() -> None:
    name = endpoints.web_caller_name(1000.9)
    assert name.startswith("web-1000-")
    assert endpoints.web_caller_name(1000.9) != name
    assert not endpoints.has_expired(name, 1000 + endpoints.WEB_CALLER_LIVES_S)
    assert endpoints.has_expired(name, 1001 + endpoints.WEB_CALLER_LIVES_S)


@pytest.mark.parametrize("name", ["agent-1000-x", "web-x-1", "web-", "trunk-1", "1000-x"])
def test_others_do_not(name: str) -> None:
    assert not endpoints.has_expired(name, 1e12)
