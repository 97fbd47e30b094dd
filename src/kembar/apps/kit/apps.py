from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"
