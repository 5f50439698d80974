"""Telephones and lines as control asks for them: the part of `Telephony` that says who can be rung. Decides nothing."""

from __future__ import annotations

import time

from allo.ari import endpoints, names
from allo.ari.accounts import Accounts
from allo.ari.phones import PhoneAccount, TrunkSettings


class Telephones:
    """Every method raises TelephonyAwayError when Asterisk does not answer, or does not take it."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def make_agent_endpoint(self, agent_id: str, codec: str = "ulaw") -> PhoneAccount:
        """A browser phone's account with a fresh password. Codec: ulaw, alaw or opus. Raises TelephonyAwayError."""
        return await self._accounts.make_browser_phone(names.AGENT_PREFIX + agent_id, codec, "from-agent")

    async def make_sip_agent_endpoint(self, agent_id: str, contact_uri: str, qualify_every_s: int = 0) -> None:
        """An agent whose telephone is always at `contact_uri` (`sip:5@192.168.1.20:5060`). Raises TelephonyAwayError.

        With `qualify_every_s` Asterisk asks it that often whether it is alive; else it counts as reachable. One that
        has moved is away until Asterisk has found it at its new address.
        """
        name = names.AGENT_PREFIX + agent_id
        if not await self._accounts.has_fixed_phone(name, contact_uri, qualify_every_s):
            await self.remove_agent_endpoint(agent_id)
        await self._accounts.make_fixed_phone(name, contact_uri, qualify_every_s)

    async def remove_agent_endpoint(self, agent_id: str) -> None:
        """Forget the agent's telephone; harmless when there is none. Raises TelephonyAwayError."""
        await self._accounts.remove_phone(names.AGENT_PREFIX + agent_id)

    async def idle_agent_endpoints(self) -> set[str]:
        """Agents who have a telephone here and are in no call. Raises TelephonyAwayError."""
        idle = [phone.resource for phone in await self._accounts.endpoints() if not phone.channel_ids]
        return {agent_id for name in idle if (agent_id := names.agent_of_endpoint(name)) is not None}

    async def make_web_caller_endpoint(self, codec: str = "ulaw") -> PhoneAccount:
        """An account for one visitor of the public page; it expires by itself. Raises TelephonyAwayError."""
        name = endpoints.web_caller_name(time.time())
        return await self._accounts.make_browser_phone(name, codec, "from-web", is_rung=False)

    async def make_trunk(self, trunk: TrunkSettings) -> None:
        """Add or change a line; in force at once, or once its host can be found. Raises TelephonyAwayError."""
        await self._accounts.make_line(trunk)

    async def remove_trunk(self, trunk_id: str) -> None:
        """Remove a line; harmless when there is none. Raises TelephonyAwayError."""
        await self._accounts.remove_line(trunk_id)

    async def trunk_states(self) -> dict[str, str]:
        """Trunk id → "online" | "offline" | "unknown". Raises TelephonyAwayError."""
        return await self._accounts.line_states()
