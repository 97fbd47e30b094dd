from django.urls import path

from kembar.apps.cases import board_views, feed_views, law_views, views

app_name = "cases"
urlpatterns = [
    path("", board_views.cases, name="cases"),
    path("waiting/", board_views.on_whom, name="waiting"),
    path("<int:pk>/review/", board_views.review, name="review"),
    path("rulebooks/", law_views.rulebooks, name="rulebooks"),
    path("rulebooks/<slug:code>/<str:version>/", law_views.rulebook, name="rulebook"),
    path("limits/", law_views.limits, name="limits"),
    path("limits/<slug:country>/<slug:key>/", law_views.limit, name="limit"),
    path("limits/<slug:country>/<slug:key>/back/", law_views.drop_limit, name="drop_limit"),
    path("<int:pk>/rulebook/", law_views.change_rulebook, name="change_rulebook"),
    path("rulebook-changes/<int:pk>/undo/", law_views.undo_rulebook, name="undo_rulebook"),
    path("<int:pk>/print/", law_views.on_paper, name="on_paper"),
    path("feeds/", feed_views.feeds, name="feeds"),
    path("feeds/<int:pk>/make/", feed_views.make, name="make_feed"),
    path("feeds/<int:pk>/withdraw/", feed_views.withdraw, name="withdraw_feed"),
    path("feed/<slug:token>.ics", feed_views.feed, name="feed"),
    path("tie/<int:pk>/", views.of_tie, name="of_tie"),
    path("tie/<int:pk>/new/", views.new_case, name="new"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/rules/", views.rules, name="rules"),
    path("<int:pk>/change/", views.change_case, name="change"),
    path("<int:pk>/share/", views.share_case, name="share"),
    path("<int:pk>/close/", views.close_case, name="close"),
    path("<int:pk>/questions/<slug:key>/", views.answer, name="answer"),
    path("<int:pk>/days/<slug:moment>/", views.set_day, name="set_day"),
    path("<int:pk>/acts/<str:code>/", views.act, name="act"),
    path("<int:pk>/acts/<str:code>/record/<slug:kind>/", views.record, name="record"),
    path("<int:pk>/acts/<str:code>/override/", views.override, name="override"),
    path("<int:pk>/acts/<str:code>/prepared/", views.tick, name="tick"),
    path("<int:pk>/acts/<str:code>/claims/", views.link_claims, name="link_claims"),
    path("entries/<int:pk>/", views.entry, name="entry"),
    path("entries/<int:pk>/annul/", views.annul, name="annul"),
    path("papers/<int:pk>/", views.paper, name="paper"),
]
