from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"
