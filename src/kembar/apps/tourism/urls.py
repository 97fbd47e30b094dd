from django.urls import path

from kembar.apps.tourism import import_views, views
from kembar.apps.tourism.models import TourismImport

_KINDS = TourismImport.Kind.values

app_name = "tourism"
urlpatterns = [
    path("", views.tourism, name="tourism"),
    path("ties/<int:pk>/", views.of_tie, name="of_tie"),
    path("ties/<int:pk>/campaigns/new/", views.new_campaign, name="new_campaign"),
    path("campaigns/<int:pk>/", views.campaign, name="campaign"),
    path("campaigns/<int:pk>/change/", views.change_campaign, name="change_campaign"),
    path("campaigns/<int:pk>/withdraw/", views.withdraw_campaign, name="withdraw_campaign"),
    path("sites/new/", views.new_site, name="new_site"),
    path("sites/<int:pk>/", views.site, name="site"),
    path("sites/<int:pk>/change/", views.change_site, name="change_site"),
    path("sites/<int:pk>/limits/new/", views.new_limit, name="new_limit"),
    path("limits/<int:pk>/withdraw/", views.withdraw_limit, name="withdraw_limit"),
    path("arrivals/<int:pk>/withdraw/", views.withdraw_arrival, name="withdraw_arrival"),
    path("seats/<int:pk>/withdraw/", views.withdraw_seats, name="withdraw_seats"),
    path("import/review/<int:pk>/", import_views.review, name="review"),
    path("import/review/<int:pk>/refused/", import_views.refused, name="refused"),
    *(
        path(f"import/{kind}/", import_views.hand_in, {"kind": kind}, f"import_{kind}")
        for kind in _KINDS
    ),
    *(
        path(f"import/{kind}/template/", import_views.template, {"kind": kind}, f"template_{kind}")
        for kind in _KINDS
    ),
    # A code of a region has a hyphen or a dot; none of the words above has.
    path("<str:code>/", views.region, name="region"),
    path("<str:code>/arrivals/", views.arrivals, name="arrivals"),
    path("<str:code>/seats/", views.seats, name="seats"),
    *(
        path(f"<str:code>/{kind}/table/", import_views.export, {"kind": kind}, f"export_{kind}")
        for kind in _KINDS
    ),
]
