"""Ways in to an account: password, phone, roles."""

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from palace.accounts.codes import use_code
from palace.accounts.limits import forget_failures, refuse_after_failures
from palace.accounts.lockout import forget_wrong_passwords, locked_out, pause_here
from palace.accounts.models import CodePurpose, FactorReset, RoleAssignment, RoleState, User
from palace.accounts.phones import normalise
from palace.accounts.second_factor import disconnect
from palace.accounts.sessions import end_sessions
from palace.core.actor import address_of
from palace.core.outbox import put

from .desk import set_phone
from .lockouts import note_wrong_password
from .members import refuse_without_reason


def check_password(request, *, phone: str, password: str) -> User:
    """The account of ``phone`` and ``password``. A known and an unknown number get the same answer after the same work.

    Raises ``phone_invalid``, ``wrong``, ``locked_out`` (from this address) or ``too_many_tries`` (of this number in a day).
    """
    phone = normalise(phone)
    refuse_after_failures("password", phone)
    request.palace_says_lockout = True
    user = authenticate(request, phone=phone, password=password)
    if user:
        forget_failures("password", phone)
        return user
    shut_out = getattr(request, "axes_locked_out", False)
    pause = pause_here(request, phone) if shut_out else None
    note_wrong_password(phone=phone, place=address_of(request), pause_here=pause)
    if shut_out:
        raise locked_out(request, phone)
    raise ValidationError(_("Number or password is not right. Check both, or sign in with a code."), code="wrong")


def user_of_phone(phone: str) -> User | None:
    return User.objects.filter(phone=phone, is_active=True).first()


def refuse_weak_password(password: str, user: User | None = None) -> None:
    """Raises ``ValidationError`` under "password", every sentence of it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error


@transaction.atomic
def set_password(*, user: User, password: str, keep_session: str | None = None) -> None:
    """A new password; every other session and key ends, and wrong ones are forgotten. Raises ``ValidationError`` for a weak one."""
    refuse_weak_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    forget_wrong_passwords(user.phone or str(user.pk))
    end_sessions(user=user, keep=keep_session)


def refuse_wrong_password(user: User, password: str) -> None:
    """Raises ``wrong`` or ``too_many_tries``: a found session shall not serve to guess the password."""
    subject = user.phone or str(user.pk)
    refuse_after_failures("password", subject)
    if not user.check_password(password):
        note_wrong_password(phone=subject)
        raise ValidationError({"old": ValidationError(_("This is not your present password."), code="wrong")})
    forget_failures("password", subject)


def change_own_phone(*, user: User, phone: str, digits: str, keep_session: str | None = None) -> None:
    """Sign in with ``phone`` from now on, once its code proves it. Raises ``code_wrong``, ``code_over`` or ``phone_taken``."""
    use_code(phone=phone, purpose=CodePurpose.CHANGE, digits=digits)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        set_phone(user, phone)
        end_sessions(user=user, keep=keep_session)


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, reason: str) -> FactorReset:
    """Disconnect the app and the recovery codes; all sessions end and the owner is told. ``by`` is None for the operator.

    Raises ``own_work`` or ``reason_missing``.
    """
    refuse_without_reason(reason)
    if by and by.pk == user.pk:
        raise ValidationError(
            _("Nobody resets his own second factor. Another administrator has to do it."), code="own_work"
        )
    disconnect(user)
    end_sessions(user=user)
    reset = FactorReset.objects.create(user=user, by=by, reason=reason.strip())
    put("factor_reset", {"reset": reset.pk})
    return reset


@transaction.atomic
def request_role(
    *, user: User, role: str, by: User, reason: str, palace=None, union=None, last_day=None
) -> RoleAssignment:
    """Ask for a role for one palace or one union; it opens nothing until somebody else, who is told, approves it.

    Raises ``own_work`` (nobody raises himself), ``reason_missing``, ``role_once`` or what the constraints say.
    """
    refuse_own_role(user, by)
    refuse_without_reason(reason)
    where = {"palace": palace, "union": union, "last_day": last_day}
    assignment = RoleAssignment(user=user, role=role, requested_by=by, reason=reason.strip(), **where)
    assignment.full_clean()
    try:
        with transaction.atomic():
            assignment.save()
    except IntegrityError as error:
        text = _("This account holds this role already, or it is asked for.")
        raise ValidationError(text, code="role_once") from error
    put("role_requested", {"role": assignment.pk}, palace=palace)
    return assignment


@transaction.atomic
def approve_role(*, assignment: RoleAssignment, by: User) -> RoleAssignment:
    """The second person agrees: the role counts from now on. The account signs in again, with its second factor.

    Raises ``not_pending``, ``own_work`` or ``second_person``.
    """
    assignment = awaiting_decision(assignment, by)
    assignment.state, assignment.decided_by = RoleState.APPROVED, by
    assignment.save(update_fields=["state", "decided_by"])
    end_sessions(user=assignment.user)
    return assignment


@transaction.atomic
def refuse_role(*, assignment: RoleAssignment, by: User, reason: str) -> RoleAssignment:
    """The second person says no. Raises ``reason_missing``, ``not_pending``, ``own_work`` or ``second_person``."""
    refuse_without_reason(reason)
    assignment = awaiting_decision(assignment, by)
    assignment.state, assignment.decided_by, assignment.answer = RoleState.REFUSED, by, reason.strip()
    assignment.save(update_fields=["state", "decided_by", "answer"])
    return assignment


def awaiting_decision(assignment: RoleAssignment, by: User) -> RoleAssignment:
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user")
    found = rows.filter(pk=assignment.pk, state=RoleState.PENDING).first()
    if found is None:
        raise ValidationError(_("A colleague was faster: this one is settled already."), code="not_pending")
    refuse_own_role(found.user, by)
    if found.requested_by_id == by.pk:
        raise ValidationError(
            _("You asked for this role yourself. Another administrator or the director decides."), code="second_person"
        )
    return found


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: User) -> None:
    """Take a role back at once, or a request; one person is enough. What it opened closes with the sessions.

    Raises ``own_work``.
    """
    refuse_own_role(assignment.user, by)
    end_sessions(user=assignment.user)
    assignment.delete()


def refuse_own_role(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise ValidationError(_("Nobody changes his own roles. A second administrator has to do it."), code="own_work")


@transaction.atomic
def open_account(*, phone: str, name: str) -> User:
    """An account for somebody who will work here; he sets his password by a code. Raises ``phone_invalid`` or ``phone_taken``."""
    try:
        with transaction.atomic():
            return User.objects.create_user(phone, None, name=name)
    except IntegrityError as error:
        raise ValidationError(_("This number has another account already."), code="phone_taken") from error


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> None:
    """Let an account in, or shut it out at once. Raises ``own_work``."""
    refuse_own_role(user, by)
    User.objects.filter(pk=user.pk).update(is_active=active)
    if not active:
        end_sessions(user=user)


def set_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
