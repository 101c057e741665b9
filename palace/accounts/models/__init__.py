"""People: accounts, members, roles, hardship files, the vault of ID numbers, rosters and keys of the API."""

from .accounts import User
from .members import HardshipFile, KnownMember, Member, MemberCategory, MemberState, PersonalRead, StaffAct
from .roles import RoleAssignment, RoleState
from .rosters import RosterEntry
from .vault import IdentityNumber
from .ways_in import ApiToken, CodePurpose, Consent, DemoCode, FactorReset, FailedAttempt, PhoneCode

__all__ = [
    "ApiToken",
    "CodePurpose",
    "Consent",
    "DemoCode",
    "FactorReset",
    "FailedAttempt",
    "HardshipFile",
    "IdentityNumber",
    "KnownMember",
    "Member",
    "MemberCategory",
    "MemberState",
    "PersonalRead",
    "PhoneCode",
    "RoleAssignment",
    "RoleState",
    "RosterEntry",
    "StaffAct",
    "User",
]
