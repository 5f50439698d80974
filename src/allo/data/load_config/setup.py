"""The set-up tables as one frozen value: what the engine routes by, and what telephony needs beside it.

Decides what of the tables is in force (only active rows) and what is left out with a sentence. Ids of the core are
primary keys as strings: agents, queues, greetings, break reasons (`TakeBreak.reason`), dispositions
(`FinishWrapUp.disposition`). A dialled number stands in `Config.numbers` under its pattern.
Read it in one transaction, so that a half-made change is never seen.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from allo import installation
from allo.core.model import Config
from allo.data import models
from allo.data.forecasts import load_forecasts
from allo.data.load_config.agents import load_agents
from allo.data.load_config.breaks import load_break_rules, needs_forecasts
from allo.data.load_config.holds import load_hold_reasons
from allo.data.load_config.hours import load_calendars
from allo.data.load_config.menus import load_menus, load_voicemails
from allo.data.load_config.numbers import load_numbers
from allo.data.load_config.prompts import load_prompts
from allo.data.load_config.protection import load_blocks, load_dialling, load_flood_rule
from allo.data.load_config.queue_rules import with_rules
from allo.data.load_config.queues import load_queues
from allo.data.load_config.soundness import without_lost
from allo.data.load_config.trunks import TrunkLine, load_trunks
from allo.data.models.home_country import home_country


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything control takes from the tables."""

    config: Config = field(default_factory=Config)
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prompt id → media to play, `sound:allo/<file without its ending>`."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Number pattern → language of its callers."""
    trunks: tuple[TrunkLine, ...] = ()
    music: tuple[str, ...] = ()
    """Files of music, in the folder of its class below `sounds/music`."""
    remarks: tuple[str, ...] = ()
    """Sentences about what was left out, for the log."""


def current_revision() -> int:
    """The revision in force, without reading the rest."""
    return models.ConfigRevision.current()


def load_setup(*, with_forecasts: bool = True) -> Setup:
    """Read the tables; without forecasts it is quicker, for who asks only whether they are sound."""
    remarks: list[str] = []
    with transaction.atomic():
        # First: PostgreSQL shows each query what is committed by then, so that a change in between must leave an
        # older revision, which the next look at the revision finds to have grown.
        revision = current_revision()
        prompts = load_prompts(remarks)
        hours = load_calendars(remarks)
        queues = with_rules(load_queues(prompts), prompts, hours, remarks)
        here, home = installation.current(), home_country()
        break_rules = load_break_rules()
        looks_ahead = with_forecasts and needs_forecasts(break_rules)
        config = Config(
            revision=revision,
            queues=queues,
            agents=load_agents(queues),
            numbers=load_numbers(queues, prompts, remarks),
            break_reasons=_ids(models.BreakReason.objects.active()),
            break_rules=break_rules,
            menus=load_menus(prompts, hours, remarks),
            voicemails=load_voicemails(queues, prompts, remarks),
            secret=here.secrets().codes_secret,
            zone=here.zone.key,
            country=home,
            forecasts=load_forecasts(queues, here.zone.key, time.time()) if looks_ahead else {},
            hold_reasons=load_hold_reasons(prompts),
            blocks=load_blocks(home),
            flood=load_flood_rule(prompts),
            dialling=load_dialling(home),
            dispositions=_ids(models.Disposition.objects.active()),
            spoken_in={
                str(pk): language for pk, language in models.Greeting.objects.active().values_list("pk", "language")
            },
        )
        languages = {number.pattern: number.language for number in models.Number.objects.active()}
        trunks = load_trunks()
        music = tuple(models.Music.objects.active().exclude(audio_file="").values_list("audio_file", flat=True))
        config = without_lost(config, remarks)
    return Setup(config, prompts, languages, trunks, music, (*remarks, *config.problems()))


def _ids(rows: object) -> tuple[str, ...]:
    return tuple(str(row.pk) for row in rows)  # type: ignore[attr-defined]
