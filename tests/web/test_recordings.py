"""Hearing calls: who may, in pieces, written down; deleted for good by an administrator alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve

from allo import installation
from allo.data.models import AuditEntry, CallRecord, Customer, Queue, Recording, RecordingState
from allo.web.control_client import Snapshot
from allo.web.mirror import Mirror
from allo.web.reports import access, sound
from tests.web.made_facts import Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from allo.data.models import User
    from tests.web.conftest import People, Visit

NOON = 1_768_467_600.0
RATE = 8000
SECONDS = 4


@pytest.fixture(autouse=True)
async def _no_connection_stays_open() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def recording(people: People) -> Iterator[Recording]:
    """Four seconds: the caller speaks in the first half, the agent, more quietly, in the second."""
    queue, story = Queue.objects.create(name="Sales"), Story(prefix="heard")
    call_id = story.answered(NOON, queue, people["agent"], caller="+74951234567")
    story.write()
    samples = np.zeros((RATE * SECONDS, 2), dtype="float32")
    samples[: RATE * SECONDS // 2, 0] = 0.8
    samples[RATE * SECONDS // 2 :, 1] = 0.4
    folder = installation.current().recordings_folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{call_id}.flac"
    soundfile.write(path, samples, RATE)
    record = CallRecord.objects.get(call_id=call_id)
    yield Recording.objects.create(
        call_record=record, file=path.name, state=RecordingState.READY, duration_s=float(SECONDS)
    )
    path.unlink(missing_ok=True)


def call_of(recording: Recording) -> CallRecord:
    """The call of a recording that has one."""
    assert recording.call_record is not None
    return recording.call_record


def file_of(recording: Recording) -> Path:
    return installation.current().recordings_folder / recording.file


async def hear(people: People, who: str, pk: int, **headers: str) -> tuple[int, bytes, Any]:
    """Ask the view at the sound's address as a player does; returns code, bytes and headers."""
    address = f"/reports/recordings/{pk}/sound"
    request: Any = RequestFactory().get(address, headers=headers)
    request.user = people[who] if who else AnonymousUser()

    async def auser() -> User | AnonymousUser:
        user: User | AnonymousUser = request.user
        return user

    request.auser = auser
    view = resolve(address)
    try:
        response = await view.func(request, **view.kwargs)
    except Http404:
        return 404, b"", {}
    if response.streaming:
        return response.status_code, b"".join([part async for part in response.streaming_content]), response.headers
    return response.status_code, response.content, response.headers


def listenings() -> list[str]:
    return [str(entry.actor) for entry in AuditEntry.objects.filter(subject_kind="recording", action="listen")]


# Who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("who", "code"), [("agent", 200), ("colleague", 404), ("leader", 200), ("admin", 200), ("", 302)]
)
async def test_the_sound_is_for_the_calls_agent_and_leaders(
    people: People, recording: Recording, who: str, code: int
) -> None:
    found, content, _headers = await hear(people, who, recording.pk)
    assert found == code
    whole = file_of(recording).read_bytes()
    assert (content == whole) is (code == 200)
    heard = await sync_to_async(listenings)()
    assert heard == ([who.title()] if code == 200 else []), "every listening is written down, and nothing else"


@pytest.mark.parametrize(
    ("who", "code"), [("agent", 200), ("colleague", 404), ("leader", 200), ("admin", 200), ("", 401)]
)
def test_the_picture_is_for_the_same(visit: Visit, recording: Recording, who: str, code: int) -> None:
    response = visit(who).get(f"/reports/recordings/{recording.pk}/loudness", headers={"Accept": "application/json"})
    assert response.status_code == code
    assert listenings() == [], "looking is not listening"
    if who == "colleague":
        missing = visit(who).get("/reports/recordings/999999/loudness")
        assert missing.content == response.content, "whether it exists is not told either"
        assert "past calls of the customer you are talking with" in json.loads(response.content)["sentence"]


@pytest.mark.parametrize(
    ("who", "code"), [("agent", 403), ("colleague", 403), ("leader", 403), ("admin", 302), ("", 302)]
)
def test_only_an_administrator_deletes(visit: Visit, recording: Recording, who: str, code: int) -> None:
    path = file_of(recording)
    response = visit(who).post(f"/reports/recordings/{recording.pk}/delete")
    assert response.status_code == code
    recording.refresh_from_db()
    is_gone = who == "admin"
    assert path.exists() is not is_gone
    assert (recording.state == RecordingState.DELETED) is is_gone
    assert visit("admin").get(f"/reports/recordings/{recording.pk}/delete").status_code == 405


def at_work(agent: str, state: str, call: dict[str, Any] | None) -> Mirror:
    items: dict[str, Any] = {f"agent:{agent}": {"id": agent, "state": state, "call_id": "now.1"}}
    if call is not None:
        items["call:now.1"] = {"id": "now.1", **call}
    return Mirror(Snapshot(1, items))


@pytest.mark.parametrize(
    ("state", "customer", "may"),
    [
        ("on_call", "same", True),
        ("wrap_up", "same", True),
        ("offered", "same", False),
        ("ready", "same", False),
        ("on_call", "other", False),
        ("on_call", "", False),
    ],
)
def test_a_colleague_hears_past_calls_of_the_customer_at_hand(
    visit: Visit, people: People, recording: Recording, monkeypatch: pytest.MonkeyPatch, *,
    state: str, customer: str, may: bool,
) -> None:  # fmt: skip
    other = Customer.objects.create(phone="+74950009999")
    ids = {"same": str(call_of(recording).customer_id), "other": str(other.pk), "": ""}
    mirror = at_work(people["colleague"].agent_id, state, {"customer_id": ids[customer]})
    monkeypatch.setattr(access, "mirror_now", lambda: (mirror, True))
    response = visit("colleague").get(f"/reports/recordings/{recording.pk}/loudness")
    assert (response.status_code == 200) is may


def test_in_wrap_up_the_call_is_over_and_its_customer_is_in_the_ledger(
    visit: Visit, people: People, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = at_work(people["colleague"].agent_id, "wrap_up", None)
    monkeypatch.setattr(access, "mirror_now", lambda: (mirror, True))
    address = f"/reports/recordings/{recording.pk}/loudness"
    assert visit("colleague").get(address).status_code == 404
    CallRecord.objects.create(
        call_id="now.1", customer_id=call_of(recording).customer_id, arrived_at=recording.created_at
    )
    assert visit("colleague").get(address).status_code == 200


def test_while_control_is_away_only_own_calls_are_heard(visit: Visit, recording: Recording) -> None:
    address = f"/reports/recordings/{recording.pk}/loudness"
    assert visit("colleague").get(address).status_code == 404
    assert visit("agent").get(address).status_code == 200


# What is sent ---------------------------------------------------------------------------------------------------------


def test_the_picture_shows_both_voices(visit: Visit, recording: Recording) -> None:
    found = visit("leader").get(f"/reports/recordings/{recording.pk}/loudness").json()
    caller, agent = found["channels"]
    assert len(caller) == len(agent) <= sound.POINTS
    half = len(caller) // 2
    assert set(caller[: half - 1]) == {0.8}
    assert set(caller[half + 1 :]) == {0}
    assert set(agent[half + 1 :]) == {0.4}
    assert found["length_s"] == SECONDS
    assert found["sound"] == f"/reports/recordings/{recording.pk}/sound"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("asked", "code", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=0-99999999", 206, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("pages=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
async def test_a_player_gets_the_piece_it_asks_for(
    people: People, recording: Recording, asked: str, code: int, first: int, last: int | None
) -> None:
    whole = file_of(recording).read_bytes()
    found, content, headers = await hear(people, "agent", recording.pk, Range=asked)
    assert found == code
    assert content == whole[first:last]
    assert headers["Content-Length"] == str(len(content))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Content-Type"] == "audio/flac"
    assert "no-store" in headers["Cache-Control"]
    if code == 206:
        start = whole.index(content)
        assert headers["Content-Range"] == f"bytes {start}-{start + len(content) - 1}/{len(whole)}"


@pytest.mark.django_db(transaction=True)
async def test_a_piece_beyond_the_end_is_refused(people: People, recording: Recording) -> None:
    size = file_of(recording).stat().st_size
    code, _content, headers = await hear(people, "agent", recording.pk, Range=f"bytes={size}-")
    assert (code, headers["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.django_db(transaction=True)
async def test_a_long_sound_comes_in_pieces(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "PIECE", 100)
    whole = file_of(recording).read_bytes()
    parts = [part async for part in sound.pieces(file_of(recording), sound.Span(10, 359, len(whole)))]
    assert [len(part) for part in parts] == [100, 100, 100, 50]
    assert b"".join(parts) == whole[10:360]


@pytest.mark.django_db(transaction=True)
async def test_asking_again_within_minutes_is_one_listening(people: People, recording: Recording) -> None:
    for asked in ("bytes=0-9", "bytes=10-19", "bytes=20-29"):
        await hear(people, "leader", recording.pk, Range=asked)
    await hear(people, "agent", recording.pk)
    assert sorted(await sync_to_async(listenings)()) == ["Agent", "Leader"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RecordingState.PENDING, "being written"),
        (RecordingState.FAILED, "could not be written"),
        (RecordingState.DELETED, "was deleted"),
    ],
)
def test_what_cannot_be_heard_says_why(
    visit: Visit, recording: Recording, state: RecordingState, sentence: str
) -> None:
    Recording.objects.update(state=state, deleted_at=recording.created_at)
    answer = visit("leader").get(f"/reports/recordings/{recording.pk}/loudness")
    assert (answer.status_code, sentence in answer.json()["sentence"]) == (404, True)
    page = visit("leader").get(f"/reports/calls/{call_of(recording).call_id}").content.decode()
    assert sentence in page
    assert "data-player" not in page


def test_a_file_that_is_missing_on_the_disk_says_so(visit: Visit, recording: Recording) -> None:
    file_of(recording).unlink()
    answer = visit("leader").get(f"/reports/recordings/{recording.pk}/loudness")
    assert "missing on the disk" in answer.json()["sentence"]


@pytest.mark.django_db(transaction=True)
async def test_no_name_leads_out_of_the_folder(people: People, recording: Recording) -> None:
    await Recording.objects.aupdate(file="../secrets.json")
    code, _content, _headers = await hear(people, "leader", recording.pk)
    assert code == 404


# Deletion -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_what_is_deleted_is_gone_and_written_down(visit: Visit, people: People, recording: Recording) -> None:
    path = file_of(recording)
    browser = await sync_to_async(visit)("admin")

    def delete() -> Any:
        return browser.post(f"/reports/recordings/{recording.pk}/delete", headers={"HX-Request": "true"})

    response = await sync_to_async(delete)()
    text = response.content.decode()
    assert "The recording was deleted on" in text
    assert "deleted it" in text, "leaders see who did it"
    assert json.loads(response["HX-Trigger"])["allo:toast"]["text"] == "The recording is deleted for good."
    assert not path.exists()
    code, content, _headers = await hear(people, "admin", recording.pk)
    assert (code, b"fLaC" in content) == (404, False)
    await sync_to_async(delete)()
    entries = [entry async for entry in AuditEntry.objects.filter(subject_kind="recording", action="delete")]
    assert [entry.subject_name for entry in entries] == [call_of(recording).call_id], "twice is once"


@pytest.mark.parametrize(("who", "is_offered"), [("admin", True), ("leader", False), ("agent", False)])
def test_the_page_offers_deletion_to_those_who_may(
    visit: Visit, recording: Recording, who: str, *, is_offered: bool
) -> None:
    page = visit(who).get(f"/reports/calls/{call_of(recording).call_id}").content.decode()
    assert f'data-player="{recording.pk}"' in page
    assert ("cannot be brought back" in page) is is_offered


def test_leaders_see_who_listened_and_agents_do_not(visit: Visit, people: People, recording: Recording) -> None:
    from allo.data.actions.listening import do_note_listening

    do_note_listening(people["admin"], recording)
    address = f"/reports/calls/{call_of(recording).call_id}"
    assert "Who listened" in visit("leader").get(address).content.decode()
    assert "Who listened" not in visit("agent").get(address).content.decode()


def test_listenings_are_no_changes_of_the_set_up(visit: Visit, people: People, recording: Recording) -> None:
    from allo.data.actions.listening import do_note_listening

    do_note_listening(people["leader"], recording)
    assert call_of(recording).call_id not in visit("admin").get("/setup/history/").content.decode()
