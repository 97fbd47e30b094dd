from django.urls import path

from kembar.apps.ledger import views

app_name = "ledger"
urlpatterns = [
    path("claims/", views.claims, name="claims"),
    path("claims/<int:pk>/", views.claim, name="claim"),
    path("claims/<int:pk>/judge/", views.judge, name="judge"),
    path("claims/<int:pk>/evidence/", views.add_evidence, name="add_evidence"),
    path("sources/", views.sources, name="sources"),
    path("sources/new/", views.new_source, name="new_source"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("sources/<int:pk>/change/", views.change_source, name="change_source"),
    path("sources/<int:pk>/file/", views.source_file, name="source_file"),
]
