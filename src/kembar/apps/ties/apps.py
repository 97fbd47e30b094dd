from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.ties"
    label = "ties"
    default_auto_field = "django.db.models.BigAutoField"
