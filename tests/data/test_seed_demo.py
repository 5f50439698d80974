"""The demo centre."""

from __future__ import annotations

import pytest

from allo.core.config_advice import advice_of
from allo.data import seed_demo as seed
from allo.data.actions.greeting import greeting_path
from allo.data.actions.user import do_change_own_password
from allo.data.load_config import load_setup
from allo.data.models import BreakReason, Disposition, Greeting, Number, Queue, Role, Team, User
from allo.speech.synthesizer import SpeechMissingError

pytestmark = pytest.mark.django_db


def _no_speech(_text: str, _language: str) -> None:
    raise SpeechMissingError


@pytest.mark.parametrize(("language", "first"), [("en", "Support"), ("ru", "Поддержка")])
def test_a_fresh_centre_can_take_a_call(language: str, first: str) -> None:
    assert seed.seed_demo(language) == []
    number = Number.objects.get(pattern="100")
    assert number.queue is not None
    assert number.queue.name == first
    assert number.opening_message is not None
    assert set(number.queue.memberships.values_list("user__role", flat=True)) == set(Role.values)
    assert Disposition.objects.count() == 6
    assert BreakReason.objects.count() == 4
    setup = load_setup()
    assert setup.remarks == ()
    (box,) = setup.config.voicemails
    in_vain = f"messages in voicemail {box} become no call-backs: no outside number may be dialled"
    assert advice_of(setup.config) == [in_vain], "whom a centre may dial is its owner's choice: so it is said"
    menu = setup.config.menus[setup.config.numbers["101"].leads_to.id]
    assert {choice.target.id for choice in menu.choices.values()} == set(setup.config.queues)
    second = setup.config.queues[menu.choices["2"].target.id]
    assert second.hours is not None
    assert second.when_closed is not None
    assert second.when_closed.target == menu.branches[0].target
    assert setup.config.voicemails[second.when_closed.target.id].queue_id == second.id
    assert [one.relax_after_s for one in second.requirements] == [60.0]
    assert all(reason.prompt for reason in setup.config.hold_reasons.values())
    assert len(setup.config.hold_reasons) == 2
    assert Team.objects.get().leader == User.objects.get(username="leader")
    for greeting in Greeting.objects.all():
        assert greeting_path(greeting).is_file()
        assert greeting.duration_s > 1


def test_without_a_speech_program_the_greetings_are_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "speak", _no_speech)
    remarks = seed.seed_demo("en")
    assert len(remarks) == 1
    assert "espeak-ng" in remarks[0]
    assert not any(greeting.has_sound for greeting in Greeting.objects.all())
    assert {str(number.queue) for number in Number.objects.all()} == {"Support", "Sales"}


def test_nothing_is_added_to_a_centre_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "speak", _no_speech)
    seed.seed_demo("en")
    before = (User.objects.count(), Queue.objects.count())
    assert seed.seed_demo("ru") == []
    assert (User.objects.count(), Queue.objects.count()) == before


def test_demo_logins_work_until_their_passwords_are_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "speak", _no_speech)
    seed.seed_demo("en")
    for login in seed.demo_logins():
        assert User.objects.get(username=login.username).check_password(login.password)
    assert len(seed.demo_logins()) == 3
    do_change_own_password(User.objects.get(username="agent"), "another-word-7")
    assert [login.username for login in seed.demo_logins()] == ["leader", "admin"]
