"""Our configuration in a real Asterisk."""

import re
from collections.abc import Callable

import pytest

from allo.ari import endpoints, modules, process
from allo.logs import keep_small
from tests.free_ports import free_port
from tests.live.asterisk_runner import RunningAsterisk, SipCall
from tests.waiting import wait_until


def test_it_starts_without_a_complaint(running_asterisk: RunningAsterisk) -> None:
    said = running_asterisk.log()
    assert "ERROR" not in said
    assert "WARNING" not in said


def test_all_needed_modules_run(running_asterisk: RunningAsterisk) -> None:
    running = {module["name"]: module["status"] for module in running_asterisk.ari("GET", "/asterisk/modules").json()}
    missing = [name for name in modules.NEEDED if running.get(f"{name}.so") != "Running"]
    # This one declines by itself while there is no anonymous endpoint to serve.
    assert missing in ([], ["res_pjsip_endpoint_identifier_anonymous"])


def test_a_caller_hears_the_prompt_while_control_is_away(
    running_asterisk: RunningAsterisk, call: Callable[..., SipCall]
) -> None:
    caller = call("100", talk_s=6)
    wait_until(lambda: any(channel["dialplan"]["app_name"] == "Playback" for channel in running_asterisk.channels()))
    [channel] = running_asterisk.channels()
    assert channel["state"] == "Up"
    assert channel["dialplan"]["app_data"] == "allo/prompts/en/please-wait"
    knocks = f"/channels/{channel['id']}/variable"
    wait_until(lambda: running_asterisk.ari("GET", knocks, variable="ALLO_KNOCKS").json().get("value") == "2")
    assert "does not exist in any format" not in running_asterisk.log()
    assert caller.wait() == 0


BROWSER_PHONE = {
    "webrtc": "yes",
    "ice_support": "true",
    "media_encryption": "dtls",
    "rtcp_mux": "true",
    "use_avpf": "true",
    "allow": r"\(opus\)",
    "rtp_timeout": "10",
    "rtp_timeout_hold": "60",
    "allow_transfer": "false",
    "max_contacts": "1",
    "remove_existing": "true",
    "qualify_frequency": "5",
}


def test_what_browser_phones_need_is_in_force(running_asterisk: RunningAsterisk) -> None:
    assert re.search(
        r"endpoint_identifier_order\s*: username,ip,anonymous", running_asterisk.cli("pjsip show settings")
    )
    assert re.search(r"bind\s*: 0\.0\.0\.0:", running_asterisk.cli("pjsip show transport transport-ws"))
    for one in endpoints.browser_phone("agent-5", "opus", "from-agent")[1]:
        fields = [{"attribute": name, "value": value} for name, value in one.fields.items()]
        path = f"/asterisk/config/dynamic/res_pjsip/{one.kind}/{one.name}"
        assert running_asterisk.put_json(path, {"fields": fields}).is_success
    shown = running_asterisk.cli("pjsip show endpoint agent-5") + running_asterisk.cli("pjsip show aor agent-5")
    for name, value in BROWSER_PHONE.items():
        assert re.search(rf"^\s*{name}\s*: {value}\s*$", shown, re.MULTILINE), name


@pytest.mark.parametrize("number", ["evil;drop", "%24%7BSHELL(id)%7D", "1" * 500])
def test_an_absurd_number_is_refused_and_harms_nothing(
    running_asterisk: RunningAsterisk, call: Callable[..., SipCall], number: str
) -> None:
    assert call(number).wait() != 0
    assert running_asterisk.channels() == []
    assert running_asterisk.ari("GET", "/asterisk/ping").is_success


def test_its_emptied_log_goes_on_at_the_beginning(
    running_asterisk: RunningAsterisk, call: Callable[..., SipCall]
) -> None:
    log = running_asterisk.installation.asterisk_home / "log" / "messages.log"
    keep_small([log.parent], most_bytes=0)
    assert log.read_bytes() == b""
    call("nobody").wait()
    wait_until(lambda: b"'nobody' rejected" in log.read_bytes())
    assert log.read_bytes().startswith(b"[")


def test_agents_made_at_run_time_survive_a_kill(running_asterisk: RunningAsterisk) -> None:
    aor = {"fields": [{"attribute": "max_contacts", "value": "1"}]}
    path = "/asterisk/config/dynamic/res_pjsip/aor/agent-5"
    answer = running_asterisk.put_json(path, aor)
    assert answer.is_success, answer.text
    wait_until(lambda: running_asterisk.has_written("agent-5"))
    running_asterisk.kill()
    running_asterisk.restart()
    assert running_asterisk.ari("GET", path).is_success


def test_it_stops_at_once(running_asterisk: RunningAsterisk) -> None:
    running_asterisk.stop()
    assert running_asterisk.child.returncode == 0


def test_nothing_but_loopback_is_listened_to(running_asterisk: RunningAsterisk) -> None:
    installation = running_asterisk.installation
    assert f"127.0.0.1:{installation.sip_port}" in running_asterisk.cli("pjsip show transports")
    assert f"127.0.0.1:{installation.asterisk_http_port}" in running_asterisk.cli("http show status")


def test_the_benchmark_gets_asterisks_own_queue(running_asterisk: RunningAsterisk) -> None:
    running_asterisk.stop()
    running_asterisk.installation = running_asterisk.installation.model_copy(
        update={"load_app_queue": True, "sip_port": free_port()}
    )
    running_asterisk.restart()
    assert "app_queue.so" in running_asterisk.cli("module show like app_queue")
    assert process.find(running_asterisk.installation).version.startswith("Asterisk 2")
