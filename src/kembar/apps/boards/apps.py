from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
