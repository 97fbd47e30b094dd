from django.urls import path

from kembar.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.history, name="history"),
    path("table.csv", views.table, name="table"),
]
