"""Tables of figures: on the page with formulas and links to the calls behind, and as CSV for other programs.

CSV is UTF-8 with a mark that spreadsheets recognise; numbers have a point in every language, shares are 0 to 1,
durations seconds. A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from allo.web.reports import words
from allo.web.templatetags.allo import decimal, duration, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

COUNT, SHARE, SECONDS, MARK, CLOCK = "count", "share", "seconds", "mark", "clock"
_PHONE = re.compile(r"\+\d{3,20}")


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table."""

    key: str
    label: str | _StrPromise
    kind: str = COUNT
    formula: str = ""
    note: str | _StrPromise = ""
    """Says what the figure is where it has no formula, or what its formula leaves open."""
    short: str | _StrPromise = ""
    """What stands over a column of a table with many; the whole label is heard, and stands in the file."""

    @property
    def about(self) -> str:
        """How the figure is made, or what it is; empty where the name says it all."""
        return "; ".join(filter(None, (words.formula(self.formula), str(self.note))))

    @property
    def is_shortened(self) -> bool:
        """Whether another name than the label stands over the column, in the reader's language."""
        return bool(self.short) and str(self.short) != str(self.label)

    @property
    def hint(self) -> str:
        """What is shown while one points at the heading: the whole label of a short one, and how it is made."""
        return ": ".join(filter(None, (str(self.label) if self.is_shortened else "", self.about)))

    @property
    def named(self) -> str:
        """Its name among the explanations: with the letters that stand in the heading for it."""
        is_plain = not str(self.short).isupper() or str(self.short) in str(self.label)
        return str(self.label) if is_plain else f"{self.label} ({self.short})"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a row's bar."""

    kind: str
    share: float
    label: str
    start: float = 0.0
    """Where it begins, 0 to 1."""

    @property
    def left(self) -> str:
        """The beginning as SVG wants it."""
        return f"{self.start * 100:.2f}%"

    @property
    def width(self) -> str:
        """The width as SVG wants it."""
        return f"{self.share * 100:.2f}%"


def stacked(parts: Iterable[tuple[str, float, str]]) -> list[Segment]:
    """Put parts (kind, share, label) one after another; empty ones are left out."""
    found: list[Segment] = []
    at = 0.0
    for kind, share, label in parts:
        if share > 0:
            found.append(Segment(kind, share, label, at))
            at += share
    return found


@dataclass(slots=True)
class Row:
    """One line: what it is about, and its figures by column key."""

    label: str
    figures: dict[str, float | None]
    href: str = ""
    links: dict[str, str] = field(default_factory=dict)
    bar: list[Segment] = field(default_factory=list)
    detail: str = ""


@dataclass(slots=True)
class Table:
    """A report's table; ``sum_row`` stands at the end."""

    MANY_COLUMNS = 10
    VERY_MANY_COLUMNS = 14

    title: str
    columns: list[Column]
    rows: list[Row]
    sum_row: Row | None = None
    bar_title: str = ""
    footnote: str = ""

    def lines(self) -> list[tuple[Row, list[tuple[Column, str, str]]]]:
        """Return rows with (column, shown figure, link), the sum last."""
        rows = [*self.rows, self.sum_row] if self.sum_row else self.rows
        return [
            (
                row,
                [(one, shown(one.kind, row.figures.get(one.key)), row.links.get(one.key, "")) for one in self.columns],
            )
            for row in rows
        ]

    @property
    def explained(self) -> list[Column]:
        """The columns with something to say about how they are made, or with a short heading."""
        return [column for column in self.columns if column.about or column.named != column.label]

    @property
    def is_close_set(self) -> bool:
        """Whether there are so many columns that each must be narrow."""
        return len(self.columns) > self.MANY_COLUMNS

    @property
    def is_closest_set(self) -> bool:
        """Whether there are so many that the figures must be small as well."""
        return len(self.columns) > self.VERY_MANY_COLUMNS


def shown(kind: str, value: float | None) -> str:
    """Return a figure in the reader's manner."""
    if value is None:
        return "–"
    if kind == SHARE:
        return percent(value)
    if kind == SECONDS:
        return duration(value)
    if kind == CLOCK:
        return clock(value)[:5]
    if kind == MARK:
        return number_format(value, 1)
    return decimal(value)


def clock(seconds: float) -> str:
    """Return so many seconds after midnight as a time of the day."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def csv_response(name: str, header: Iterable[str], lines: Iterable[Iterable[object]]) -> HttpResponse:
    """Return a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(cell) for cell in header])
    writer.writerows([[safe(cell) for cell in line] for line in lines])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def table_csv(name: str, table: Table) -> HttpResponse:
    """Return a table as CSV, its sum line left out: programs add up themselves."""
    header = [table.title, *(header_of(column) for column in table.columns)]
    lines = [[row.label, *(raw(column, row.figures.get(column.key)) for column in table.columns)] for row in table.rows]
    return csv_response(name, header, lines)


def safe(cell: object) -> object:
    """Keep spreadsheets from running a text: a leading ``=``, ``+``, ``-``, ``@`` or control character is quoted."""
    if not isinstance(cell, str) or not cell:
        return cell
    cleaned = cell.replace("\x00", "")
    is_formula = cleaned.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    if (is_formula or cleaned[:1] in {"\t", "\r", "\n"}) and not _PHONE.fullmatch(cleaned):
        return "'" + cleaned
    return cleaned


def header_of(column: Column) -> str:
    """Return a column's name with its unit."""
    unit = {SECONDS: _("seconds"), SHARE: _("0 to 1")}.get(column.kind, "")
    return f"{column.label}, {unit}" if unit else str(column.label)


def raw(column: Column, value: float | None) -> str:
    """Return a figure for other programs."""
    if value is None:
        return ""
    if column.kind == CLOCK:
        return clock(value)
    digits = {SHARE: 4, SECONDS: 1, MARK: 2}.get(column.kind, 0)
    return f"{value:.{digits}f}"
