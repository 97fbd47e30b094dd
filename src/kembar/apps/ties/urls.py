from django.urls import path

from kembar.apps.ties import import_views, views

app_name = "ties"
urlpatterns = [
    path("", views.ties, name="ties"),
    path("new/", views.new_tie, name="new"),
    path("import/", import_views.hand_in, name="import"),
    path("import/template/", import_views.template, name="import_template"),
    path("import/<int:pk>/", import_views.review, name="import_review"),
    path("import/<int:pk>/refused/", import_views.refused, name="import_refused"),
    path("export/", import_views.export, name="export"),
    path("<int:pk>/", views.tie, name="tie"),
    path("<int:pk>/timeline/", views.timeline, name="timeline"),
    path("<int:pk>/claims/", views.claims, name="claims"),
    path("<int:pk>/claims/new/", views.new_claim, name="new_claim"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/change/", views.change_tie, name="change"),
    path("<int:pk>/share/", views.share_tie, name="share"),
    path("<int:pk>/remarks/", views.remark, name="remark"),
    path("<int:pk>/events/new/", views.new_event, name="new_event"),
    path("<int:pk>/conflicts/new/", views.new_conflict, name="new_conflict"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/change/", views.change_event, name="change_event"),
    path("events/<int:pk>/withdraw/", views.withdraw_event, name="withdraw_event"),
    path("files/<int:pk>/", views.attachment, name="attachment"),
    path("claims/<int:pk>/change/", views.change_claim, name="change_claim"),
    path("claims/<int:pk>/withdraw/", views.withdraw_claim, name="withdraw_claim"),
    path("conflicts/<int:pk>/settle/", views.settle, name="settle"),
    path("remarks/<int:pk>/answer/", views.answer, name="answer"),
]
