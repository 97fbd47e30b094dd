from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.regions"
    label = "regions"
    default_auto_field = "django.db.models.BigAutoField"
