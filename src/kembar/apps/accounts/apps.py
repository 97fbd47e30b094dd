from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
