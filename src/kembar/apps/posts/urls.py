from django.urls import path

from kembar.apps.posts import views

app_name = "posts"
urlpatterns = [
    path("", views.posts, name="posts"),
    path("me/", views.me, name="me"),
    path("new/", views.add_post, name="add_post"),
    path("offices/new/", views.add_office, name="add_office"),
    path("offices/<int:pk>/", views.change_office, name="office"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/change/", views.change_person, name="change_person"),
    path("people/<int:pk>/invitation/", views.invitation, name="invitation"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:pk>/activate/", views.activate, name="activate"),
    path("people/<int:pk>/second-factor/", views.drop_second_factor, name="second_factor"),
    path("<int:pk>/", views.post, name="post"),
    path("<int:pk>/change/", views.change_post, name="change_post"),
    path("<int:pk>/fill/", views.fill, name="fill"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/vacate/", views.vacate, name="vacate"),
]
