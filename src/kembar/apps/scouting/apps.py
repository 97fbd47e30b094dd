from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.scouting"
    label = "scouting"
    default_auto_field = "django.db.models.BigAutoField"
