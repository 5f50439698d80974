"""The form of opening hours: a line for each weekday, and a line for each day of its own."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from allo import installation
from allo.data.actions.caller_ways import do_save_calendar
from allo.data.models import Calendar
from allo.web.setup.forms.sound import SoundForm

if TYPE_CHECKING:
    from allo.data.models import User

DAY = 24 * 60
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
_CLOSED = ("closed", "закрыто", "выходной")
_TIMES = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")
_ISO = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?")


class CalendarForm(SoundForm[Calendar]):
    """Name, time zone, week, holidays."""

    once_message = _("There are already opening hours with this name.")

    days_text = forms.CharField(
        label=_("Holidays and other days"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text=_("One a line: date, hours or “closed”, name. Without a year it is every year."),
    )

    class Meta:
        model = Calendar
        fields = ("name", "zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["zone"] = installation.current().zone.key
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
        label = self.fields["zone"].label
        self.fields["zone"] = forms.ChoiceField(label=label, choices=[("UTC", "UTC"), *((one, one) for one in zones)])
        for place, name in enumerate(WEEKDAYS):
            self.fields[f"week_{place}"] = forms.CharField(
                label=name, required=False, max_length=120, initial=hours_text(self.instance.weekly[place])
            )
        self.fields["days_text"].initial = "\n".join(day_line(day) for day in self.instance.days)
        self.fields["days_text"].widget.attrs["placeholder"] = gettext(
            "2026-12-31 9:00-15:00 New Year's Eve\n01-01 closed New Year"
        )

    def week_fields(self) -> list[Any]:
        """The seven lines."""
        return [self[f"week_{place}"] for place in range(len(WEEKDAYS))]

    def clean(self) -> dict[str, Any]:
        """Read the week and the days; each mistake stands at its own line."""
        cleaned = super().clean()
        weekly = []
        for place in range(len(WEEKDAYS)):
            try:
                weekly.append(read_hours(cleaned.get(f"week_{place}") or ""))
            except forms.ValidationError as error:
                self.add_error(f"week_{place}", error)
        try:
            days = read_days(cleaned.get("days_text") or "")
        except forms.ValidationError as error:
            self.add_error("days_text", error)
            return cleaned
        if not self.errors:
            self.instance.weekly, self.instance.days = weekly, days
        return cleaned

    def keep(self, actor: User) -> Calendar:
        """Save the hours."""
        return do_save_calendar(actor, self.save(commit=False))


def hours_text(intervals: list[list[int]]) -> str:
    """Intervals as people write them."""
    return ", ".join(f"{_clock(first)}–{_clock(last)}" for first, last in intervals)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute if minute <= DAY else minute - DAY, 60)
    return f"{hour}:{rest:02}"


def read_hours(text: str) -> list[list[int]]:
    """Intervals such as ``9:00-13:00, 14:00-18:00``; an end before the beginning is on the next day."""
    words = text.strip()
    if not words or words.casefold() in _CLOSED:
        return []
    found = []
    for part in re.split(r"[,;]\s*", words):
        times = _TIMES.fullmatch(part.strip())
        if times is None:
            raise forms.ValidationError(
                gettext("“%(part)s” are no hours. Write such as 9:00-18:00, or leave the line empty for closed.")
                % {"part": part[:40]}
            )
        hours = [int(word) for word in times.groups()]
        first, last = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if max(hours[1], hours[3]) > 59 or first >= DAY or last > DAY:
            raise forms.ValidationError(gettext("“%(part)s”: there is no such time.") % {"part": part[:40]})
        found.append([first, last if last > first else last + DAY])
    found.sort()
    for (_first, end), (begin, _last) in pairwise(found):
        if begin < end:
            raise forms.ValidationError(gettext("The times overlap."))
    return found


def read_days(text: str) -> list[dict[str, Any]]:
    """Days of their own, each once, in order."""
    days: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            day = _read_day(line.strip())
        except forms.ValidationError as error:
            words = {"number": number, "problem": " ".join(error.messages)}
            raise forms.ValidationError(gettext("Line %(number)d: %(problem)s") % words) from error
        if day["day"] in days:
            words = {"number": number, "problem": gettext("this day stands there twice.")}
            raise forms.ValidationError(gettext("Line %(number)d: %(problem)s") % words)
        days[day["day"]] = day
    return [days[key] for key in sorted(days, key=lambda key: (len(key), key))]


def _read_day(line: str) -> dict[str, Any]:
    first, _space, rest = line.partition(" ")
    key = _day_key(first)
    rest = rest.strip()
    word, _space, name = rest.partition(" ")
    if word.casefold().rstrip(",") in _CLOSED:
        return {"day": key, "name": name.strip()[:80], "intervals": []}
    found = re.match(rf"{_TIMES.pattern}(?:\s*[,;]\s*{_TIMES.pattern})*", rest)
    if found is None:
        raise forms.ValidationError(gettext("after the date write hours such as 9:00-15:00, or “closed”."))
    return {"day": key, "name": rest[found.end() :].strip()[:80], "intervals": read_hours(found.group())}


def _day_key(text: str) -> str:
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    if iso is not None:
        year, month, day = iso.groups()
    elif dotted is not None:
        day, month, year = dotted.groups()
    else:
        raise forms.ValidationError(gettext("“%(text)s” is no date.") % {"text": text[:20]})
    try:
        known = date(int(year) if year else 2024, int(month), int(day))
    except ValueError:
        raise forms.ValidationError(gettext("“%(text)s” is no date.") % {"text": text[:20]}) from None
    return known.isoformat() if year else known.isoformat()[5:]


def day_line(day: dict[str, Any]) -> str:
    """A day of its own as a line of the form."""
    key = day["day"]
    if (get_language() or "").startswith("ru"):
        key = ".".join(reversed(key.split("-")))
    return f"{key} {hours_text(day['intervals']) or gettext('closed')} {day['name']}".strip()
