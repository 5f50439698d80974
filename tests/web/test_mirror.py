"""The mirror: snapshot + updates == fresh snapshot, and gaps are seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allo.web.control_client import Snapshot
from allo.web.mirror import GapError, Mirror

KEYS = ["system", "queue:1", "queue:2", "agent:5", "agent:6", "call:a", "call:b"]
keys = st.sampled_from(KEYS)
values = st.fixed_dictionaries({"state": st.sampled_from("xyz"), "since_at": st.integers(0, 3)})
changes = st.lists(st.tuples(keys, st.none() | values), max_size=40)


class Feed:
    """Control's side: the truth, and the updates that lead to it."""

    def __init__(self, items: dict[str, Any]) -> None:
        self.seq = 7
        self.items = dict(items)

    def snapshot(self) -> Snapshot:
        return Snapshot(self.seq, dict(self.items))

    def change(self, key: str, value: dict[str, Any] | None) -> dict[str, Any]:
        self.seq += 1
        if value is None:
            self.items.pop(key, None)
        else:
            self.items[key] = value
        return {"seq": self.seq, "key": key, "value": value}


@given(start=st.dictionaries(keys, values), changes=changes, at=st.integers(0, 40))
def test_a_snapshot_with_the_updates_after_it_equals_a_fresh_snapshot(
    start: dict[str, Any], changes: list[tuple[str, dict[str, Any] | None]], at: int
) -> None:
    feed = Feed(start)
    early = Mirror(feed.snapshot())
    late = early
    for place, (key, value) in enumerate(changes):
        if place == at:
            late = Mirror(feed.snapshot())
        update = feed.change(key, value)
        early.apply(update)
        if late is not early:
            late.apply(update)
    fresh = Mirror(feed.snapshot())
    assert early.items == fresh.items == late.items
    assert early.seq == fresh.seq == late.seq


@given(start=st.dictionaries(keys, values), changes=changes, at=st.integers(0, 40))
def test_rows_changed_since_a_version_are_all_that_differ(
    start: dict[str, Any], changes: list[tuple[str, dict[str, Any] | None]], at: int
) -> None:
    feed = Feed(start)
    mirror = Mirror(feed.snapshot())
    version, seen = mirror.version, dict(mirror.items)
    for place, (key, value) in enumerate(changes):
        mirror.apply(feed.change(key, value))
        if place == at:
            version, seen = mirror.version, dict(mirror.items)
    for kind in ("call", "agent", "queue"):
        found = mirror.changed_since(version, kind)
        assert found is not None
        page = {key: value for key, value in seen.items() if key.startswith(kind)}
        changed, removed = found
        page.update({key: mirror.items[key] for key in changed})
        for key in removed:
            page.pop(key, None)
        assert page == mirror.of_kind(kind)


@pytest.mark.parametrize(
    "update",
    [
        {"gap": True},
        {"beat": 9},
        {"seq": 9, "key": "queue:1", "value": {}},
        {"seq": 7, "key": "queue:1", "value": {}},
    ],
)
def test_a_missed_update_is_noticed(update: dict[str, Any]) -> None:
    mirror = Mirror(Snapshot(7, {"queue:1": {"waiting": []}}))
    with pytest.raises(GapError):
        mirror.apply(update)
    assert mirror.items == {"queue:1": {"waiting": []}}


def test_a_beat_and_a_repeated_value_change_nothing() -> None:
    mirror = Mirror(Snapshot(7, {"queue:1": {"waiting": []}}))
    version = mirror.version
    assert not mirror.apply({"beat": 7})
    assert not mirror.apply({"seq": 8, "key": "queue:1", "value": {"waiting": []}})
    assert mirror.version == version
    assert mirror.seq == 8


def test_a_fresh_snapshot_counts_only_what_differs_even_from_a_new_control() -> None:
    mirror = Mirror(Snapshot(700, {"queue:1": {"n": 1}, "queue:2": {"n": 2}, "agent:5": {"s": "ready"}}))
    version = mirror.version
    assert mirror.replace(Snapshot(3, {"queue:1": {"n": 1}, "queue:2": {"n": 9}}))
    assert mirror.seq == 3
    assert mirror.version_of(["queue:1"]) <= version < mirror.version_of(["queue:2"])
    assert mirror.changed_since(version, "agent") == ([], ["agent:5"])
    assert mirror.version_of(["agent:"]) > version
    assert not mirror.replace(Snapshot(4, {"queue:1": {"n": 1}, "queue:2": {"n": 9}}))


def test_the_call_of_an_agent() -> None:
    mirror = Mirror(Snapshot(1, {"agent:5": {"call_id": "a"}, "call:a": {"id": "a"}, "agent:6": {"call_id": "b"}}))
    assert mirror.call_of("5") == {"id": "a"}
    assert mirror.call_of("6") is None
    assert mirror.call_of("7") is None
    assert mirror.system == {}
