from django.urls import path

from kembar.apps.boards import views

app_name = "boards"
urlpatterns = [
    path("", views.portfolio, name="portfolio"),
    path("office/", views.office, name="office"),
    path("tie/<int:pk>/", views.of_tie, name="of_tie"),
]
