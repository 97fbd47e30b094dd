from django.apps import AppConfig


class Config(AppConfig):
    name = "kembar.apps.posts"
    label = "posts"
