"""Lines of telephone operators, as telephony needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from allo.data import models
from allo.data.phone_numbers import DialledAs


@dataclass(frozen=True, slots=True)
class TrunkLine:
    """One active line of a telephone operator."""

    id: str
    kind: str
    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    networks: tuple[str, ...] = ()
    is_outgoing: bool = False
    """Whether outside numbers are dialled by it."""
    shown_number: str = ""
    """What those see whom we call; "": what the operator sends by itself."""
    dialled_as: DialledAs = DialledAs.E164


def load_trunks() -> tuple[TrunkLine, ...]:
    """Active lines."""
    return tuple(_trunk(trunk) for trunk in models.Trunk.objects.active())


def _trunk(trunk: models.Trunk) -> TrunkLine:
    is_registered = trunk.kind == models.TrunkKind.REGISTRATION
    return TrunkLine(
        id=str(trunk.pk),
        kind=trunk.kind,
        host=trunk.host,
        port=trunk.port,
        username=trunk.username if is_registered else "",
        secret=trunk.secret if is_registered else "",
        is_outgoing=trunk.is_outgoing,
        shown_number=trunk.shown_number,
        dialled_as=DialledAs(trunk.dialled_as),
        networks=() if is_registered else tuple(trunk.allowed_networks),
    )
