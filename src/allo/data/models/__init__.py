"""All models, one noun per module. Import them from here."""

from allo.data.models.agent_interval import AgentInterval, AgentState
from allo.data.models.alert import Alert
from allo.data.models.audit import AuditEntry
from allo.data.models.break_reason import BreakReason
from allo.data.models.call import CallOutcome, CallRecord, CallResult, CallSource, WrapUpDraft
from allo.data.models.config_revision import ConfigRevision
from allo.data.models.customer import Customer, CustomerNote
from allo.data.models.disposition import Disposition
from allo.data.models.fact import Fact, FactIsImmutableError
from allo.data.models.greeting import Greeting, GreetingKind, GreetingSource
from allo.data.models.leader_note import LeaderNote
from allo.data.models.number import Number
from allo.data.models.queue import Membership, Queue, QueueGreeting, Strategy
from allo.data.models.recording import Recording, RecordingState
from allo.data.models.trunk import Trunk, TrunkKind
from allo.data.models.user import Language, Role, Theme, User

__all__ = [
    "AgentInterval",
    "AgentState",
    "Alert",
    "AuditEntry",
    "BreakReason",
    "CallOutcome",
    "CallRecord",
    "CallResult",
    "CallSource",
    "ConfigRevision",
    "Customer",
    "CustomerNote",
    "Disposition",
    "Fact",
    "FactIsImmutableError",
    "Greeting",
    "GreetingKind",
    "GreetingSource",
    "Language",
    "LeaderNote",
    "Membership",
    "Number",
    "Queue",
    "QueueGreeting",
    "Recording",
    "RecordingState",
    "Role",
    "Strategy",
    "Theme",
    "Trunk",
    "TrunkKind",
    "User",
    "WrapUpDraft",
]
