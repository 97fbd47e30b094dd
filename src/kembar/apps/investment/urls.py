from django.urls import path

from kembar.apps.investment import confirm_views, offer_urls, register_views, views

app_name = "investment"
urlpatterns = [
    *offer_urls.urlpatterns,
    path("ties/<int:pk>/", views.of_tie, name="of_tie"),
    path("leads/", views.leads, name="leads"),
    path("leads/new/", views.new_lead, name="new_lead"),
    path("leads/<int:pk>/", views.lead, name="lead"),
    path("leads/<int:pk>/change/", views.change_lead, name="change_lead"),
    path("leads/<int:pk>/contacts/new/", views.new_contact, name="new_contact"),
    path("leads/<int:pk>/stage/", views.move, name="move"),
    path("leads/<int:pk>/back/", views.move_back, name="move_back"),
    path("leads/<int:pk>/end/", views.end_lead, name="end_lead"),
    path("leads/<int:pk>/again/", views.resume_lead, name="resume_lead"),
    path("leads/<int:pk>/figures/new/", views.new_yield, name="new_yield"),
    path("leads/<int:pk>/verify/", views.verify, name="verify"),
    path("leads/<int:pk>/investor/", views.ask_investor, name="ask_investor"),
    path("leads/<int:pk>/history/", views.lead_history, name="lead_history"),
    path("figures/<int:pk>/withdraw/", views.withdraw_yield, name="withdraw_yield"),
    path("figures/<int:pk>/file/", views.yield_file, name="yield_file"),
    path("verifications/<int:pk>/file/", views.verification_file, name="verification_file"),
    path("links/<int:pk>/withdraw/", views.withdraw_link, name="withdraw_link"),
    path("confirm/<str:token>/", confirm_views.confirm, name="confirm"),
    path("companies/", register_views.companies, name="companies"),
    path("companies/new/", register_views.new_company, name="new_company"),
    path("companies/<int:pk>/", register_views.company, name="company"),
    path("companies/<int:pk>/change/", register_views.change_company, name="change_company"),
    path("companies/<int:pk>/proof/", register_views.company_proof, name="company_proof"),
    path("interests/", register_views.interests, name="interests"),
    path("interests/new/", register_views.new_interest, name="new_interest"),
    path("interests/<int:pk>/change/", register_views.change_interest, name="change_interest"),
    path("interests/<int:pk>/ended/", register_views.confirm_end, name="confirm_end"),
    path("gifts/", register_views.gifts, name="gifts"),
    path("gifts/new/", register_views.new_gift, name="new_gift"),
    path("gifts/<int:pk>/change/", register_views.change_gift, name="change_gift"),
]
