from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.tourism"
    label = "tourism"
    default_auto_field = "django.db.models.BigAutoField"
