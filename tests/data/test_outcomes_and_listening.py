"""What agents record after a call, and who listened to which recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from allo import installation
from allo.data.actions import listening
from allo.data.actions.customer import LONGEST_NOTE, TextTooLongError, do_add_note
from allo.data.actions.listening import do_delete_recording_by, do_note_listening, entries_of
from allo.data.actions.outcome import do_record_outcome, do_save_draft
from allo.data.models import (
    AuditEntry,
    CallOutcome,
    CallRecord,
    ConfigRevision,
    Customer,
    Disposition,
    Recording,
    RecordingState,
    User,
    WrapUpDraft,
)

pytestmark = pytest.mark.django_db

NOTES = [
    "😡" * LONGEST_NOTE,
    "ё" * LONGEST_NOTE,
    "👩‍👩‍👧‍👦" * 1000,
    "a\nb\tc",
    "'; DROP TABLE data_calloutcome; --",
    "<script>",
]


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", display_name="Ann")


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", display_name="Bob")


@pytest.fixture
def recording() -> Recording:
    folder = installation.current().recordings_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "c1.flac").write_bytes(b"sound")
    record = CallRecord.objects.create(call_id="c1", arrived_at=datetime(2026, 1, 15, tzinfo=UTC))
    return Recording.objects.create(call_record=record, file="c1.flac", state=RecordingState.READY)


def file_of(recording: Recording) -> Path:
    return installation.current().recordings_folder / recording.file


@pytest.mark.parametrize("note", NOTES)
def test_any_text_that_fits_is_kept_to_the_letter(ann: User, note: str) -> None:
    do_save_draft("c1", ann, disposition=None, note=note)
    assert WrapUpDraft.objects.get().note == note
    do_record_outcome("c1", ann, disposition=None, note=note)
    assert CallOutcome.objects.get().note == note
    customer = Customer.objects.create(phone="+74951234567")
    do_add_note(customer, ann, note)
    assert customer.notes.get().text == note


def test_a_text_that_is_too_long_says_by_how_much_and_loses_nothing(ann: User) -> None:
    do_save_draft("c1", ann, disposition=None, note="what is typed so far")
    for do in (do_save_draft, do_record_outcome):
        with pytest.raises(TextTooLongError) as caught:
            do("c1", ann, disposition=None, note="x" * (LONGEST_NOTE + 1))
        assert (caught.value.length, caught.value.limit) == (LONGEST_NOTE + 1, LONGEST_NOTE)
    assert WrapUpDraft.objects.get().note == "what is typed so far"
    assert not CallOutcome.objects.exists()


def test_bytes_that_no_database_keeps_are_left_out(ann: User) -> None:
    do_save_draft("c1", ann, disposition=None, note="a\x00b")
    do_record_outcome("c1", ann, disposition=None, note="a\x00b ")
    assert CallOutcome.objects.get().note == "ab"


def test_two_agents_of_one_call_have_a_draft_and_an_outcome_each(ann: User, bob: User) -> None:
    sold = Disposition.objects.create(name="Sold")
    for agent in (ann, bob):
        do_save_draft("c1", agent, disposition=sold, note=agent.username)
    do_record_outcome("c1", ann, disposition=sold, note="ann's")
    assert WrapUpDraft.objects.get().agent == bob, "another's draft stays"
    do_record_outcome("c1", bob, disposition=None, note="bob's")
    assert CallOutcome.objects.count() == 2
    assert not WrapUpDraft.objects.exists()


def test_an_outcome_does_not_need_the_call_s_record(ann: User) -> None:
    """The ledger may be behind."""
    assert do_record_outcome("not in the ledger yet", ann, disposition=None, note="").pk


def test_listening_is_noted_once_for_ten_minutes(
    ann: User, bob: User, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    for listener in (ann, ann, bob, ann):
        do_note_listening(listener, recording)
    assert [(entry.actor, entry.action) for entry in entries_of(recording)] == [(bob, "listen"), (ann, "listen")]
    later = timezone.now() + listening.ONE_LISTENING + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    do_note_listening(ann, recording)
    assert entries_of(recording).filter(actor=ann).count() == 2


def test_who_deletes_a_recording_is_noted_and_the_sound_is_gone(ann: User, bob: User, recording: Recording) -> None:
    path = file_of(recording)
    do_note_listening(ann, recording)
    do_delete_recording_by(bob, recording)
    recording.refresh_from_db()
    assert (recording.state, path.exists()) == (RecordingState.DELETED, False)
    assert [(entry.actor, entry.action, entry.subject_name) for entry in entries_of(recording)] == [
        (bob, "delete", "c1"),
        (ann, "listen", "c1"),
    ]
    do_delete_recording_by(ann, recording)
    assert entries_of(recording).filter(action="delete").count() == 1, "twice is no error and no second deed"


def test_listening_is_no_change_of_the_set_up(ann: User, recording: Recording) -> None:
    before = ConfigRevision.current()
    do_note_listening(ann, recording)
    assert ConfigRevision.current() == before
    assert AuditEntry.objects.count() == 1


def test_a_listener_who_leaves_stays_in_the_record(ann: User, recording: Recording) -> None:
    do_note_listening(ann, recording)
    ann.is_active = False
    ann.save()
    assert entries_of(recording).get().actor == ann
