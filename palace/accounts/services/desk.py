"""What the desk does for people: registers who has no phone, changes numbers, hands out codes, keeps hardship files."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palace.accounts.codes import desk_code
from palace.accounts.models import CodePurpose, HardshipFile, Member, MemberState, StaffAct, User
from palace.accounts.phones import normalise
from palace.accounts.sessions import end_sessions
from palace.accounts.words import pinyin_of
from palace.core.outbox import put

from .members import (
    locked,
    make_known,
    new_member,
    new_user,
    refuse_own_work,
    refuse_taken_card,
    refuse_unclear,
    refuse_without_reason,
)
from .roster import settle


@transaction.atomic
def register_at_desk(
    *, by: User, palace, name: str, card_seen: bool = False, card_number: str = "", employer: str = "", **fields
) -> Member:
    """A member without an account, such as somebody without a phone. ``card_seen`` verifies where no roster does.

    ``fields``: contact_phone, category, home_union, guardian. Raises ``card_taken``, ``card_unread`` or ``member_unclear``.
    """
    refuse_unclear(card_number, employer)
    refuse_unread_card(card_seen, card_number)
    refuse_taken_card(card_number, name=name)
    member = new_member(name=name, card_number=card_number, employer=employer, registered_palace=palace, **fields)
    if not settle(member) and card_seen:
        verify_by_sight(member, by)
    make_known(member=member, palace=palace)
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.REGISTERED)
    return member


def refuse_unread_card(card_seen: bool, card_number: str) -> None:
    """A card that was seen has a number: without it the same person could be verified again and again."""
    if card_seen and not card_number:
        text = _("Type the number of the card that you have seen.")
        raise ValidationError({"card_number": ValidationError(text, code="card_unread")})


def verify_by_sight(member: Member, by: User) -> None:
    member.state, member.verified_at, member.verified_by = MemberState.VERIFIED, timezone.now(), by
    member.save(update_fields=["state", "verified_at", "verified_by"])


@transaction.atomic
def edit_at_desk(
    *, member: Member, by: User, palace, name: str, card_number: str = "", employer: str = "", **fields
) -> Member:
    """Correct a member's data with his card at hand; his verification stays. Raises ``own_work``, ``card_taken``, ``member_unclear``."""
    member = locked(member)
    refuse_own_work(member, by)
    refuse_unclear(card_number, employer)
    refuse_taken_card(card_number, name=name, but=member)
    member.name, member.pinyin, member.card_number, member.employer = (
        name,
        pinyin_of(name),
        card_number or None,
        employer,
    )
    for field in ("contact_phone", "category", "home_union"):
        setattr(member, field, fields.get(field, getattr(member, field)))
    member.save()
    User.objects.filter(pk=member.user_id or 0).update(name=name)
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.EDITED)
    return member


@transaction.atomic
def change_phone_at_desk(*, member: Member, by: User, palace, phone: str, reason: str) -> Member:
    """A new number for an account, or the first one for a member who had none; his sessions end.

    Raises ``reason_missing``, ``own_work``, ``staff_account``, ``phone_invalid`` or ``phone_taken``.
    """
    refuse_without_reason(reason)
    member = locked(member)
    refuse_foreign_access(member, by)
    phone = normalise(phone)
    if member.user is None:
        member.user = new_user(phone=phone, name=member.name)
        member.save(update_fields=["user"])
    else:
        set_phone(member.user, phone)
    end_sessions(user=member.user)
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.PHONE, reason=reason)
    return member


def access_refusal(member: Member, by: User) -> str:
    """Why ``by`` may not change the access of ``member``; nothing where he may."""
    try:
        refuse_foreign_access(member, by)
    except ValidationError as error:
        return error.messages[0]
    return ""


def refuse_foreign_access(member: Member, by: User) -> None:
    """The desk changes nobody's access who works for a house, and not its own."""
    refuse_own_work(member, by)
    if member.user and member.user.needs_second_factor:
        raise ValidationError(
            _("This account works for a house: its administrator changes the access."), code="staff_account"
        )


def set_phone(user: User, phone: str) -> None:
    """The old number is told: whoever took it over by a phone left lying about does not get away quietly."""
    old = user.phone
    user.phone, user.phone_verified = phone, True
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_verified"])
    except IntegrityError as error:
        raise ValidationError(_("This number has another account already."), code="phone_taken") from error
    if old and old != phone:
        put("phone_changed", {"user": user.pk, "phone": old})


@transaction.atomic
def reset_password_at_desk(*, member: Member, by: User, palace, reason: str) -> str:
    """Take the old password away, end all sessions, and give a code for a new password that works for a day.

    Raises ``reason_missing``, ``own_work``, ``staff_account`` or ``no_account``.
    """
    refuse_without_reason(reason)
    member = locked(member)
    refuse_foreign_access(member, by)
    if member.user is None or not member.user.phone:
        raise ValidationError(_("This member has no account. Give him a number first."), code="no_account")
    member.user.set_unusable_password()
    member.user.save(update_fields=["password"])
    end_sessions(user=member.user)
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.PASSWORD, reason=reason)
    return desk_code(phone=member.user.phone, purpose=CodePurpose.RESET)


@transaction.atomic
def put_hardship_file(
    *, member: Member, by: User, palace, first_day: date, last_day: date, reason: str
) -> HardshipFile:
    """A hardship file is in force from ``first_day`` to ``last_day``. Raises ``own_work``, ``reason_missing`` or the order of days."""
    refuse_without_reason(reason)
    refuse_own_work(member, by)
    file = HardshipFile(member=member, first_day=first_day, last_day=last_day)
    file.full_clean()
    file.save()
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.HARDSHIP, reason=reason)
    return file


@transaction.atomic
def end_hardship_file(*, file: HardshipFile, by: User, palace, reason: str) -> None:
    """The file ends yesterday; one that has not begun is taken away."""
    refuse_without_reason(reason)
    refuse_own_work(file.member, by)
    yesterday = timezone.localdate() - timedelta(days=1)
    if file.first_day > yesterday:
        file.delete()
    else:
        file.last_day = min(file.last_day, yesterday)
        file.save(update_fields=["last_day"])
    StaffAct.objects.create(member=file.member, palace=palace, by=by, what=StaffAct.What.HARDSHIP, reason=reason)
