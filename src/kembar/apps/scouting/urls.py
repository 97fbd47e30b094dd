from django.urls import path

from kembar.apps.scouting import views

app_name = "scouting"
urlpatterns = [
    path("", views.studies, name="studies"),
    path("new/", views.new_study, name="new"),
    path("<int:pk>/", views.study, name="study"),
    path("<int:pk>/weights/", views.save_weights, name="save_weights"),
    path("<int:pk>/change/", views.change_study, name="change"),
    path("<int:pk>/share/", views.share_study, name="share"),
    path("<int:pk>/remark/", views.remark, name="remark"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/candidates/<str:code>/", views.candidate, name="candidate"),
    path("decisions/<int:pk>/", views.decision, name="decision"),
    path("decisions/<int:pk>/again/", views.again, name="again"),
    path("decisions/<int:pk>/record.json", views.decision_json, name="decision_json"),
    path(
        "decisions/<int:pk>/report-<str:language>.<str:form>",
        views.decision_paper,
        name="decision_paper",
    ),
    path("closed/", views.closed, name="closed"),
    path("closed/new/", views.close_region, name="close"),
    path("closed/<int:pk>/open/", views.open_region, name="open"),
    path("claims/<int:pk>/test/", views.test_claim, name="test_claim"),
    path("claims/<int:pk>/sector/", views.note_sector, name="note_sector"),
    path("claims/sectors/<int:pk>/drop/", views.drop_sector, name="drop_sector"),
]
