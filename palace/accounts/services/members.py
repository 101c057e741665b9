"""Members: registration, their own corrections, the queue of the desk."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palace.accounts.models import Consent, KnownMember, Member, MemberState, RosterEntry, StaffAct, User
from palace.accounts.words import pinyin_of
from palace.core.outbox import put

from .roster import settle

CONSENT_VERSION = "2026-11"


@transaction.atomic
def register(
    *,
    phone: str,
    name: str,
    card_number: str = "",
    employer: str = "",
    home_union=None,
    password: str | None = None,
    palace=None,
) -> User:
    """An account and its member for a phone that was just proven; verified at once where a roster knows the person.

    Raises ``ValidationError`` with ``phone_taken``, ``card_taken`` or ``member_unclear`` (neither card nor employer).
    """
    refuse_unclear(card_number, employer)
    refuse_taken_card(card_number, name=name)
    user = new_user(phone=phone, name=name, password=password)
    Consent.objects.create(user=user, version=CONSENT_VERSION)
    member = new_member(
        user=user,
        name=name,
        card_number=card_number,
        employer=employer,
        home_union=home_union,
        registered_palace=palace,
    )
    settle(member, phone=phone)
    return user


def refuse_unclear(card_number: str, employer: str) -> None:
    if not card_number and not employer:
        text = _("Give your card number, or the name of your employer: one of the two is enough.")
        raise ValidationError({"card_number": ValidationError(text, code="member_unclear")})


def refuse_taken_card(card_number: str, *, name: str, but: Member | None = None) -> None:
    """Raises ``card_taken``. Who only claimed the card gives way to the person whom a roster names with it."""
    if not card_number:
        return
    others = Member.objects.filter(card_number=card_number).exclude(pk=but.pk if but else 0)
    if RosterEntry.objects.filter(card_number=card_number, name=name, member=None).exists():
        others.exclude(state=MemberState.VERIFIED).exclude(name=name).update(card_number=None)
    if others.exists():
        raise card_taken()


def card_taken() -> ValidationError:
    text = _("This card number is with another member already. Check it; if it is yours, bring your card to the desk.")
    return ValidationError({"card_number": ValidationError(text, code="card_taken")})


def new_user(*, phone: str, name: str, password: str | None = None) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(
                phone, password, name=name, phone_verified=True, language=get_language() or "zh-hans"
            )
    except IntegrityError as error:
        raise ValidationError(_("This number has an account already. Sign in with it."), code="phone_taken") from error


def new_member(**fields) -> Member:
    """Raises ``card_taken`` also where two register the same card at the same moment."""
    fields["card_number"] = fields.get("card_number") or None
    try:
        with transaction.atomic():
            return Member.objects.create(pinyin=pinyin_of(fields["name"]), **fields)
    except IntegrityError as error:
        raise card_taken() from error


@transaction.atomic
def correct_data(
    *, member: Member, by: User, name: str, card_number: str = "", employer: str = "", home_union=None
) -> Member:
    """A member corrects his own data. A new name or card, or an answer to a refusal, is verified again.

    Raises ``card_taken`` or ``member_unclear``.
    """
    member = locked(member)
    refuse_unclear(card_number, employer)
    refuse_taken_card(card_number, name=name, but=member)
    again = (member.name, member.card_number or "") != (name, card_number) or not member.is_verified
    member.name, member.pinyin, member.card_number = name, pinyin_of(name), card_number or None
    member.employer, member.home_union = employer, home_union
    member.save()
    User.objects.filter(pk=member.user_id or 0).update(name=name)
    if again:
        settle(member, phone=proven_phone(member))
    return member


def proven_phone(member: Member) -> str:
    return member.user.phone or "" if member.user and member.user.phone_verified else ""


def locked(member: Member) -> Member:
    return Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)


@transaction.atomic
def verify_member(*, member: Member, by: User, palace) -> Member:
    """The desk saw card and person. Raises ``not_pending`` or ``own_work``."""
    member = waiting(member, by)
    member.state, member.verified_at, member.verified_by = MemberState.VERIFIED, timezone.now(), by
    member.save(update_fields=["state", "verified_at", "verified_by"])
    make_known(member=member, palace=palace)
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.VERIFIED)
    put("member_verified", {"member": member.pk}, palace=palace)
    return member


@transaction.atomic
def refuse_member(*, member: Member, by: User, palace, reason: str) -> Member:
    """Not verified, with the reason that the person reads. Raises ``not_pending``, ``own_work`` or ``reason_missing``."""
    refuse_without_reason(reason)
    member = waiting(member, by)
    member.state, member.refusal = MemberState.REJECTED, reason
    member.save(update_fields=["state", "refusal"])
    StaffAct.objects.create(member=member, palace=palace, by=by, what=StaffAct.What.REFUSED, reason=reason)
    put("member_refused", {"member": member.pk}, palace=palace)
    return member


def waiting(member: Member, by: User) -> Member:
    member = locked(member)
    if member.state != MemberState.PENDING:
        raise ValidationError(_("A colleague was faster: this one is settled already."), code="not_pending")
    refuse_own_work(member, by)
    return member


def refuse_own_work(member: Member, by: User) -> None:
    if member.user_id == by.pk:
        raise ValidationError(_("This is your own record. A colleague has to do it."), code="own_work")


def refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(
            {
                "reason": ValidationError(
                    _("Write the reason in a few words; the person will read it."), code="reason_missing"
                )
            }
        )


def make_known(*, member: Member, palace) -> None:
    """From now on the palace finds this member by name."""
    KnownMember.objects.get_or_create(palace=palace, member=member)
