"""Team leaders beside a conversation, and words that only an agent hears.

Both are Asterisk's snoop channels at the agent's leg. A leader who listens is in a bridge of their own with one that
spies both ways; for whispering it also speaks towards the agent. What a snoop does is fixed when it is made: a change
of mode, or of the agent's leg, makes another. Neither reaches the caller's channel, where the recording is made.

A snoop comes into our application like any channel, and only then can be used; it ends with the leg that it is at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from allo.ari import names
from allo.ari.call_media import Send, look
from allo.ari.client import APPLICATION, Answer, path_of
from allo.ari.messages import Message
from allo.core.effects import SuperviseLeg

_BUSY = frozenset({409, 422})
_MOST_TRIES = 20
"""Each takes a millisecond or two."""


@dataclass(slots=True)
class _Beside:
    """A leader beside a conversation."""

    effect: SuperviseLeg
    snoop: str
    is_leader_in: bool = False


class Supervision:
    """All leaders who listen or whisper, and all words whispered to agents."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._beside: dict[str, _Beside] = {}
        self._seated: dict[str, str] = {}
        """Call → the leader's leg that has been in its bridge since before the link broke."""
        self._words: dict[str, str] = {}
        """Snoop → media that it is to say."""

    def supervise(self, effect: SuperviseLeg) -> None:
        """Let the leader hear the call; asking for what is so already changes nothing."""
        before = self._beside.get(effect.call_id)
        if before is not None and before.effect == effect:
            return
        is_leader_in = self._seated.pop(effect.call_id, "") == effect.leg_id
        if before is not None and before.effect.leg_id == effect.leg_id:
            self._end_channel(before.snoop)
        else:
            self.stop(effect.call_id)
            path = path_of("bridges", names.lead_bridge(effect.call_id))
            self._send("POST", path, {"type": "mixing"}, on_answer=look)
        if before is not None and before.effect.leg_id == effect.leg_id:
            is_leader_in = before.is_leader_in
        snoop = names.new_snoop(effect.call_id)
        self._beside[effect.call_id] = _Beside(effect, snoop, is_leader_in)
        self._snoop(effect.beside, snoop, "both", "out" if effect.is_heard else "none")

    def whisper(self, call_id: str, leg_id: str, media: str) -> None:
        """Say this to the agent alone."""
        snoop = names.new_snoop(call_id)
        self._words[snoop] = media
        self._snoop(leg_id, snoop, "none", "out")

    def stops_for(self, call_id: str, together: list[str]) -> None:
        """Those are together now: a leader among them is not beside the conversation any more.

        The leader is taken out first: a channel that loses its bridge cannot be put into another at the same moment.
        """
        beside, leader = self._beside.get(call_id), self._leader_of(call_id)
        if leader in together:
            if beside is None or beside.is_leader_in:
                path = path_of("bridges", names.lead_bridge(call_id), "removeChannel")
                self._send("POST", path, {"channel": leader}, on_answer=look)
            self.stop(call_id)

    def left(self, leg_id: str) -> None:
        """A leg ends, or has ended; when it is a leader's, nobody is beside the conversation."""
        call_id = names.call_of_leg(leg_id) or leg_id
        leader = self._leader_of(call_id)
        if leader and leg_id in (leader, call_id):
            self.stop(call_id)

    def stop(self, call_id: str) -> None:
        """Nobody is beside this conversation."""
        beside, seated = self._beside.pop(call_id, None), self._seated.pop(call_id, "")
        if beside is not None:
            self._end_channel(beside.snoop)
        if beside is not None or seated:
            self._send("DELETE", path_of("bridges", names.lead_bridge(call_id)), on_answer=look)

    def _leader_of(self, call_id: str) -> str:
        """The leg of the leader beside a conversation, or in their bridge while its agent is lost; "" for none."""
        beside = self._beside.get(call_id)
        return beside.effect.leg_id if beside is not None else self._seated.get(call_id, "")

    def seated(self, call_id: str, leg_id: str) -> None:
        """This leader is in the bridge of their own already."""
        self._seated[call_id] = leg_id

    def forget(self) -> None:
        """The link broke; what is left over is removed when it is back (`recover`)."""
        self._beside.clear()
        self._seated.clear()
        self._words.clear()

    def take(self, message: Message) -> bool:
        """Whether a message is about a snoop; then it is dealt with."""
        if message.playback is not None:
            snoop, _, _ = message.playback.id.partition("~")
            if names.call_of_snoop(snoop) is None:
                return False
            if message.type == "PlaybackFinished":
                self._end_channel(snoop)
            return True
        if message.channel is None or (call_id := names.call_of_snoop(message.channel.id)) is None:
            return False
        if message.type == "StasisStart":
            self._started(call_id, message.channel.id)
        elif message.type in ("StasisEnd", "ChannelDestroyed"):
            self._ended(call_id, message.channel.id)
        return True

    def _started(self, call_id: str, snoop: str) -> None:
        beside = self._beside.get(call_id)
        words = self._words.pop(snoop, None)
        if words is not None:
            path = path_of("channels", snoop, "play", f"{snoop}~words")
            self._send("POST", path, {"media": words}, on_answer=partial(self._said, snoop))
        elif beside is not None and beside.snoop == snoop:
            self._join(call_id, beside, snoop)
        else:
            self._end_channel(snoop)

    def _join(self, call_id: str, beside: _Beside, snoop: str, tries: int = 1) -> None:
        joining = [snoop] if beside.is_leader_in else [snoop, beside.effect.leg_id]
        path = path_of("bridges", names.lead_bridge(call_id), "addChannel")
        joined = partial(self._joined, call_id, beside, snoop, tries)
        self._send("POST", path, {"channel": ",".join(joining)}, on_answer=joined)

    def _joined(self, call_id: str, beside: _Beside, snoop: str, tries: int, answer: Answer) -> None:
        is_present = self._beside.get(call_id) is beside and beside.snoop == snoop
        if answer.ok:
            beside.is_leader_in = True
        elif is_present and answer.status in _BUSY and tries < _MOST_TRIES:
            self._join(call_id, beside, snoop, tries + 1)  # the leader's leg is on its way out of another bridge
        else:
            look(answer)

    def _ended(self, call_id: str, snoop: str) -> None:
        self._words.pop(snoop, None)
        beside = self._beside.get(call_id)
        if beside is not None and beside.snoop == snoop:
            # The agent's leg has gone. The leader stays where they are and hears nothing until there is another.
            beside.effect = SuperviseLeg(call_id, beside.effect.leg_id, "", is_heard=False)

    def _snoop(self, leg_id: str, snoop: str, spy: str, whisper: str) -> None:
        options = {"spy": spy, "whisper": whisper, "app": APPLICATION, "appArgs": names.SNOOP}
        answered = partial(self._snooped, snoop)
        self._send("POST", path_of("channels", leg_id, "snoop", snoop), options, on_answer=answered)

    def _snooped(self, snoop: str, answer: Answer) -> None:
        look(answer)
        if not answer.ok:
            self._ended(names.call_of_snoop(snoop) or "", snoop)

    def _said(self, snoop: str, answer: Answer) -> None:
        look(answer)
        if not answer.ok:
            self._end_channel(snoop)

    def _end_channel(self, channel_id: str) -> None:
        self._send("DELETE", path_of("channels", channel_id), on_answer=look)
