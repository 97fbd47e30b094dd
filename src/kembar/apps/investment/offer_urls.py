from django.urls import path

from kembar.apps.investment import offer_views as views

urlpatterns = [
    path("offers/", views.list_offers, name="offers"),
    path("offers/new/", views.new_offer, name="new_offer"),
    path("offers/<int:pk>/", views.offer, name="offer"),
    path("offers/<int:pk>/change/", views.change_offer, name="change_offer"),
    path("offers/<int:pk>/share/", views.share_offer, name="share_offer"),
    path("offers/<int:pk>/state/", views.set_state, name="offer_state"),
    path("offers/<int:pk>/prospectus/", views.prospectus, name="prospectus"),
    path("offers/<int:pk>/prospectus.pdf", views.prospectus_pdf, name="prospectus_pdf"),
    path("offers/<int:pk>/papers/new/", views.file_paper, name="file_paper"),
    path("offers/papers/<int:pk>/", views.paper, name="offer_paper"),
    path("offers/papers/<int:pk>/withdraw/", views.withdraw_paper, name="withdraw_paper"),
]
