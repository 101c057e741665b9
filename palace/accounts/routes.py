"""Who comes in to the pages about people (see ``access.py``)."""

from .access import PUBLIC, SIGNED_IN, open_routes

HOUSES = ("palace_list", "palace_detail", "choose_palace")


def declare() -> None:
    open_routes(dict.fromkeys(DOORS + HOUSES, PUBLIC) | dict.fromkeys(OWN, SIGNED_IN) | DESK)


DOORS = (
    "sign_in",
    "sign_in_code",
    "sign_in_enter",
    "sign_out",
    "register",
    "register_details",
    "reset_password",
    "reset_password_new",
    "consent",
    "demo_codes",
)
OWN = (
    "second_factor",
    "second_factor_setup",
    "me",
    "me_edit",
    "me_identity",
    "me_phone",
    "me_phone_code",
    "me_password",
    "me_sessions",
    "me_reads",
    "me_language",
)
DESK = {
    "desk_verification": "accounts.verify_member",
    "desk_verify": "accounts.verify_member",
    "desk_refuse": "accounts.verify_member",
    "desk_roster": "accounts.edit_roster",
    "desk_members": "accounts.find_member",
    "desk_member": "accounts.find_member",
    "desk_member_new": "accounts.edit_member",
    "desk_member_edit": "accounts.edit_member",
    "desk_member_phone": "accounts.reset_access",
    "desk_member_password": "accounts.reset_access",
    "desk_member_hardship": "accounts.see_hardship",
}
