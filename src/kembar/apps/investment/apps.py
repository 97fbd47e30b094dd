from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.investment"
    label = "investment"
    default_auto_field = "django.db.models.BigAutoField"
