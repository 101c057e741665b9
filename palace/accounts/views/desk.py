"""The desk's pages about people: the queue of verification, finding and mending members."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palace.accounts import search
from palace.accounts.forms import (
    DeskMemberForm,
    DeskPhoneForm,
    DeskRegisterForm,
    HardshipForm,
    ReasonForm,
    RosterFileForm,
    SearchForm,
)
from palace.accounts.models import HardshipFile, Member
from palace.accounts.permissions import edits_hardship, sees_hardship
from palace.accounts.phones import shown
from palace.accounts.services import desk, members
from palace.accounts.services.reads import log_reads
from palace.accounts.services.roster import candidates
from palace.accounts.services.roster_import import import_roster_file
from palace.core.wording import masked_number

from .answers import attempt, page

FOUND = "found_members"  # members this session found by their full number, per palace
FOUND_KEPT = 50
PER_PAGE = 20


def found_here(request) -> list[int]:
    return request.session.get(FOUND, {}).get(str(request.palace.pk), [])


def remember_found(request, found: list[Member]) -> None:
    """Whoever was found by phone or card may be opened, also where the palace does not know him yet."""
    kept = list(dict.fromkeys([*(member.pk for member in found), *found_here(request)]))[:FOUND_KEPT]
    request.session[FOUND] = request.session.get(FOUND, {}) | {str(request.palace.pk): kept}


def member_here(request, pk: int) -> Member:
    """A member whose page this palace may open; all others do not exist for it."""
    members_here = Member.objects.open_to_staff(request.palace, found_here(request))
    return get_object_or_404(members_here.select_related("user", "home_union", "guardian"), pk=pk)


@never_cache
def desk_verification(request):
    waiting = Member.objects.waiting_at(request.palace).select_related("user", "home_union")
    listed = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    log_reads(user=request.user, palace=request.palace, members=list(listed), what="verification")
    rows = candidates(list(listed))
    may_import = request.user.may("accounts.edit_roster", request.palace)
    context = {"rows": rows, "page": listed, "count": listed.paginator.count, "may_import": may_import}
    return render(request, "accounts/desk_verification.html", context)


@never_cache
def desk_roster(request):
    form, begun = RosterFileForm(request.POST or None, request.FILES or None, palace=request.palace), []
    fixed = {"by": request.user, "palace": request.palace}
    if attempt(form, lambda data: begun.append(import_roster_file(**data, **fixed))):
        return redirect("job_detail", begun[0].pk)
    return page(request, "accounts/desk_roster.html", form)


def waiting_here(request, pk: int) -> Member:
    return get_object_or_404(Member.objects.filter(registered_palace=request.palace), pk=pk)


@require_POST
def desk_verify(request, pk):
    member = waiting_here(request, pk)
    try:
        members.verify_member(member=member, by=request.user, palace=request.palace)
        messages.success(request, _("%(name)s is verified and will be told.") % {"name": member.name})
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("desk_verification")


@never_cache
def desk_refuse(request, pk):
    member = waiting_here(request, pk)
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda data: members.refuse_member(member=member, by=request.user, palace=request.palace, **data)):
        messages.success(request, _("%(name)s reads your reason and can correct the data.") % {"name": member.name})
        return redirect("desk_verification")
    return page(request, "accounts/desk_refuse.html", form, member=member)


@never_cache
def desk_members(request):
    """A search is posted: a phone number has no place in addresses and logs."""
    form, found = SearchForm(request.POST or None), []
    done = attempt(
        form, lambda data: found.extend(search.find_members(text=data["text"], palace=request.palace, by=request.user))
    )
    first = found[: search.MOST]
    if first:
        remember_found(request, first)
    rows = [(member, masked_number(phone_of(member))) for member in first]
    return page(request, "accounts/desk_members.html", form, rows=rows, searched=done, more=len(found) > search.MOST)


def phone_of(member: Member) -> str:
    return (member.user.phone if member.user else "") or member.contact_phone


@never_cache
def desk_member(request, pk):
    """The number is masked until somebody asks for it, to call: the asking is written down."""
    member = member_here(request, pk)
    asked = "number" in request.POST
    log_reads(user=request.user, palace=request.palace, members=[member], what="number" if asked else "page")
    phone = shown(phone_of(member)) if asked else masked_number(phone_of(member))
    hardship = sees_hardship(request.user, request.palace)
    context = {"member": member, "phone": phone, "asked": asked, "may_see_hardship": hardship}
    context["access_refusal"] = desk.access_refusal(member, request.user)
    return render(request, "accounts/desk_member.html", context | allowed(request))


def allowed(request) -> dict[str, bool]:
    return {
        "may_edit": request.user.may("accounts.edit_member", request.palace),
        "may_reset": request.user.may("accounts.reset_access", request.palace),
        "may_verify": request.user.may("accounts.verify_member", request.palace),
    }


@never_cache
def desk_member_new(request):
    form, made = DeskRegisterForm(request.POST or None), []
    if attempt(form, lambda data: made.append(register(request, form))):
        messages.success(request, new_text(made[0]))
        return redirect("desk_member", made[0].pk)
    return page(request, "accounts/desk_member_new.html", form)


def register(request, form) -> Member:
    seen = form.cleaned_data["card_seen"]
    return desk.register_at_desk(by=request.user, palace=request.palace, card_seen=seen, **form.person())


def new_text(member: Member) -> str:
    names = {"name": member.name}
    return (
        _("%(name)s is registered and verified.")
        if member.is_verified
        else _("%(name)s is registered and waits to be verified.")
    ) % names


@never_cache
def desk_member_edit(request, pk):
    member = member_here(request, pk)
    names = ("name", "card_number", "employer", "home_union", "contact_phone", "category")
    form = DeskMemberForm(request.POST or None, initial={name: getattr(member, name) for name in names})
    log_reads(user=request.user, palace=request.palace, members=[member], what="page")
    if attempt(
        form, lambda data: desk.edit_at_desk(member=member, by=request.user, palace=request.palace, **form.person())
    ):
        messages.success(request, _("Saved."))
        return redirect("desk_member", member.pk)
    return page(request, "accounts/desk_member_edit.html", form, member=member)


@never_cache
def desk_member_phone(request, pk):
    member = member_here(request, pk)
    form = DeskPhoneForm(request.POST or None)
    if attempt(
        form, lambda data: desk.change_phone_at_desk(member=member, by=request.user, palace=request.palace, **data)
    ):
        messages.success(request, _("The new number works. The member signs in with it and a code."))
        return redirect("desk_member", member.pk)
    return page(request, "accounts/desk_member_phone.html", form, member=member)


@never_cache
def desk_member_password(request, pk):
    """The code is shown once, on the answer to the post; coming back shows the form."""
    member = member_here(request, pk)
    form, made = ReasonForm(request.POST or None), []
    if attempt(
        form,
        lambda data: made.append(
            desk.reset_password_at_desk(member=member, by=request.user, palace=request.palace, **data)
        ),
    ):
        return render(request, "accounts/desk_slip.html", {"member": member, "code": made[0]})
    return page(request, "accounts/desk_member_password.html", form, member=member)


@never_cache
def desk_member_hardship(request, pk):
    member = member_here(request, pk)
    log_reads(user=request.user, palace=request.palace, members=[member], what="hardship")
    if request.method == "POST" and not edits_hardship(request.user, request.palace):
        raise PermissionDenied
    if "end" in request.POST:
        return end_file(request, member)
    form = HardshipForm(request.POST or None)
    if attempt(
        form, lambda data: desk.put_hardship_file(member=member, by=request.user, palace=request.palace, **data)
    ):
        messages.success(request, _("The hardship file is in force on these days."))
        return redirect("desk_member_hardship", member.pk)
    return hardship_page(request, member, form)


def end_file(request, member):
    chosen = request.POST["end"]
    files = HardshipFile.objects.filter(
        member=member, pk=chosen if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else 0
    )
    form, file = ReasonForm(request.POST), get_object_or_404(files)
    if attempt(form, lambda data: desk.end_hardship_file(file=file, by=request.user, palace=request.palace, **data)):
        messages.success(request, _("The hardship file has ended."))
        return redirect("desk_member_hardship", member.pk)
    return hardship_page(request, member, HardshipForm(None), ending=form)


def hardship_page(request, member, form, ending=None):
    files = member.hardship_files.order_by("-last_day")
    context = {"member": member, "files": files, "today": timezone.localdate(), "ending": ending or ReasonForm(None)}
    return page(
        request,
        "accounts/desk_member_hardship.html",
        form,
        may_edit=edits_hardship(request.user, request.palace),
        **context,
    )
