"""Published menus and voicemail boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from allo.core.callers_way import Menu, Voicemail
from allo.core.hours import Hours
from allo.core.model import Queue
from allo.core.problem import Problem
from allo.core.problem import gettext_noop as _
from allo.data import models
from allo.data.load_config.skills import known_skills
from allo.data.menu_body import NO_KEY_PROMPT, as_menus, body_of


def load_menus(prompts: Mapping[str, str], hours: Mapping[int, Hours], remarks: list[str]) -> dict[str, Menu]:
    """The versions in force, node by node. One whose question cannot be heard asks for a key all the same."""
    menus: dict[str, Menu] = {}
    skills = known_skills()
    for menu in models.Menu.objects.active().filter(published__isnull=False).select_related("published"):
        version = menu.published
        if version is None:
            continue
        try:
            nodes = as_menus(menu.pk, body_of(version.body), prompts, hours, skills)
        except (msgspec.ValidationError, ValueError) as error:
            remarks.append(Problem(_("menu %(menu)s cannot be read: %(error)s"), menu=menu.pk, error=error))
            continue
        for id_, node in nodes.items():
            if not node.prompt:
                remarks.append(f"the question of menu {id_} has no sound")
            menus[id_] = node if node.prompt else replace(node, prompt=NO_KEY_PROMPT)
    return menus


def load_voicemails(
    queues: Mapping[str, Queue], prompts: Mapping[str, str], remarks: list[str]
) -> dict[str, Voicemail]:
    """Boxes; a message goes nowhere when its queue is deleted, and can still be heard."""
    boxes = {}
    for box in models.VoicemailBox.objects.active():
        id_, prompt = str(box.pk), str(box.prompt_id)
        if prompt not in prompts:
            remarks.append(f"voicemail {id_} has lost its prompt {prompt}")
        boxes[id_] = Voicemail(
            id=id_,
            prompt=prompt if prompt in prompts else "system:closed",
            queue_id=str(box.queue_id) if str(box.queue_id) in queues else "",
            limit_s=float(box.limit_s),
            shortest_s=float(box.shortest_s),
        )
    return boxes
