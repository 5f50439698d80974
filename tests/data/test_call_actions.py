"""Customers, notes, drafts, outcomes, recordings."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from allo import installation
from allo.data.actions.changes import do_deactivate
from allo.data.actions.customer import (
    LONGEST_NOTE,
    TextTooLongError,
    do_add_note,
    do_change_customer,
    do_find_or_create_customer,
)
from allo.data.actions.greeting import do_save_greeting, greeting_path
from allo.data.actions.outcome import do_record_outcome, do_save_draft
from allo.data.actions.recording import do_delete_expired_recordings, do_delete_recording, recording_path
from allo.data.actions.sound_files import do_drop_replaced_greetings
from allo.data.models import (
    CallOutcome,
    CallRecord,
    Customer,
    Disposition,
    Greeting,
    GreetingKind,
    Recording,
    RecordingState,
    User,
    WrapUpDraft,
)
from allo.data.phone_numbers import normalise
from allo.data.sounds import sound_from_file
from tests.data.test_sounds import as_file, tone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("ann", display_name="Ann")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("8 (495) 123-45-67", "+74951234567"),
        ("+7 495 123 45 67", "+74951234567"),
        ("4951234567", "+74951234567"),
        ("+44 20 7946 0018", "+442079460018"),
        ("100", "100"),
        ("sipp", "sipp"),
        ("anonymous", ""),
        ("", ""),
        ("9" * 400, "9" * 32),
        ("☎️" * 40, ("☎️" * 40)[:32]),
    ],
)
def test_a_number_has_one_spelling(sent: str, kept: str) -> None:
    assert normalise(sent, "RU") == kept


def test_a_customer_is_made_at_the_first_contact_and_found_at_the_next() -> None:
    first = do_find_or_create_customer("+7 495 123-45-67", language="ru")
    assert first is not None
    assert do_find_or_create_customer("+74951234567") == first
    assert do_find_or_create_customer("anonymous") is None
    assert Customer.objects.count() == 1


def test_a_note_keeps_emoji_and_refuses_too_much(agent: User) -> None:
    customer = Customer.objects.create(phone="+74951234567")
    note = do_add_note(customer, agent, "  Courier was late 😡\x00 ")
    assert note.text == "Courier was late 😡"
    assert do_add_note(customer, agent, "ё" * LONGEST_NOTE).pk
    with pytest.raises(TextTooLongError) as caught:
        do_add_note(customer, agent, "ё" * (LONGEST_NOTE + 1))
    assert (caught.value.length, caught.value.limit) == (10_001, 10_000)
    with pytest.raises(ValueError, match=r"^$"):
        do_add_note(customer, agent, " \n ")
    assert customer.notes.count() == 2


def test_a_card_is_corrected_in_parts() -> None:
    customer = Customer.objects.create(phone="+74951234567", name="Ivan")
    do_change_customer(customer, language="en")
    do_change_customer(customer, name="Иван")
    customer.refresh_from_db()
    assert (customer.name, customer.language) == ("Иван", "en")


def test_a_draft_follows_the_typing_and_leaves_with_the_outcome(agent: User) -> None:
    solved = Disposition.objects.create(name="Solved")
    do_save_draft("c1", agent, disposition=None, note="Ca")
    do_save_draft("c1", agent, disposition=solved, note="Call ")
    assert WrapUpDraft.objects.get().note == "Call "
    do_record_outcome("c1", agent, disposition=solved, note=" Call back ")
    assert not WrapUpDraft.objects.exists()
    assert CallOutcome.objects.get().note == "Call back"


def test_an_outcome_recorded_twice_is_one_outcome(agent: User) -> None:
    solved, sold = (Disposition.objects.create(name=name) for name in ("Solved", "Sold"))
    do_record_outcome("c1", agent, disposition=solved, note="")
    do_record_outcome("c1", agent, disposition=sold, note="more")
    outcome = CallOutcome.objects.get()
    assert (outcome.disposition, outcome.note) == (sold, "more")


def test_a_draft_that_is_too_long_changes_nothing(agent: User) -> None:
    do_save_draft("c1", agent, disposition=None, note="short")
    with pytest.raises(TextTooLongError):
        do_save_draft("c1", agent, disposition=None, note="x" * 10_001)
    assert WrapUpDraft.objects.get().note == "short"


def _recording(call_id: str, *, delete_after: datetime) -> tuple[Recording, Path]:
    record = CallRecord.objects.create(call_id=call_id, arrived_at=NOON)
    path = installation.current().recordings_folder / f"{call_id}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    recording = Recording.objects.create(
        call_record=record, file=path.name, state=RecordingState.READY, delete_after=delete_after
    )
    return recording, path


def test_deletion_of_a_recording_really_deletes() -> None:
    recording, path = _recording("c1", delete_after=NOON)
    do_delete_recording(recording)
    recording.refresh_from_db()
    assert not path.exists()
    assert recording.state == RecordingState.DELETED
    assert recording.deleted_at is not None
    do_delete_recording(recording)  # a second time does no harm


def test_only_expired_recordings_are_deleted() -> None:
    _old, old_path = _recording("old", delete_after=NOON - timedelta(seconds=1))
    _new, new_path = _recording("new", delete_after=NOON + timedelta(seconds=1))
    assert do_delete_expired_recordings(NOON) == 1
    assert (old_path.exists(), new_path.exists()) == (False, True)


def test_a_greeting_that_was_recorded_over_is_gone_and_a_deleted_one_can_come_back() -> None:
    sounds = [sound_from_file(as_file(tone(1.0 + place / 10))) for place in range(3)]
    replaced = do_save_greeting(None, Greeting(title="Hello", kind=GreetingKind.GREETING), sounds[0])
    deleted = do_save_greeting(None, Greeting(title="Good day", kind=GreetingKind.GREETING), sounds[1])
    old, kept = greeting_path(replaced), greeting_path(deleted)
    do_save_greeting(None, replaced, sounds[2])
    do_deactivate(None, deleted)
    assert do_drop_replaced_greetings() == 0, "a young file may be about to get its row"
    for file in (old, kept, greeting_path(replaced)):
        os.utime(file, (NOON.timestamp(), NOON.timestamp()))
    do_save_greeting(None, Greeting(title="Again", kind=GreetingKind.GREETING), sounds[0]).delete()
    assert do_drop_replaced_greetings() == 0, "chosen again just now"
    os.utime(old, (NOON.timestamp(), NOON.timestamp()))
    assert do_drop_replaced_greetings() == 1
    assert (old.exists(), kept.exists(), greeting_path(replaced).exists()) == (False, True, True)


def test_a_recording_never_leads_out_of_its_folder() -> None:
    recording, _path = _recording("c1", delete_after=NOON)
    recording.file = "../secrets.json"
    with pytest.raises(FileNotFoundError):
        recording_path(recording)
