from django.urls import path

from kembar.apps.commitments import import_views, views

app_name = "commitments"
urlpatterns = [
    path("", views.commitments, name="commitments"),
    path("import/", import_views.hand_in, name="import"),
    path("import/template/", import_views.template, name="import_template"),
    path("import/<int:pk>/", import_views.review, name="import_review"),
    path("import/<int:pk>/refused/", import_views.refused, name="import_refused"),
    path("export/", import_views.export, name="export"),
    path("tie/<int:pk>/", views.of_tie, name="of_tie"),
    path("tie/<int:pk>/new/", views.new_commitment, name="new"),
    path("<int:pk>/", views.commitment, name="commitment"),
    path("<int:pk>/change/", views.change_commitment, name="change"),
    path("<int:pk>/assign/", views.assign, name="assign"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/became/<slug:kind>/", views.turn, name="turn"),
    path("evidence/<int:pk>/", views.evidence, name="evidence"),
]
