"""Addresses of the desk."""

from django.urls import path

from allo.web.desk import asking, cards, following, outcomes, views

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="page"),
    path("live", following.live, name="live"),
    path("echo", views.echo, name="echo"),
    path("phone", asking.phone, name="phone"),
    path("ask/<slug:what>", asking.ask, name="ask"),
    path("find", cards.find, name="find"),
    path("today", cards.today, name="today"),
    path("call/<str:call_id>/card", cards.card_of_call, name="card_of_call"),
    path("customer/<int:customer_id>/", cards.card, name="card"),
    path("customer/<int:customer_id>/name", cards.rename, name="rename"),
    path("customer/<int:customer_id>/notes", cards.add_note, name="add_note"),
    path("call/<str:call_id>/outcome", outcomes.outcome, name="outcome"),
    path("call/<str:call_id>/draft", outcomes.draft, name="draft"),
]
