from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.site"
    label = "site_house"
