"""Pages about leads: load what this reader may see, act, render."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.actions import key_of
from kembar.apps.audit.queries import entries_about
from kembar.apps.investment import actions, offers, queries, stages
from kembar.apps.investment.forms import (
    AskForm,
    ContactForm,
    EndForm,
    LeadForm,
    NewLeadForm,
    ResumeForm,
    StageForm,
    VerifyForm,
    WithdrawForm,
    YieldForm,
    text_of,
)
from kembar.apps.investment.homes import ask_home, home_of
from kembar.apps.investment.models import (
    Confirmation,
    Lead,
    LeadContact,
    Offer,
    Stage,
    Verification,
    Yield,
)
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.ties.models import Sector
from kembar.apps.ties.views import tie_head, tie_or_404

# The address of a link that was just made: shown on the next page, once.
MADE = "investment_link_made"


def lead_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Lead:
    """Return a lead this reader may see, and on which he holds the permission needed."""
    try:
        lead = queries.get_lead(request.user, pk)
    except Lead.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, lead.home_id):
        raise PermissionDenied
    return lead


def lead_head(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """Return what the head of every page of a lead shows."""
    rights = rights_of(request.user)
    may = {
        "write": rights.may("investment.write", lead.home_id),
        "verify": rights.may("investment.verify", lead.home_id),
        "history": rights.may("history.read", lead.home_id),
    }
    return {"lead": lead, "may": may, "today": timezone.localdate()}


# Reading -------------------------------------------------------------------------------


@allow("ties.read_all")
def leads(request: Request) -> HttpResponse:
    asked = request.GET
    filters = queries.Filters(
        text=asked.get("q", "").replace("\0", "").strip()[:100],
        shown=asked["shown"] if asked.get("shown") in queries.SHOWN else "",
        sector=asked["sector"] if asked.get("sector") in Sector.values else "",
        mine=asked.get("mine") == "1",
        order=asked["order"] if asked.get("order") in queries.ORDERS else "",
    )
    view = queries.pipeline(request.user, filters, timezone.localdate(), page_number(request))
    context = {
        "view": view,
        "page": view.page,
        "filters": filters,
        "shown_choices": queries.SHOWN.items(),
        "orders": queries.ORDERS.items(),
        "sectors": Sector.choices,
    }
    return render(request, "investment/leads.html", context)


@allow(ANYONE)
def lead(request: Request, pk: int) -> HttpResponse:
    return _lead(request, lead_or_404(request, pk), StageForm())


def _lead(request: Request, lead: Lead, form: StageForm, status: int = 200) -> HttpResponse:
    context = {
        **lead_head(request, lead),
        "view": queries.lead_page(lead, request.user, timezone.localdate()),
        "fitting": offers.offers_for(lead, request.user),
        "form": form,
        "link": _link_just_made(request, lead),
    }
    response = render(request, "investment/lead.html", context, status=status)
    if context["link"]:
        # It shows a secret, which no cache on the way should keep.
        response["Cache-Control"] = "no-store"
    return response


def _link_just_made(request: Request, lead: Lead) -> str:
    """Return the address that was made for the investor of this lead, once."""
    made: dict[str, str] = request.session.get(MADE) or {}
    link = made.pop(str(lead.pk), "")
    if link:
        request.session[MADE] = made
    return link


@allow("history.read")
def lead_history(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="history.read")
    entries = entries_about([key_of(lead)], request.user, before=key_in(request, "before"))
    context = {**lead_head(request, lead), "entries": entries}
    return render(request, "investment/lead_history.html", context)


@allow(ANYONE)
def of_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a tie: what is offered over it, and who is interested."""
    tie = tie_or_404(request, pk)
    context = {
        **tie_head(request, tie, "investment"),
        "offers": offers.offers_of_tie(tie, request.user),
        "leads": queries.leads_of_tie(tie, request.user, timezone.localdate()),
        "quiet_after": queries.quiet_days(),
        "may_write": rights_of(request.user).may("investment.write", tie.home_id),
    }
    return render(request, "investment/of_tie.html", context)


# Opening and changing ------------------------------------------------------------------


@allow("investment.write")
@once
def new_lead(request: Request) -> HttpResponse:
    tie = offer = None
    if (key := key_in(request, "offer")) is not None:
        offer = get_object_or_404(Offer.objects.visible_to(request.user), pk=key)
        if not rights_of(request.user).may("investment.write", offer.home_id):
            raise PermissionDenied
    elif (key := key_in(request, "tie")) is not None:
        tie = tie_or_404(request, key, needs="investment.write")
    mine = request.user.rights.regions("investment.write")
    home = offer.home_id if offer else tie.home_id if tie else home_of(request, mine)
    if home is None:
        return ask_home(request, mine, _("New lead"))
    lead = Lead(home_id=home, tie=tie)
    initial: dict[str, Any] = {"tie": tie.pk} if tie else {}
    if offer:
        initial = {"offer": offer.pk, "tie": offer.tie_id, "sector": offer.sector}
    form = NewLeadForm(request.POST or None, instance=lead, home=home, initial=initial)
    if request.method == "POST" and form.is_valid():
        lead = form.save(commit=False)
        try:
            actions.open_lead(
                lead, by=request.user, source=form.new_source(), company=form.new_company()
            )
        except ValidationError as error:
            form.add_error(None, _for(form, error))
        else:
            messages.success(request, _("The lead is open."), extra_tags=request.path)
            return redirect(lead)
    context = {"form": form, "tie": tie}
    status = 422 if form.errors else 200
    return render(request, "investment/new_lead.html", context, status=status)


def _for(form: forms.BaseForm, error: ValidationError) -> ValidationError:
    """Return an error with those of its fields that the form has; the rest stand above it."""
    if not hasattr(error, "error_dict"):
        return error
    if set(error.error_dict) <= {*form.fields, "__all__"}:
        return error
    return ValidationError(error.messages)


@allow("investment.write")
@once
def change_lead(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    fields = LeadForm.Meta.fields
    old = {name: getattr(lead, name) for name in fields}
    form = LeadForm(request.POST or None, instance=lead, home=lead.home_id)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_lead(
                form.save(commit=False),
                seen=form.seen(),
                fields=fields,
                old=old,
                by=request.user,
                source=form.new_source(),
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, _for(form, error))
        else:
            messages.success(request, _("The lead is changed."), extra_tags=request.path)
            return redirect(lead)
    return _form_page(request, lead, form, _("Change the lead"), status=status)


def _form_page(
    request: HttpRequest,
    lead: Lead,
    form: forms.BaseForm,
    heading: str,
    *,
    note: str = "",
    deed: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a form about a lead: 422 if something in it is wrong."""
    context = {
        **lead_head(request, lead_or_404(request, lead.pk)),
        "form": form,
        "heading": heading,
        "note": note,
        "deed": deed,
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "investment/lead_form.html", context, status=status)


@allow("investment.write")
@once
def new_contact(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    form = ContactForm(request.POST or None, instance=LeadContact(lead=lead))
    if request.method == "POST" and form.is_valid():
        actions.note_contact(form.save(commit=False), by=request.user)
        messages.success(request, _("The contact is written down."), extra_tags=request.path)
        return redirect(lead)
    note = _("It stays as it is: what was wrong in it is put right by a further one.")
    return _form_page(request, lead, form, _("Write down a contact"), note=note)


# Stages and endings --------------------------------------------------------------------


def _told(error: StaleError) -> str:
    """Return what somebody else did with a lead meanwhile."""
    current: Any = error.current
    move = current.moves.order_by("-pk").first()
    if move is None or move.on is None:
        return _("Somebody else changed this lead meanwhile. Look at it again; nothing was saved.")
    facts = {"person": move.by_name, "state": _state_name(current), "reason": move.reason}
    if move.reason:
        return (
            _(
                "%(person)s changed this lead meanwhile: it is now “%(state)s”. The reason:"
                " “%(reason)s”. What you typed is kept, and nothing of it was saved."
            )
            % facts
        )
    return (
        _(
            "%(person)s changed this lead meanwhile: it is now “%(state)s”. What you typed is"
            " kept, and nothing of it was saved."
        )
        % facts
    )


def _state_name(lead: Lead) -> str:
    return str(lead.get_ending_display() if lead.ending else lead.get_stage_display())


@allow("investment.write")
@once
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """Take a lead onward, or back with a reason."""
    lead = lead_or_404(request, pk, needs="investment.write")
    form = StageForm(request.POST)
    if not form.is_valid():
        return _lead(request, lead, form, 422)
    data = form.cleaned_data
    stage = Stage(data["stage"])
    today = timezone.localdate()
    try:
        actions.move_lead(
            lead, stage, seen=data["version"], today=today, by=request.user,
            reason=text_of(data["reason"]),
        )  # fmt: skip
    except StaleError as error:
        form.add_error(None, _told(error))
        return _lead(request, lead_or_404(request, pk), form, 409)
    except ValidationError as error:
        form.add_error(None, error)
        return _lead(request, lead_or_404(request, pk), form, 422)
    said = _("The lead is at the stage “%(stage)s”.") % {"stage": stage.label}
    messages.success(request, said)
    return redirect(lead)


@allow("investment.write")
@once
def move_back(request: Request, pk: int) -> HttpResponse:
    """Choose an earlier stage, and say why."""
    lead = lead_or_404(request, pk, needs="investment.write")
    at = stages.ORDER.index(Stage(lead.stage))
    earlier = [(stage.value, stage.label) for stage in stages.ORDER[:at]]
    if lead.ending or not earlier:
        return redirect(lead)
    form = StageForm(initial={"version": lead.version, "stage": earlier[-1][0]})
    form.fields["stage"].choices = earlier  # type: ignore[attr-defined]  # a choice
    form.fields["reason"].required = True
    context = {
        **lead_head(request, lead),
        "form": form,
        "heading": _("Take the lead back"),
        "note": "",
        "deed": _("Take it back"),
        "action": reverse("investment:move", args=[lead.pk]),
    }
    return render(request, "investment/lead_form.html", context)


@allow("investment.write")
@once
def end_lead(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    if lead.ending and request.method != "POST":
        return redirect(lead)
    today = timezone.localdate()
    form = EndForm(request.POST or None, initial={"version": lead.version, "on": today})
    status = 200
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            actions.end_lead(lead, form.end(), seen=seen, today=today, by=request.user)
        except StaleError as error:
            form.add_error(None, _told(error))
            form.look_again(lead_or_404(request, pk))
            status = 409
        except ValidationError as error:
            form.add_error(None, _for(form, error))
        else:
            messages.success(request, _("The lead has ended; its story stays."))
            return redirect(lead)
    return _form_page(
        request, lead, form, _("End the lead"), deed=_("End it"), status=status,
        note=_("A lead that is won ends by its stages. This is for the others: say what happened."),
    )  # fmt: skip


@allow("investment.write")
@once
def resume_lead(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    if not lead.ending and request.method != "POST":
        return redirect(lead)
    form = ResumeForm(request.POST or None, initial={"version": lead.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.resume_lead(
                lead, reason=text_of(given["reason"]), seen=given["version"],
                today=timezone.localdate(), by=request.user,
            )  # fmt: skip
        except StaleError as error:
            form.add_error(None, _told(error))
            form.look_again(lead_or_404(request, pk))
            status = 409
        else:
            messages.success(request, _("The lead is taken up again."))
            return redirect(lead)
    heading = _("Take the lead up again")
    return _form_page(request, lead, form, heading, deed=_("Take it up again"), status=status)


# Money and jobs ------------------------------------------------------------------------


@allow("investment.write")
@once
def new_yield(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    form = YieldForm(
        request.POST or None,
        request.FILES or None,
        instance=Yield(lead=lead),
        home=lead.home_id,
        initial={"firmness": Yield.Firmness.PROMISED, "on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        actions.add_yield(
            form.save(commit=False), by=request.user, file=form.file(), source=form.new_source()
        )
        messages.success(request, _("The figures are written down."), extra_tags=request.path)
        return redirect(lead)
    note = _(
        "What you leave empty counts as not known. Figures are never changed: withdraw them and"
        " write them anew, so that a verification speaks of what was looked at."
    )
    return _form_page(request, lead, form, _("Write down money and jobs"), note=note)


def _figures_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Yield:
    seen = Lead.objects.visible_to(request.user)
    rows = Yield.objects.filter(lead__in=seen.values("pk")).select_related("lead__company", "file")
    figures = get_object_or_404(rows, pk=pk)
    if needs and not rights_of(request.user).may(needs, figures.lead.home_id):
        raise PermissionDenied
    return figures


@allow("investment.write")
@once
def withdraw_yield(request: Request, pk: int) -> HttpResponse:
    figures = _figures_or_404(request, pk, needs="investment.write")
    lead = figures.lead
    if figures.withdrawn and request.method != "POST":
        return redirect(lead)
    form = WithdrawForm(request.POST or None, initial={"version": figures.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.withdraw_yield(
                figures, reason=given["reason"], seen=given["version"], by=request.user
            )
        except StaleError:
            form.add_error(None, _("Somebody else has withdrawn these figures already."))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The figures are withdrawn; the history keeps them."))
            return redirect(lead)
    heading = _("Withdraw figures")
    return _form_page(request, lead, form, heading, deed=_("Withdraw them"), status=status)


@allow(ANYONE)
def yield_file(request: HttpRequest, pk: int) -> FileResponse:
    figures = _figures_or_404(request, pk)
    if figures.file is None:
        raise Http404
    return as_attachment(figures.file.sha256, figures.name, figures.file.content_type)


# Is it a win? --------------------------------------------------------------------------


@allow("investment.verify")
@once
def verify(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.verify")
    today = timezone.localdate()
    view = queries.lead_page(lead, request.user, today)
    form = VerifyForm(
        request.POST or None,
        request.FILES or None,
        instance=Verification(lead=lead),
        initial={
            "version": lead.version,
            "about": view.proofs.figures and view.proofs.figures.pk,
            "on": today,
        },
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        verification = form.save(commit=False)
        seen = form.cleaned_data["version"]
        try:
            actions.verify_win(
                verification,
                looked_at=form.cleaned_data["about"],
                seen=seen,
                today=today,
                by=request.user,
                file=form.file(),
            )
        except StaleError as error:
            form.add_error(None, _told(error))
            form.look_again(lead_or_404(request, pk))
            form.look_at(view.proofs.figures)
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
            form.look_at(view.proofs.figures)
        else:
            messages.success(request, _("Your finding is written down."), extra_tags=request.path)
            return redirect(lead)
    context = {
        **lead_head(request, lead_or_404(request, pk)),
        "form": form,
        "view": view,
        "interests": queries.interests_in(lead.company, today),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "investment/verify.html", context, status=status)


@allow(ANYONE)
def verification_file(request: HttpRequest, pk: int) -> FileResponse:
    seen = Lead.objects.visible_to(request.user)
    rows = Verification.objects.filter(lead__in=seen.values("pk")).select_related("file")
    found = get_object_or_404(rows.exclude(file=None), pk=pk)
    if found.file is None:
        raise Http404
    return as_attachment(found.file.sha256, found.name, found.file.content_type)


@allow("investment.write")
@once
def ask_investor(request: Request, pk: int) -> HttpResponse:
    lead = lead_or_404(request, pk, needs="investment.write")
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.ask_investor(
                lead, language=form.cleaned_data["language"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            path = reverse("investment:confirm", args=[token])
            made = request.session.get(MADE) or {}
            request.session[MADE] = {**made, str(lead.pk): request.build_absolute_uri(path)}
            messages.success(request, _("The link is made. It is shown this once."))
            return redirect(lead)
    note = _(
        "The investor opens a private link and says whether the figures are right; he signs in"
        " nowhere. The link holds for %(days)s days and is answered once; one that was made"
        " before ends."
    ) % {"days": actions.LINK_DAYS}
    heading = _("Ask the investor")
    return _form_page(request, lead, form, heading, note=note, deed=_("Make the link"))


@allow("investment.write")
@require_POST
def withdraw_link(request: Request, pk: int) -> HttpResponse:
    seen = Lead.objects.visible_to(request.user)
    rows = Confirmation.objects.filter(lead__in=seen.values("pk")).select_related("lead")
    confirmation = get_object_or_404(rows, pk=pk)
    if not request.user.may("investment.write", confirmation.lead.home_id):
        raise PermissionDenied
    try:
        actions.withdraw_link(confirmation, by=request.user)
    except StaleError:
        messages.warning(request, _("This link is answered or withdrawn already."))
    else:
        messages.success(request, _("The link is withdrawn: it opens nothing any more."))
    return redirect(confirmation.lead)
