from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.rates"
    label = "rates"
    default_auto_field = "django.db.models.BigAutoField"
