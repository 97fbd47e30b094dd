"""Pages over many cases: the desk, on whom it waits, and what a reviewer says to one of them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.cases import actions, board, powers, waiting
from kembar.apps.cases.board_forms import RemarkForm
from kembar.apps.cases.models import Sub
from kembar.apps.cases.views import case_head, case_or_404
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.ties.models import Tie


def _code(request: HttpRequest, name: str) -> str:
    """Return a code that an address names; one that no database takes means none."""
    return request.GET.get(name, "").replace("\0", "").strip()[:100]


@allow(ANYONE)
def cases(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    filters = board.Filters(
        region=_code(request, "region"),
        on=_code(request, "on"),
        state=asked["state"] if asked.get("state") in board.STATES else "",
        complete=asked["complete"] if asked.get("complete") in board.COMPLETE else "",
        sub=asked["sub"] if asked.get("sub") in Sub.values else "",
        mine=asked.get("mine") == "1",
        order=asked["order"] if asked.get("order") in board.ORDERS else "",
    )
    found = board.board(request.user, filters, timezone.localdate(), page_number(request))
    context = {
        "board": found,
        "page": found.page,
        "filters": filters,
        "choices": [
            ("on", _("Waits on"), filters.on, [("", _("All")), *found.authorities]),
            ("state", _("State"), filters.state, board.STATES.items()),
            ("complete", _("Complete"), filters.complete, board.COMPLETE.items()),
            ("sub", _("Procedure"), filters.sub, [("", _("All")), *Sub.choices]),
            ("order", _("Order"), filters.order, board.ORDERS.items()),
        ],
    }
    return render(request, "cases/board.html", context)


@allow(ANYONE)
def on_whom(request: HttpRequest) -> HttpResponse:
    tie = key_in(request, "tie")
    idle = tie is not None or request.GET.get("idle") == "1"
    scope = waiting.Scope(region=_code(request, "region"), tie=tie, idle=idle)
    try:
        view = waiting.waiting_page(request.user, scope, _code(request, "on"), timezone.localdate())
    except Tie.DoesNotExist as error:
        raise Http404 from error
    return render(request, "cases/waiting.html", {"view": view})


@allow("cases.review")
@once
def review(request: Request, pk: int) -> HttpResponse:
    """What a reviewer says to a case: a remark on the whole of it, or his own office's answer."""
    case = case_or_404(request, pk)
    if not powers.may_review(request.user, case):
        raise PermissionDenied
    if case.closed and request.method != "POST":
        return redirect(case)
    form = RemarkForm(request.POST or None, initial={"version": case.version})
    today = timezone.localdate()
    status = 200
    if request.method == "POST" and form.is_valid():
        told = actions.Told("noted", today, text=form.told_text())
        seen = form.cleaned_data["version"]
        try:
            actions.record(case, told, seen=seen, today=today, by=request.user)
        except StaleError:
            # A remark decides on nothing, but its writer should see what happened meanwhile.
            case, status = case_or_404(request, pk), 409
            form.look_again(case)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("The desk finds your remark in the log of the case."),
                extra_tags=request.path,
            )
            return redirect(request.path)
    context = {
        **case_head(request, case),
        "form": form,
        "view": board.review_page(case, request.user, today),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "cases/review.html", context, status=status)
