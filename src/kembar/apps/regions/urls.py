from django.urls import path

from kembar.apps.regions import views

app_name = "regions"
urlpatterns = [path("<str:code>/", views.region, name="region")]
