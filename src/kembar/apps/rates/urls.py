from django.urls import path

from kembar.apps.rates import views

app_name = "rates"
urlpatterns = [
    path("", views.rates, name="rates"),
    path("new/", views.new_rate, name="new"),
    path("<int:pk>/", views.rate, name="rate"),
    path("<int:pk>/back/", views.drop_rate, name="drop"),
]
