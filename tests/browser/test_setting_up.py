"""What an administrator sets up, agents and callers have at once. Mistakes are told, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.sip_caller import SipCaller
from tests.browser.stage import Stage, sign_in
from tests.waiting import wait_until

Call = Callable[..., SipCaller]
NOTE = "textarea[name=note]"


class SetUp:
    """The form of one section, as somebody fills it in."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin

    def open(self, section: str) -> None:
        self.page.goto(f"{self.origin}/setup/{section}/new")

    def save(self) -> None:
        self.page.click(".setup__editor [type=submit]")

    def refused(self, because: str, **kept: str) -> None:
        """Saving says why not at the field; all that was typed is still there."""
        self.save()
        expect(self.page.locator(".field__error").filter(has_text=because)).to_be_visible()
        for name, value in kept.items():
            assert self.page.locator(f".setup__editor [name={name}]").input_value() == value, name

    def saved(self, name: str) -> None:
        self.save()
        expect(self.page.locator(".toast").filter(has_text=f"“{name}” is saved and in force.")).to_be_visible()
        expect(self.page.locator(".setup__list").filter(has_text=name)).to_be_visible()


def make_a_queue_with_a_number(form: SetUp, agent_id: str) -> None:
    member = f"member_{agent_id}"
    form.open("queues")
    form.page.fill("[name=name]", "quick")
    form.page.fill("[name=wrapup_limit_s]", "75")
    form.page.select_option(f"[name={member}]", "2")
    for greeting in form.page.locator("[name=greetings]").all():
        greeting.uncheck()
    form.refused("There is already a queue with this name.", name="quick", wrapup_limit_s="75", **{member: "2"})
    form.page.fill("[name=name]", "Deliveries")
    form.saved("Deliveries")

    form.open("numbers")
    form.page.fill("[name=pattern]", "200")
    form.page.select_option("[name=queue]", label="Deliveries")
    chosen = form.page.locator("[name=queue]").input_value()
    form.refused("This number already leads to a queue.", pattern="200", queue=chosen)
    form.page.fill("[name=pattern]", "161")
    form.saved("161")


def make_a_reason_and_an_outcome(form: SetUp) -> None:
    form.open("breaks")
    form.page.fill("[name=name]", "Tea with visitors")
    form.page.fill("[name=typical_min]", "-3")
    form.refused("greater than or equal to", name="Tea with visitors", typical_min="-3")
    form.page.fill("[name=typical_min]", "12")
    form.saved("Tea with visitors")
    form.open("outcomes")
    form.page.fill("[name=name]", "solved")
    form.refused("There is already an outcome with this name.", name="solved")
    form.page.fill("[name=name]", "Parcel sent again")
    form.page.fill("[name=order]", "95")
    form.saved("Parcel sent again")


def what_is_listed_anew_is_offered_while_one_types(form: SetUp, desk: Desk) -> None:
    """A conversation stands, and half a note; the page is not loaded again."""
    desk.page.locator(".choice >> text=Parcel sent again").click()
    desk.page.click(NOTE)
    desk.page.keyboard.type("Wants the parcel at ")
    desk.page.evaluate("() => { window.isStillThisPage = true; }")
    for section, name in (("breaks", "Fire drill"), ("hold-reasons", "I ask the driver"), ("outcomes", "Driver asked")):
        form.open(section)
        form.page.fill("[name=name]", name)
        form.saved(name)
    form.page.click(".setup__list >> text=Parcel sent again")
    form.page.fill("[name=name]", "Parcel on its way")
    form.saved("Parcel on its way")
    for offered in (".outcome .choice >> text=Driver asked", ".choice:has(:checked) >> text=Parcel on its way"):
        desk.page.wait_for_selector(offered)
    desk.page.keyboard.type("home")
    assert desk.page.locator(NOTE).input_value() == "Wants the parcel at home"
    desk.press("F4")
    desk.page.wait_for_selector("[data-ask=hold] >> text=I ask the driver")
    desk.press("Escape")
    desk.page.click(".menu--break summary")
    desk.page.wait_for_selector("[data-ask=break] >> text=Fire drill")
    assert desk.page.evaluate("window.isStillThisPage")


def make_a_leader(form: SetUp) -> None:
    form.open("users")
    form.page.fill("[name=display_name]", "Nora Field")
    form.page.fill("[name=username]", "nora")
    form.page.select_option("[name=role]", "team_leader")
    form.page.fill("[name=password]", "short")
    form.refused("too short", display_name="Nora Field", username="nora", role="team_leader", password="short")
    form.page.fill("[name=password]", "to begin with 1")
    form.saved("Nora Field")


def the_browser_keeps_no_page(form: SetUp) -> None:
    """Who signs in next on this computer goes back to nothing; back still leads back."""
    form.page.goto(f"{form.origin}/setup/outcomes/")
    form.page.click(".setup__list >> text=Parcel sent again")
    expect(form.page.locator("[name=name]")).to_have_value("Parcel sent again")
    kept = form.page.evaluate("() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
    assert "htmx-history-cache" not in kept
    form.page.go_back()
    expect(form.page).to_have_url(f"{form.origin}/setup/outcomes/")
    expect(form.page.locator("[name=name]")).to_have_count(0)
    expect(form.page.locator(".setup__list")).to_be_visible()


def test_what_is_set_up_is_in_force_at_once(
    stage: Stage, desk: Desk, call: Call, open_page: Callable[..., Page]
) -> None:
    form = SetUp(open_page("admin"), stage.origin)
    make_a_queue_with_a_number(form, stage.agent_id)
    make_a_reason_and_an_outcome(form)
    make_a_leader(form)
    the_browser_keeps_no_page(form)

    nora = open_page()
    nora.goto(f"{stage.origin}/floor/")
    sign_in(nora, "nora", "to begin with 1")
    nora.wait_for_selector(".queue-card >> text=Deliveries")

    wait_until(stage.has_read_the_set_up, "control has read the set-up")
    desk.open()
    desk.ready()
    call("161", caller="79005550171")
    desk.accept()
    assert "Deliveries" in desk.said(".talk__where")
    desk.page.wait_for_selector(".outcome .choice >> text=Parcel sent again")
    desk.page.click(".menu--break summary")
    desk.page.wait_for_selector("[data-ask=break] >> text=Tea with visitors")
    desk.press("Escape")
    what_is_listed_anew_is_offered_while_one_types(form, desk)
