"""Menus: a caller hears a prompt and chooses by key; some callers are sent on without being asked.

Decides which branch a call takes: conditions first (hours, kind of customer, language), in their order; else the
menu's prompt is played and a key chosen while it plays or within the timeout. A wrong key or silence counts as a try;
after the last one the call goes where the menu says. A call keeps the menu as it was when it entered; a menu that was
published meanwhile is for those who come after.

Who answers a question again has changed their mind: only the last key of each menu counts.

Invariants: nobody stays in a menu for ever (`most_tries` ends it); a call passes through at most `MOST_MENUS` menus.
"""

from __future__ import annotations

from allo.core.broken_rule import BrokenRuleError
from allo.core.call import Call
from allo.core.call_states import MENU
from allo.core.callers_way import Branch, KeyChoice, Menu, Target, TargetKind
from allo.core.effects import PlayPrompt
from allo.core.facts import EndReason, MenuEntered, MenuLeft
from allo.core.journey import go, turn_away
from allo.core.turn import Turn

MOST_MENUS = 30
WRONG_KEY_PROMPT = "system:wrong_key"
NO_CHOICE_PROMPT = "system:goodbye"


def enter_menu(turn: Turn, call: Call, menu: Menu) -> None:
    """Take the first branch that fits the call, or ask."""
    call.menu_count += 1
    if call.menu_count > MOST_MENUS:
        turn_away(turn, call, EndReason.NO_CHOICE, NO_CHOICE_PROMPT)
        return
    turn.record(MenuEntered(turn.now, call.id, menu.id))
    branch = branch_for(menu, turn.now, call.customer_kind, call.language)
    if branch is not None:
        turn.record(MenuLeft(turn.now, call.id, menu.id, "", branch.target.kind, branch.target.id))
        go(turn, call, branch.target, branch.message)
        return
    turn.move_call(call, MENU)
    call.menu, call.menu_tries = menu, 0
    _ask(turn, call, menu.prompt)


def branch_for(menu: Menu, at: float, kind: str, language: str) -> Branch | None:
    """The first branch whose conditions all hold."""
    return next((branch for branch in menu.branches if _holds(branch, at, kind, language)), None)


def key_pressed(turn: Turn, call: Call, key: str) -> None:
    """A key that the menu knows leads on; another one is a try."""
    menu = _menu_of(call)
    choice = menu.choices.get(key)
    if choice is None:
        _try_again(turn, call, menu, key)
        return
    turn.cancel_timer(f"menu:{call.id}")
    _take(call, menu, choice)
    _leave(turn, call, menu, key, choice.target)


def prompt_played(turn: Turn, call: Call, prompt: str) -> None:
    """After the menu's prompt the caller has a while to choose; after a complaint they hear the prompt again."""
    menu = _menu_of(call)
    if call.prompts[:1] != [prompt]:
        return
    call.prompts.clear()
    if prompt == menu.prompt:
        turn.start_timer(f"menu:{call.id}", turn.now + menu.timeout_s)
    else:
        _ask(turn, call, menu.prompt)


def no_key(turn: Turn, call: Call) -> None:
    """The time for a choice is over."""
    _try_again(turn, call, _menu_of(call), "")


def _ask(turn: Turn, call: Call, prompt: str) -> None:
    call.prompts = [prompt]
    turn.do(PlayPrompt(call.id, prompt, call.language))


def _try_again(turn: Turn, call: Call, menu: Menu, key: str) -> None:
    turn.cancel_timer(f"menu:{call.id}")
    call.menu_tries += 1
    if call.menu_tries >= menu.most_tries:
        is_over = menu.otherwise.kind is TargetKind.HANG_UP
        call.turned_away = EndReason.NO_CHOICE if is_over else None
        _leave(turn, call, menu, "", menu.otherwise, NO_CHOICE_PROMPT if is_over else "")
    else:
        _ask(turn, call, menu.wrong_key_prompt if key else menu.no_key_prompt)


def _take(call: Call, menu: Menu, choice: KeyChoice) -> None:
    before = call.choices.get(menu.id)
    if before is not None:
        call.priority -= before.priority
    call.choices[menu.id] = choice
    call.priority += choice.priority
    call.language = choice.language or call.language
    call.reason = choice.reason or call.reason


def _leave(turn: Turn, call: Call, menu: Menu, key: str, target: Target, message: str = "") -> None:
    call.menu = None
    turn.record(MenuLeft(turn.now, call.id, menu.id, key, target.kind, target.id))
    go(turn, call, target, message)


def _menu_of(call: Call) -> Menu:
    if call.menu is None:
        raise BrokenRuleError(f"call {call.id} is in a menu that it does not have")
    return call.menu


def _holds(branch: Branch, at: float, kind: str, language: str) -> bool:
    if branch.hours is not None and branch.hours.is_open(at) != branch.when_open:
        return False
    return (not branch.kinds or kind in branch.kinds) and (not branch.languages or language in branch.languages)
