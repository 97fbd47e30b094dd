app_name = "ties"
urlpatterns: list = []
