"""A plain forecast for the granting of breaks: as many calls as on the last four same weekdays, half hour by half hour.

Covers today and tomorrow of the centre's zone, so that a set-up read in the evening still holds after midnight. Days on
which a queue had no call at all (it was closed, or did not exist) do not count; without any such day there is no
forecast, and the engine goes by what goes on at the moment. Handling time is the mean of those days' answered calls;
patience the usual estimate under an exponential law, all waiting divided by the number of those who gave up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from allo.core.break_plan import Forecast
from allo.data.models import CallRecord, CallResult

WEEKS = 4
INTERVAL_S = 1800
DAYS_AHEAD = 2
LEAST_ABANDONED = 20
"""Fewer callers who gave up say nothing about patience."""
_USUAL_AHT_S = 180.0


@dataclass(slots=True)
class _Seen:
    """What one queue has seen on the days looked at."""

    by_day: dict[date, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    handled_s: float = 0.0
    answered: int = 0
    waited_s: float = 0.0
    abandoned: int = 0


def load_forecasts(queue_ids: Collection[str], zone: str, at: float) -> dict[str, Forecast]:
    """Forecasts by queue, from the midnight before `at` on."""
    tz = ZoneInfo(zone)
    today = datetime.fromtimestamp(at, tz).date()
    wanted = [today + timedelta(ahead) for ahead in range(DAYS_AHEAD)]
    looked_at = {day - timedelta(weeks=back) for day in wanted for back in range(1, WEEKS + 1)}
    seen = _seen(queue_ids, looked_at, tz)
    starts_at = datetime.combine(today, time(), tz).timestamp()
    ends_at = datetime.combine(today + timedelta(DAYS_AHEAD), time(), tz).timestamp()
    intervals = [starts_at + place * INTERVAL_S for place in range(round((ends_at - starts_at) / INTERVAL_S))]
    found = {}
    for queue_id, queue in seen.items():
        calls = tuple(_expected(queue, datetime.fromtimestamp(begins, tz)) for begins in intervals)
        found[queue_id] = Forecast(
            starts_at=starts_at,
            interval_s=float(INTERVAL_S),
            calls=calls,
            aht_s=queue.handled_s / queue.answered if queue.answered and queue.handled_s > 0 else _USUAL_AHT_S,
            patience_s=queue.waited_s / queue.abandoned if queue.abandoned >= LEAST_ABANDONED else 0.0,
        )
    return found


def _expected(queue: _Seen, begins: datetime) -> float:
    """The mean of the same half hour on the last same weekdays that had calls."""
    days = [begins.date() - timedelta(weeks=back) for back in range(1, WEEKS + 1)]
    counts = [queue.by_day[day].get(_half_hour(begins), 0) for day in days if day in queue.by_day]
    return sum(counts) / len(counts) if counts else 0.0


def _seen(queue_ids: Collection[str], days: Iterable[date], tz: ZoneInfo) -> dict[str, _Seen]:
    within = Q(pk__in=[])
    for day in days:
        begins = datetime.combine(day, time(), tz)
        within |= Q(entered_at__gte=begins, entered_at__lt=datetime.combine(day + timedelta(1), time(), tz))
    rows = CallRecord.objects.filter(within, queue_id__in=[int(id_) for id_ in queue_ids]).values_list(
        "queue_id", "entered_at", "outcome", "wait_s", "talk_s", "hold_s", "wrapup_s"
    )
    found: dict[str, _Seen] = defaultdict(_Seen)
    for queue_id, entered_at, outcome, wait_s, talk_s, hold_s, wrapup_s in rows.iterator():
        if entered_at is None:
            continue
        queue, local = found[str(queue_id)], entered_at.astimezone(tz)
        queue.by_day[local.date()][_half_hour(local)] += 1
        queue.waited_s += wait_s
        if outcome == CallResult.ANSWERED:
            queue.answered += 1
            queue.handled_s += talk_s + hold_s + wrapup_s
        elif outcome == CallResult.ABANDONED:
            queue.abandoned += 1
    return dict(found)


def _half_hour(local: datetime) -> int:
    return (local.hour * 60 + local.minute) * 60 // INTERVAL_S
