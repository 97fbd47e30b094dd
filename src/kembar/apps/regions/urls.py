from django.urls import path

from kembar.apps.regions import import_views, views

app_name = "regions"
urlpatterns = [
    path("", views.regions, name="regions"),
    path("compare/", views.compare, name="compare"),
    path("sources/", views.sources, name="sources"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/new/", import_views.new_indicator, name="new_indicator"),
    path("figures/import/", import_views.figures, name="import_figures"),
    path("figures/import/template/", import_views.template, name="figures_template"),
    path("figures/import/example/", import_views.example, name="figures_example"),
    path("figures/import/<int:pk>/", import_views.review_figures, name="review_figures"),
    path("figures/import/<int:pk>/refused/", import_views.refused, name="refused_figures"),
    path("figures/<int:pk>/withdraw/", import_views.withdraw_figure, name="withdraw_figure"),
    path("boundaries/import/", import_views.boundaries, name="import_boundaries"),
    path("boundaries/import/<int:pk>/", import_views.review_boundaries, name="review_boundaries"),
    path("boundaries/<int:pk>/withdraw/", import_views.withdraw_boundary, name="withdraw_boundary"),
    # A code of a region has a hyphen or a dot; none of the words above has.
    path("<str:code>/", views.region, name="region"),
    path("<str:code>/like/", views.like, name="like"),
    path("<str:code>/figures/", views.figures, name="figures"),
    path("<str:code>/remove/", views.remove, name="remove"),
    path("<str:code>/boundaries/", views.boundaries, name="boundaries"),
]
