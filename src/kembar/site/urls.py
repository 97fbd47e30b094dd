"""Every address, room by room."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from kembar.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("today/", views.today, name="today"),
    path("ties/", include("kembar.apps.ties.urls")),
    path("cases/", include("kembar.apps.cases.urls")),
    path("investment/", include("kembar.apps.investment.urls")),
    path("programmes/", include("kembar.apps.programmes.urls")),
    path("tourism/", include("kembar.apps.tourism.urls")),
    path("commitments/", include("kembar.apps.commitments.urls")),
    path("boards/", include("kembar.apps.boards.urls")),
    path("scouting/", include("kembar.apps.scouting.urls")),
    path("ledger/", include("kembar.apps.ledger.urls")),
    path("rates/", include("kembar.apps.rates.urls")),
    path("regions/", include("kembar.apps.regions.urls")),
    path("search/", include("kembar.apps.search.urls")),
    path("posts/", include("kembar.apps.posts.urls")),
    path("history/", include("kembar.apps.audit.urls")),
    path("language/", set_language, name="set_language"),
    path("account/", include("kembar.apps.accounts.urls")),
]

handler403 = "kembar.site.views.forbidden"
handler404 = "kembar.site.views.missing"
handler500 = "kembar.site.views.broken"
