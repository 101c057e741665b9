"""The doors: sign in by password or code, register, new password, sign out."""

import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from palace.accounts import codes, second_factor, sessions
from palace.accounts.forms import (
    CodeForm,
    ConnectForm,
    NewPasswordForm,
    PhoneForm,
    RegisterForm,
    SecondFactorForm,
    SignInForm,
)
from palace.accounts.models import CodePurpose, DemoCode
from palace.accounts.services import access
from palace.accounts.services.members import register as register_member
from palace.accounts.targets import asked_target, landing, safe_target
from palace.core.actor import address_of

from .answers import attempt, page

FLOW = "door"  # {"purpose", "phone", "next", "entry"} of the code that is under way
PROVEN = "proven"  # {"phone", "next", "until"} once it was right
PROVEN_SECONDS = 15 * 60


def with_next(name: str, target: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': target})}" if target else reverse(name)


def welcome(request, user, target: str):
    sessions.begin(request, user)
    return redirect(target or landing(user))


@never_cache
@sensitive_post_parameters("password")
def sign_in(request):
    target = asked_target(request)
    if request.user.is_authenticated:
        return redirect(target or landing(request.user))
    form, found = SignInForm(request.POST or None), []
    if attempt(form, lambda data: found.append(access.check_password(request, **data))):
        return welcome(request, found[0], target)
    return page(request, "accounts/sign_in.html", form, next=target)


@require_POST
def sign_out(request):
    sessions.end(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign_in")


@never_cache
def sign_in_code(request):
    return ask_phone(request, "sign_in", "accounts/sign_in_code.html")


@never_cache
def register(request):
    return ask_phone(request, "register", "accounts/register.html")


@never_cache
def reset_password(request):
    return ask_phone(request, "reset", "accounts/reset_password.html")


def ask_phone(request, entry: str, template: str):
    """The first step of each door: a number, to which a code is sent whether or not it has an account."""
    target = asked_target(request)
    if request.user.is_authenticated:
        return redirect(target or landing(request.user))
    form = PhoneForm(request.POST or None)
    if attempt(form, lambda data: send(request, entry, data["phone"])):
        request.session[FLOW] = {"entry": entry, "phone": form.cleaned_data["phone"], "next": target}
        return redirect("sign_in_enter")
    return page(request, template, form, next=target)


def send(request, entry: str, phone: str) -> None:
    """Somebody with a slip of the desk has his code already."""
    if "slip" in request.POST and entry == "reset":
        return
    codes.send_code(phone=phone, purpose=purpose_of(entry), address=address_of(request))


def purpose_of(entry: str) -> str:
    return CodePurpose.RESET if entry == "reset" else CodePurpose.ENTER


@never_cache
def sign_in_enter(request):
    """The second step: the code. Right, it leads on: in, to a new password, or to the rest of the registration."""
    flow = request.session.get(FLOW)
    if not flow:
        return redirect("sign_in_code")
    if "again" in request.POST:
        return send_again(request, flow)
    form = CodeForm(request.POST or None)
    fields = {"phone": flow["phone"], "purpose": purpose_of(flow["entry"])}
    if attempt(form, lambda data: codes.use_code(**fields, digits=data["code"])):
        return proven(request, flow)
    return page(request, "accounts/enter_code.html", form, flow=flow)


def send_again(request, flow):
    form = PhoneForm({"phone": flow["phone"]})
    if attempt(
        form,
        lambda data: codes.send_code(
            phone=data["phone"], purpose=purpose_of(flow["entry"]), address=address_of(request)
        ),
    ):
        messages.success(request, _("A new code is on its way."))
        return redirect("sign_in_enter")
    return page(request, "accounts/enter_code.html", form_with(form.errors), flow=flow)


def form_with(errors) -> CodeForm:
    """An empty code form that says what a resend was refused for."""
    form = CodeForm({})
    form.errors.clear()
    for texts in errors.values():
        form.add_error(None, list(texts))
    return form


def proven(request, flow):
    request.session.pop(FLOW)
    user = access.user_of_phone(flow["phone"])
    if user and flow["entry"] != "reset":
        return enter_by_code(request, user, flow)
    request.session.cycle_key()
    request.session[PROVEN] = {"phone": flow["phone"], "next": flow["next"], "until": int(time.time()) + PROVEN_SECONDS}
    return redirect("reset_password_new" if user else "register_details")


def enter_by_code(request, user, flow):
    if second_factor.required(user):
        messages.warning(
            request, _("This account works for a house. Sign in with your password, then the code of your app.")
        )
        return redirect(with_next("sign_in", flow["next"]))
    if flow["entry"] == "register":
        messages.info(request, _("This number has an account already; you are signed in."))
    return welcome(request, user, flow["next"])


def proof(request) -> dict | None:
    """The number that this visitor has just proven, for a quarter of an hour."""
    found = request.session.get(PROVEN)
    return found if found and found["until"] > time.time() else None


@never_cache
@sensitive_post_parameters("password")
def register_details(request):
    """The third step: who you are."""
    held = proof(request)
    if held is None:
        return redirect("register")
    form, made = RegisterForm(request.POST or None), []
    if attempt(form, lambda data: made.append(create_account(request, form, held, data))):
        return welcome_new(request, made[0], safe_target(request, held["next"]))
    return page(request, "accounts/register_details.html", form, phone=held["phone"])


def create_account(request, form, held, data):
    if data["password"]:
        access.refuse_weak_password(data["password"])
    return register_member(
        phone=held["phone"], password=data["password"] or None, palace=request.palace or None, **form.person()
    )


def welcome_new(request, user, target):
    sessions.begin(request, user)
    if user.member.is_verified:
        messages.success(request, _("Welcome. The roster of your union knows you: you are verified."))
    else:
        messages.info(
            request,
            _("Welcome. The desk compares your data with your union and tells you; you can look around meanwhile."),
        )
    return redirect(target or "me")


@never_cache
@sensitive_post_parameters("password")
def reset_password_new(request):
    held = proof(request)
    user = access.user_of_phone(held["phone"]) if held else None
    if held is None or user is None:
        return redirect("reset_password")
    form = NewPasswordForm(request.POST or None)
    if attempt(form, lambda data: access.set_password(user=user, password=data["password"])):
        messages.success(request, _("Your new password works. All other devices are signed out."))
        return welcome(request, user, safe_target(request, held["next"]))
    return page(request, "accounts/reset_password_new.html", form, phone=held["phone"])


@never_cache
def second_factor_page(request):
    target = asked_target(request)
    if not second_factor.missing(request):
        return redirect(target or landing(request.user))
    if not second_factor.has_device(request.user):
        return redirect(with_next("second_factor_setup", target))
    form = SecondFactorForm(request.POST or None)
    if attempt(form, lambda data: second_factor.pass_factor(user=request.user, code=data["code"])):
        sessions.pass_second_factor(request)
        return redirect(target or landing(request.user))
    return page(request, "accounts/second_factor.html", form, next=target)


SECRET = "second_factor_secret"


@never_cache
def second_factor_setup(request):
    """Connect an app: only while none is connected, so that a found session cannot put its own in its place."""
    target, user = asked_target(request), request.user
    if not second_factor.required(user) or second_factor.has_device(user):
        return redirect(with_next("second_factor", target))
    secret = request.session.setdefault(SECRET, second_factor.new_secret())
    form, recovery = ConnectForm(request.POST or None), []
    if attempt(form, lambda data: recovery.extend(second_factor.set_up(user=user, secret=secret, code=data["code"]))):
        request.session.pop(SECRET)
        sessions.pass_second_factor(request)
        return render(request, "accounts/recovery_codes.html", {"codes": recovery, "next": target or landing(user)})
    context = {"next": target, "secret": secret, "address": second_factor.address_of(user, secret)}
    return page(request, "accounts/second_factor_setup.html", form, **context)


@require_GET
def consent(request):
    return render(request, "accounts/consent.html")


@require_GET
@never_cache
def demo_codes(request):
    """The demonstration's text messages. Anywhere else there is no such page."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo_codes.html", {"codes": DemoCode.objects.order_by("-pk")[: codes.DEMO_KEPT]})
