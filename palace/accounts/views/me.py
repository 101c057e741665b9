"""One's own pages: data, number, password, devices, who looked."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from palace.accounts import codes, second_factor, sessions, vault
from palace.accounts.forms import ChangePasswordForm, CodeForm, IdentityForm, PersonFields, PhoneForm
from palace.accounts.models import CodePurpose, Member
from palace.accounts.permissions import own_member
from palace.accounts.presenters import acts_of, agent_text, reads_of
from palace.accounts.services import access
from palace.accounts.services.members import correct_data
from palace.core.actor import address_of
from palace.core.preferences import keep

from .answers import attempt, page

NEW_PHONE = "new_phone"


def member_or_404(request) -> Member:
    member = own_member(request.user)
    if member is None:
        raise Http404
    return member


@never_cache
def me(request):
    member = own_member(request.user)
    has_number = member is not None and vault.holds(member)
    return render(request, "accounts/me.html", {"member": member, "has_number": has_number})


@never_cache
def me_edit(request):
    member = member_or_404(request)
    fields = {name: getattr(member, name) for name in ("name", "card_number", "employer", "home_union")}
    form = PersonFields(request.POST or None, initial=fields)
    if attempt(form, lambda data: correct_data(member=member, by=request.user, **form.person())):
        messages.success(request, saved_text(member_or_404(request)))
        return redirect("me")
    return page(request, "accounts/me_edit.html", form, member=member)


def saved_text(member: Member) -> str:
    if member.is_verified:
        return _("Saved. You are verified.")
    return _("Saved. The desk compares the new data with your union and tells you.")


@never_cache
@sensitive_post_parameters("number")
def me_identity(request):
    member = member_or_404(request)
    form = IdentityForm(request.POST or None)
    if attempt(form, lambda data: vault.keep_number(member=member, number=data["number"])):
        messages.success(request, _("Locked away. The number is shown to nobody, not even to you."))
        return redirect("me")
    return page(request, "accounts/me_identity.html", form, has_number=vault.holds(member))


@never_cache
def me_phone(request):
    form = PhoneForm(request.POST or None)
    if attempt(form, lambda data: send_to_new(request, data["phone"])):
        request.session[NEW_PHONE] = form.cleaned_data["phone"]
        return redirect("me_phone_code")
    return page(request, "accounts/me_phone.html", form)


def send_to_new(request, phone: str) -> None:
    if phone == request.user.phone:
        raise ValidationError({"phone": _("This is your number already.")}, code="same_phone")
    codes.send_code(phone=phone, purpose=CodePurpose.CHANGE, address=address_of(request))


@never_cache
def me_phone_code(request):
    phone, key = request.session.get(NEW_PHONE), request.session.session_key
    if not phone:
        return redirect("me_phone")
    form = CodeForm(request.POST or None)
    if attempt(
        form,
        lambda data: access.change_own_phone(user=request.user, phone=phone, digits=data["code"], keep_session=key),
    ):
        request.session.pop(NEW_PHONE)
        messages.success(request, _("Saved. From now on sign in with the new number."))
        return redirect("me")
    return page(request, "accounts/me_phone_code.html", form, phone=phone)


@never_cache
@sensitive_post_parameters("old", "password")
def me_password(request):
    form = ChangePasswordForm(request.POST or None, has_password=request.user.has_usable_password())
    if attempt(form, lambda data: change_password(request, **data)):
        messages.success(request, _("Your new password works. All other devices are signed out."))
        return redirect("me")
    return page(request, "accounts/me_password.html", form)


def change_password(request, password: str, old: str | None = None) -> None:
    if old is not None:
        access.refuse_wrong_password(request.user, old)
    access.set_password(user=request.user, password=password)
    renew_session(request)


def renew_session(request) -> None:
    """The password changed, so this session goes too; the person stays, under a new key and with what he proved."""
    passed = request.session.get(second_factor.PASSED)
    sessions.begin(request, request.user)
    if passed == request.user.pk:
        sessions.pass_second_factor(request)


@never_cache
def me_sessions(request):
    if request.method == "POST":
        return end_sessions(request)
    key = request.session.session_key
    rows = [(row, agent_text(row.user_agent), row.session_key == key) for row in sessions.sessions_of(request.user)]
    tokens = [(token, agent_text(token.agent)) for token in sessions.tokens_of(request.user)]
    return render(request, "accounts/me_sessions.html", {"rows": rows, "tokens": tokens})


def end_sessions(request):
    """One (``session`` or ``token`` with its id), or ``others``: all but this one."""
    if pk := number_in(request.POST, "session"):
        sessions.end_one(user=request.user, pk=pk)
    elif pk := number_in(request.POST, "token"):
        sessions.revoke_token(user=request.user, pk=pk)
    elif "others" in request.POST:
        sessions.end_sessions(user=request.user, keep=request.session.session_key)
    messages.success(request, _("Signed out there."))
    return redirect("me_sessions")


def number_in(data, name: str) -> int | None:
    value = data.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


@never_cache
def me_reads(request):
    member = member_or_404(request)
    return render(request, "accounts/me_reads.html", {"reads": reads_of(member), "acts": acts_of(member)})


@require_POST
def me_language(request):
    """The language of messages; the pages follow it."""
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        return redirect("me")
    access.set_language(user=request.user, language=language)
    with override(language):
        messages.success(request, _("Saved. Messages come in this language."))
    response = redirect("me")
    keep(response, "language", language)
    return response
