from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.commitments"
    label = "commitments"
    default_auto_field = "django.db.models.BigAutoField"
