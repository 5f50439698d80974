"""A leader reads a report by quarters of an hour: figures, their formulas, and the same numbers as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
FORMULA = {
    "en": "answered within the target / (answered + abandoned - short abandons)",
    "ru": "принятые в пределах норматива / (принятые + потерянные − короткие отказы)",
}
FITS = "() => { const box = document.querySelector('.figures .scroll'); return box.scrollWidth <= box.clientWidth; }"
TOGETHER = {"en": "All together", "ru": "Всего"}


def value(shown: str) -> float | None:
    """Return the number that a cell of the page shows: 0.81 for "81%" or "81 %", 65 for "1:05"."""
    words = shown.replace("\xa0", " ").strip()
    if words == "–":
        return None
    if share := re.fullmatch(r"(\d+) ?%", words):
        return int(share[1]) / 100
    if time := re.fullmatch(r"(?:(\d+):)?(\d+):(\d\d)", words):
        return int(time[1] or 0) * 3600 + int(time[2]) * 60 + int(time[3])
    return int(words)


def of_page(page: Page) -> list[list[str]]:
    rows: list[list[str]] = page.locator(".figures__table tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('th, td:not(.figures__bar)')].map(cell => cell.innerText))"
    )
    return rows


def of_file(page: Page) -> list[list[str]]:
    with page.expect_download() as download:
        page.click("a[download]")
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def is_same(shown: str, kept: str) -> bool:
    """Whether a cell of the file is what the page shows: shares rounded, whole seconds only."""
    number = value(shown)
    if number is None or not kept:
        return number is None and not kept
    if ":" in shown:
        return -0.05 <= float(kept) - number <= 1.0
    return abs(float(kept) - number) <= (0.0051 if "%" in shown else 0)


def differences(shown: list[list[str]], file: list[list[str]], together: str) -> list[tuple[str, str]]:
    """What the file says otherwise than the page; the page's sum is not in it, for programs add up themselves."""
    *lines, last = shown
    assert last[0] == together
    assert [row[0] for row in file] == [row[0] for row in lines]
    pairs = [
        pair for row, kept in zip(lines[1:], file[1:], strict=True) for pair in zip(row[1:], kept[1:], strict=True)
    ]
    assert len(pairs) >= 10
    return [pair for pair in pairs if not is_same(*pair)]


def test_a_leader_reads_figures_formulas_and_the_file(
    stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]
) -> None:
    desk.ready()
    caller = call(caller="79005550172")
    desk.accept()
    caller.hang_up()
    desk.wait(phase="wrapup", talk="none")
    desk.press("1", "F2")
    desk.wait(phase="idle", state="ready")

    stage.send_agent_home()  # else the time at work grows from one look to the next

    page = open_page("leader")
    page.goto(f"{stage.origin}/reports/answering")

    def look(until: Callable[[], bool], why: str) -> None:
        """Facts are written a moment after they happen: look again until they are there."""
        wait_until(lambda: until() or (page.reload() and False), why)

    look(lambda: page.locator(".figures__table").count() > 0, "the call is in the report")
    files: dict[str, list[list[str]]] = {}

    def file_is_page() -> bool:
        files[language] = of_file(page)
        return not differences(of_page(page), files[language], TOGETHER[language])

    for language in ("en", "ru"):
        if page.get_attribute("html", "lang") != language:
            page.click(f".preference__button[value={language}]")
            page.wait_for_selector(f"html[lang={language}]")
        page.click(".switches a[href*='by=queue']")
        page.wait_for_url("**by=queue**")
        assert page.evaluate(FITS), f"all columns of the queues fit on a usual screen, {language}"
        page.click(".switches a[href*='by=15']")
        page.wait_for_url("**by=15**")
        expect(page.locator(".formulas dd").filter(has_text=FORMULA[language])).to_have_count(1)
        look(file_is_page, f"file and page say the same, {language}")
        assert page.evaluate(FITS), f"all columns of the intervals fit on a usual screen, {language}"
        assert re.fullmatch(r"\d\d:[0-5][05]–\d\d:[0-5][05]", files[language][1][0])
        page.goto(f"{stage.origin}/reports/adherence")
        assert page.locator(".figures__table thead th").count() >= 20
        assert page.evaluate(FITS), f"all columns of the states fit on a usual screen, {language}"
        page.goto(f"{stage.origin}/reports/answering")
    numbers = {language: [row[1:] for row in file[1:]] for language, file in files.items()}
    assert numbers["en"] == numbers["ru"], "a file is the same in every language but for its words"
    assert files["en"][0] != files["ru"][0]
