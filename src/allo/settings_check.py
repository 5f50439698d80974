"""What `allo doctor` says of an installation's settings: their names, its addresses, what browsers need.

Each check returns sentences and changes nothing. Values that cannot be are refused before, by `installation` itself.
"""

import difflib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic_settings import DotEnvSettingsSource

from allo.installation import CHECKOUT, Installation

Level = Literal["good", "hint", "trouble"]

PREFIX = "ALLO_"
OTHER_NAMES = frozenset({"ALLO_CONTROL_URL", "ALLO_COMPILER"})
"""Read by one part alone, not by the installation."""
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing."""

    level: Level
    sentence: str


def check_names(_here: Installation) -> Iterator[Finding]:
    """Is every setting one that there is? A misspelt one would silently change nothing."""
    known = {PREFIX + name.upper() for name in Installation.model_fields} | OTHER_NAMES
    in_file = {name.upper() for name in DotEnvSettingsSource(Installation).env_vars}
    given = {name for name in os.environ if name.startswith(PREFIX)} | in_file
    for name in sorted(given - known):
        where = CHECKOUT / "allo.env" if name in in_file else "the environment"
        near = difflib.get_close_matches(name if name.startswith(PREFIX) else PREFIX + name, known, 1)
        meant = f" Is {near[0]} meant?" if near else ""
        yield Finding("trouble", f"{name} in {where} is no setting of Allo and changes nothing.{meant}")


def check_addresses(here: Installation) -> Iterator[Finding]:
    """Do the configured addresses belong to this machine?"""
    for setting, address in (("ALLO_WEB_ADDRESS", here.web_address), ("ALLO_SIP_ADDRESS", here.sip_address)):
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((str(address), 0))
            except OSError:
                yield Finding("trouble", f"{address} is not an address of this machine: change {setting}.")
    if here.web_address.is_unspecified and not here.public_origin:
        yield Finding(
            "trouble",
            f"The pages are open to other machines (ALLO_WEB_ADDRESS={here.web_address}), but browsers there are "
            "refused, because nothing says by which name they come, and they would give no microphone without https. "
            "Put a reverse proxy with a certificate in front (deploy/README.md): ALLO_PUBLIC_ORIGIN=https://your.name",
        )
    if not here.sip_address.is_loopback:
        yield Finding(
            "hint", f"SIP is open at {here.sip_address}: strangers are refused there, but a firewall keeps them out."
        )


def check_microphone(here: Installation) -> Iterator[Finding]:
    """Will browsers give the pages a microphone?"""
    origin = urlsplit(here.origin)
    if origin.scheme == "https" or origin.hostname in LOOPBACK_HOSTS:
        yield Finding(
            "good",
            f"Browsers will ask for the microphone at {here.origin}; answer “Allow”. Who answered “Block” "
            "changes it by the sign left of the page's address.",
        )
        return
    yield Finding(
        "trouble",
        f"Browsers give no microphone to {here.origin}: agents need https there, or localhost. Put a reverse proxy "
        "with a certificate in front and set ALLO_PUBLIC_ORIGIN=https://your.name",
    )
