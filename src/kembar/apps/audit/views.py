"""The history for those who look after it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from kembar.apps.audit import queries
from kembar.apps.audit.forms import AskForm
from kembar.apps.kit.access import allow
from kembar.apps.kit.paging import key_in


@allow("history.read")
def history(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.GET, reader=request.user)
    asked = form.asked()
    before, after = key_in(request, "before"), key_in(request, "after")
    entries = asked and queries.list_history(request.user, asked, before=before, after=after)
    context = {"form": form, "entries": entries, "most_rows": queries.MOST_ROWS}
    return render(request, "audit/history.html", context, status=200 if asked else 422)


@allow("history.read")
def table(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    asked = AskForm(request.GET, reader=request.user).asked()
    if asked is None:
        return history(request)
    rows = queries.table(request.user, asked)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="kembar-history-{day}.csv"'
    return response
