"""What people and their bonds are."""

from .alliance import Alliance, HouseRules, Membership
from .invitation import Invitation
from .journal import JournalEntry
from .people import Coordination, Role, User
from .places import Area, Level
from .proposal import Proposal
from .stand_in import StandIn

__all__ = [
    "Alliance",
    "Area",
    "Coordination",
    "HouseRules",
    "Invitation",
    "JournalEntry",
    "Level",
    "Membership",
    "Proposal",
    "Role",
    "StandIn",
    "User",
]
