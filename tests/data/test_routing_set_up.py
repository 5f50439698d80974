"""Skills, holds, protection, dialling and teams: audited, and in force from the tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from allo import installation
from allo.core.callers_way import Target, TargetKind, WayOut
from allo.core.model import Dialling, FloodRule
from allo.core.skill import Requirement
from allo.data.actions.changes import do_deactivate
from allo.data.actions.customer import UNCHANGED, do_change_customer
from allo.data.actions.protection import (
    HiddenCallerError,
    NoReasonError,
    do_block_caller,
    do_save_block,
    do_save_dialling_limits,
    do_save_flood_protection,
    do_save_outside_number,
    do_unblock,
)
from allo.data.actions.queue import do_save_queue
from allo.data.actions.setting import (
    do_save_customer_kind,
    do_save_hold_reason,
    do_save_home_country,
    do_save_number,
    do_save_trunk,
)
from allo.data.actions.skill import Asked, SkillInUseError, do_deactivate_skill, do_save_skill, do_set_skills
from allo.data.actions.team import do_deactivate_team, do_save_team
from allo.data.load_config import load_setup
from allo.data.models import (
    AuditEntry,
    BlockedNumber,
    ConfigRevision,
    Customer,
    CustomerKind,
    DiallingLimits,
    FloodProtection,
    Greeting,
    HoldReason,
    HomeCountry,
    Number,
    OutsideNumber,
    Queue,
    Role,
    Skill,
    Team,
    Trunk,
    User,
)
from allo.data.phone_numbers import DialledAs

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader() -> User:
    return User.objects.create_user("lea", display_name="Lea", role=Role.TEAM_LEADER)


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", display_name="Ann")


@pytest.fixture
def german() -> Skill:
    return do_save_skill(None, Skill(name="German"))


@pytest.fixture
def prompt() -> Greeting:
    """A message whose sound is there."""
    folder = installation.current().sounds_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wait.wav").write_bytes(b"sound")
    return Greeting.objects.create(title="Wait", audio_file="wait.wav", kind="prompt")


def changes() -> Any:
    entry = AuditEntry.objects.first()
    assert entry is not None
    return entry.changes


def test_what_an_agent_can_do_is_in_force_and_audited(leader: User, ann: User, german: Skill) -> None:
    do_set_skills(leader, ann, {german: 7})
    assert load_setup().config.agents[ann.agent_id].skills == {german.skill_id: 7}
    assert changes() == {"skills": [{}, {"German": 7}]}
    before = ConfigRevision.current()
    do_set_skills(leader, ann, {german: 7})
    assert ConfigRevision.current() == before
    do_set_skills(leader, ann, {})
    assert load_setup().config.agents[ann.agent_id].skills == {}


def test_a_queue_and_a_number_ask_for_skills(leader: User, german: Skill) -> None:
    law = do_save_skill(leader, Skill(name="Law", kind="product"))
    queue = do_save_queue(leader, Queue(name="Sales"), requirements=[Asked(german, 5, 30), Asked(law, 1)])
    number = do_save_number(leader, Number(pattern="100", queue=queue, priority=4), requirements=[Asked(law, 9)])
    config = load_setup().config
    assert set(config.queues[queue.queue_id].requirements) == {
        Requirement(german.skill_id, 5, 30.0),
        Requirement(law.skill_id, 1, 0.0),
    }
    assert config.numbers["100"].requirements == (Requirement(law.skill_id, 9, 0.0),)
    assert config.numbers["100"].priority == 4
    do_save_queue(leader, queue, requirements=[Asked(german, 6)])
    assert changes() == {"requirements": [["German ≥ 5 (30)", "Law ≥ 1"], ["German ≥ 6"]]}
    assert load_setup().config.queues[queue.queue_id].requirements == (Requirement(german.skill_id, 6, 0.0),)
    before = ConfigRevision.current()
    do_save_queue(leader, queue, requirements=[Asked(german, 6)])
    do_save_number(leader, number, requirements=[Asked(law, 9)])
    do_save_queue(leader, queue)
    assert ConfigRevision.current() == before
    assert queue.requirements.count() == 1


def test_a_skill_that_is_asked_for_is_not_deleted(german: Skill) -> None:
    queue = do_save_queue(None, Queue(name="Sales"), requirements=[Asked(german, 5)])
    with pytest.raises(SkillInUseError, match="Sales"):
        do_deactivate_skill(None, german)
    do_save_queue(None, queue, requirements=[])
    do_deactivate_skill(None, german)
    assert not Skill.objects.active().exists()


def test_a_deleted_skill_counts_nowhere(ann: User, german: Skill) -> None:
    do_set_skills(None, ann, {german: 7})
    do_deactivate_skill(None, german)
    assert load_setup().config.agents[ann.agent_id].skills == {}


def test_all_of_a_queues_routing_and_holds_is_in_force(prompt: Greeting) -> None:
    queue = do_save_queue(
        None,
        Queue(
            name="Sales",
            strategy="most_skilled",
            sticky_s=25,
            transfer_patience_s=40,
            cool_off_s=60,
            cool_off_prompt=prompt,
            recording_pause_limit_s=70,
            whisper=True,
        ),
    )
    known = load_setup().config.queues[queue.queue_id]
    assert (known.sticky_s, known.transfer_patience_s, known.cool_off_s) == (25.0, 40.0, 60.0)
    assert (known.recording_pause_limit_s, known.whisper, known.strategy) == (70.0, True, "most_skilled")
    assert known.cool_off_prompt == str(prompt.pk)


def test_a_hold_reason_without_a_sound_is_music_at_once(prompt: Greeting) -> None:
    silent = Greeting.objects.create(title="Silent", kind="prompt")
    told = do_save_hold_reason(None, HoldReason(name="Look up", prompt=prompt, limit_s=45))
    untold = do_save_hold_reason(None, HoldReason(name="Ask", prompt=silent))
    reasons = load_setup().config.hold_reasons
    assert (reasons[str(told.pk)].prompt, reasons[str(told.pk)].limit_s) == (str(prompt.pk), 45.0)
    assert (reasons[str(untold.pk)].prompt, reasons[str(untold.pk)].limit_s) == ("", 0.0)
    do_deactivate(None, told)
    assert set(load_setup().config.hold_reasons) == {str(untold.pk)}


def test_a_leader_blocks_a_caller_from_a_call(leader: User) -> None:
    block = do_block_caller(leader, "8 (916) 123-45-67", "  shouts at agents ")
    assert (block.reason, block.blocked_by) == ("shouts at agents", leader)
    until = timezone.now() + timedelta(days=1)
    again = do_block_caller(leader, "8 (916) 123-45-67", "again", expires_at=until, is_silent=True)
    assert again.pk == block.pk
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.action, entry.changes["reason"]) == (leader, "change", ["shouts at agents", "again"])
    known = load_setup().config.block_of(again.pattern, until.timestamp() - 60)
    assert known is not None
    assert (known.reason, known.message) == ("again", "")
    assert load_setup().config.block_of(again.pattern, until.timestamp() + 1) is None
    do_unblock(leader, again)
    assert load_setup().config.blocks == {}


def test_what_cannot_be_blocked_is_refused(leader: User) -> None:
    with pytest.raises(HiddenCallerError):
        do_block_caller(leader, "anonymous", "why not")
    with pytest.raises(NoReasonError):
        do_block_caller(leader, "+79161234567", "  ")
    assert not BlockedNumber.objects.exists()


def test_an_expired_block_is_listed_and_not_in_force(leader: User) -> None:
    BlockedNumber.objects.create(pattern="100", reason="r", expires_at=timezone.now() - timedelta(seconds=1))
    assert BlockedNumber.objects.active().get().has_expired
    assert load_setup().config.blocks == {}


@pytest.mark.parametrize("written", ["+7916*", "8916*", "7916*"])
def test_a_block_written_as_at_home_holds(leader: User, written: str) -> None:
    do_save_home_country(leader, HomeCountry(pk=1, code="RU"))
    do_save_block(leader, BlockedNumber(pattern=written, reason="why"))
    config = load_setup().config
    block = config.block_of("+79161234567", 0.0)
    assert block is not None
    assert block.message == "system:blocked"
    assert config.block_of("+74951234567", 0.0) is None


def test_a_caller_is_blocked_by_the_one_spelling(leader: User) -> None:
    do_save_home_country(leader, HomeCountry(pk=1, code="RU"))
    block = do_block_caller(leader, "8 916 123-45-67", "why")
    assert block.pattern == "+79161234567"
    assert do_block_caller(leader, "+79161234567", "again") == block


def test_floods_are_held_back_once_that_is_switched_on(leader: User, prompt: Greeting) -> None:
    assert load_setup().config.flood is None
    rule = FloodProtection.current()
    rule.is_on, rule.within_s, rule.slow_beyond, rule.refuse_beyond, rule.refusal = True, 30, 3, 9, prompt
    do_save_flood_protection(leader, rule)
    assert load_setup().config.flood == FloodRule(within_s=30.0, slow_beyond=3, refuse_beyond=9, refusal=str(prompt.pk))
    again = FloodProtection.current()
    again.slow_beyond = 4
    do_save_flood_protection(leader, again)
    assert changes() == {"slow_beyond": [3, 4]}
    assert FloodProtection.objects.count() == 1


def test_nothing_outside_is_dialled_unless_it_is_listed(leader: User) -> None:
    do_save_home_country(leader, HomeCountry(pk=1, code="RU"))
    assert not load_setup().config.may_dial("+74951234567")
    for pattern in ("+7495*", "8495*", "8812XXXXXXX", "8*", "112"):
        do_save_outside_number(leader, OutsideNumber(pattern=pattern))
    limits = DiallingLimits.current()
    limits.most_a_day, limits.most_a_call, limits.most_at_once = 10, 2, 3
    do_save_dialling_limits(leader, limits)
    config = load_setup().config
    assert config.country == "RU"
    assert config.dialling == Dialling(("+7495*", "112", "8*", "+7812XXXXXXX"), 10, 2, 3)
    assert all(config.may_dial(number) for number in ("+74951234567", "+78121234567", "112"))
    assert not any(config.may_dial(number) for number in ("+79161234567", "+442079460000", "113"))


def test_the_home_country_follows_the_language_until_it_is_chosen(
    leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, code in (("en", ""), ("ru", "RU")):
        here = installation.current().model_copy(update={"language": language})
        monkeypatch.setattr(installation, "current", lambda here=here: here)
        assert load_setup().config.country == code
    do_save_home_country(leader, HomeCountry(pk=1, code="KZ"))
    assert load_setup().config.country == "KZ"
    none = HomeCountry.current()
    none.code = ""
    do_save_home_country(leader, none)
    assert load_setup().config.country == ""
    assert changes() == {"code": ["KZ", ""]}


def test_a_target_written_as_at_home_is_in_force_in_the_one_spelling(leader: User) -> None:
    do_save_home_country(leader, HomeCountry(pk=1, code="RU"))
    do_save_outside_number(leader, OutsideNumber(pattern="+7495*"))
    do_save_number(leader, Number(pattern="100", target="number:84951234567"))
    assert load_setup().config.numbers["100"].target == Target(TargetKind.NUMBER, "+74951234567")


def test_the_line_for_outside_calls_and_the_number_it_shows() -> None:
    do_save_trunk(
        None,
        Trunk(name="Line", host="sip.example.com", username="u", is_outgoing=True, shown_number="+74950000000"),
    )
    (line,) = load_setup().trunks
    assert (line.is_outgoing, line.shown_number, line.dialled_as) == (True, "+74950000000", DialledAs.E164)
    trunk = Trunk.objects.get()
    trunk.dialled_as = DialledAs.NATIONAL
    do_save_trunk(None, trunk)
    assert load_setup().trunks[0].dialled_as is DialledAs.NATIONAL


def test_callers_who_hide_their_number_are_sent_elsewhere(prompt: Greeting) -> None:
    queue = do_save_queue(None, Queue(name="Sales"))
    do_save_number(None, Number(pattern="100", queue=queue, anonymous_target="hang_up", anonymous_message=prompt))
    do_save_number(None, Number(pattern="200", queue=queue, anonymous_target="number:+7999"))
    do_save_number(None, Number(pattern="300", queue=queue))
    setup = load_setup()
    numbers = setup.config.numbers
    assert numbers["100"].when_anonymous == WayOut(Target(TargetKind.HANG_UP), str(prompt.pk))
    assert numbers["200"].when_anonymous == WayOut()  # +7999 may not be dialled: such a call ends
    assert numbers["300"].when_anonymous is None
    assert [remark for remark in setup.remarks if "200" in remark]
    assert setup.config.problems() == []


def test_a_customer_is_of_a_kind_until_told_otherwise() -> None:
    vip = do_save_customer_kind(None, CustomerKind(name="VIP", priority=3))
    customer = Customer.objects.create(phone="+79161234567")
    do_change_customer(customer, kind=vip)
    do_change_customer(customer, name="Olga", kind=UNCHANGED)
    customer.refresh_from_db()
    assert (customer.kind, customer.name) == (vip, "Olga")
    do_change_customer(customer, kind=None)
    customer.refresh_from_db()
    assert customer.kind is None


def test_nobody_is_in_two_teams(leader: User, ann: User) -> None:
    one = do_save_team(leader, Team(name="One", leader=leader), members=[ann])
    two = do_save_team(leader, Team(name="Two"), members=[ann])
    ann.refresh_from_db()
    assert ann.team == two
    assert changes()["members"] == [[], ["ann"]]
    assert not one.members.exists()
    do_save_team(leader, two)
    assert two.members.get() == ann
    do_deactivate_team(leader, two)
    ann.refresh_from_db()
    assert ann.team is None
