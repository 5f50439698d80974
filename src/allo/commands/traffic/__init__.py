"""`allo traffic`: a stream of real SIP callers into the running centre, and automatic agents who answer them.

    command    what can be asked, what is checked beforehand, what is put away at the end
    run        one run from the first call to the last, and the line that shows how it goes
    plan       who calls when, and for how long: arithmetic and chance, nothing else
    sipp       the two SIPp processes, callers and agents, and what is said to them
    crowd      what callers and agents do, by what the centre's feed tells
    sound      what they say

Everything stays on loopback. SIPp speaks SIP and sends the sound; when a caller leaves is decided here, because only
the centre knows when an agent has answered. When it ends, no call and no automatic agent is left.
"""

from allo.commands.traffic.command import traffic

__all__ = ["traffic"]
