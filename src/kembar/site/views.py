from django.http import HttpResponse
from kembar.apps.kit.access import ANYONE, allow

@allow(ANYONE)
def front(request): return HttpResponse("")
@allow("ties.read_all")
def today(request): return HttpResponse("")
@allow(ANYONE)
def csrf_failure(request, reason=""): return HttpResponse("", status=403)
forbidden = missing = broken = csrf_failure
