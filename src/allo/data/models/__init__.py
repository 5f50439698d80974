"""All models, one noun per module. Import them from here."""

from allo.data.models.admission import QueueAdmission
from allo.data.models.agent_interval import AgentInterval, AgentState
from allo.data.models.alert import Alert
from allo.data.models.alert_limits import AlertLimits, QueueAlertLimits
from allo.data.models.announcing import QueueAnnouncing
from allo.data.models.answer_promise import AnswerPromise
from allo.data.models.audit import AuditEntry
from allo.data.models.block import BlockedNumber, FloodProtection
from allo.data.models.break_reason import BreakReason, BreakReasonKind
from allo.data.models.calendar import Calendar
from allo.data.models.call import CallOutcome, CallRecord, CallResult, CallSource, WrapUpDraft
from allo.data.models.call_part import CallPart, PartEnd
from allo.data.models.callback_rule import CallbackRule
from allo.data.models.compensation import CompensationCode
from allo.data.models.config_revision import ConfigRevision
from allo.data.models.customer import Customer, CustomerNote
from allo.data.models.customer_kind import CustomerKind
from allo.data.models.dialling import DiallingLimits, OutsideNumber
from allo.data.models.disposition import Disposition
from allo.data.models.fact import Fact, FactIsImmutableError
from allo.data.models.greeting import Greeting, GreetingKind, GreetingSource
from allo.data.models.hold_reason import HoldReason
from allo.data.models.home_country import HomeCountry
from allo.data.models.leader_note import LeaderNote
from allo.data.models.menu import Menu, MenuVersion
from allo.data.models.message_channel import ChannelKind, ChannelSecurity, MessageChannel, MessageTemplate
from allo.data.models.music import Music
from allo.data.models.number import Number
from allo.data.models.outgoing_message import MessageState, OutgoingMessage
from allo.data.models.queue import Membership, Queue, QueueGreeting, Strategy
from allo.data.models.queue_survey import QueueSurvey
from allo.data.models.recording import Recording, RecordingState, SpokenKind
from allo.data.models.skill import AgentSkill, NumberRequirement, QueueRequirement, Skill, SkillKind
from allo.data.models.team import Team
from allo.data.models.trunk import Trunk, TrunkKind
from allo.data.models.user import Language, Role, Theme, User
from allo.data.models.voicemail_box import VoicemailBox

__all__ = [
    "AgentInterval",
    "AgentSkill",
    "AgentState",
    "Alert",
    "AlertLimits",
    "AnswerPromise",
    "AuditEntry",
    "BlockedNumber",
    "BreakReason",
    "BreakReasonKind",
    "Calendar",
    "CallOutcome",
    "CallPart",
    "CallRecord",
    "CallResult",
    "CallSource",
    "CallbackRule",
    "ChannelKind",
    "ChannelSecurity",
    "CompensationCode",
    "ConfigRevision",
    "Customer",
    "CustomerKind",
    "CustomerNote",
    "DiallingLimits",
    "Disposition",
    "Fact",
    "FactIsImmutableError",
    "FloodProtection",
    "Greeting",
    "GreetingKind",
    "GreetingSource",
    "HoldReason",
    "HomeCountry",
    "Language",
    "LeaderNote",
    "Membership",
    "Menu",
    "MenuVersion",
    "MessageChannel",
    "MessageState",
    "MessageTemplate",
    "Music",
    "Number",
    "NumberRequirement",
    "OutgoingMessage",
    "OutsideNumber",
    "PartEnd",
    "Queue",
    "QueueAdmission",
    "QueueAlertLimits",
    "QueueAnnouncing",
    "QueueGreeting",
    "QueueRequirement",
    "QueueSurvey",
    "Recording",
    "RecordingState",
    "Role",
    "Skill",
    "SkillKind",
    "SpokenKind",
    "Strategy",
    "Team",
    "Theme",
    "Trunk",
    "TrunkKind",
    "User",
    "VoicemailBox",
    "WrapUpDraft",
]
