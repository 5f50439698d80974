"""Addresses of the desk."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from allo.web.desk import asking, cards, following, notes, outcomes, parties, views


class CallIdConverter(StringConverter):
    """The id of a call as the database can keep it."""

    regex = r"[\w.~-]{1,64}"


register_converter(CallIdConverter, "call_id")

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="page"),
    path("live", following.live, name="live"),
    path("echo", views.echo, name="echo"),
    path("phone", asking.phone, name="phone"),
    path("ask/<slug:what>", asking.ask, name="ask"),
    path("find", cards.find, name="find"),
    path("parties", parties.parties, name="parties"),
    path("today", cards.today, name="today"),
    path("call/<call_id:call_id>/card", cards.card_of_call, name="card_of_call"),
    path("customer/<int:customer_id>/", cards.card, name="card"),
    path("customer/<int:customer_id>/name", cards.rename, name="rename"),
    path("customer/<int:customer_id>/email", cards.write_to, name="write_to"),
    path("customer/<int:customer_id>/kind", cards.classify, name="classify"),
    path("customer/<int:customer_id>/notes", cards.add_note, name="add_note"),
    path("call/<call_id:call_id>/outcome", outcomes.outcome, name="outcome"),
    path("notes/<int:pk>/read", notes.acknowledge, name="acknowledge"),
    path("call/<call_id:call_id>/message", cards.message, name="message"),
    path("call/<call_id:call_id>/draft", outcomes.draft, name="draft"),
]
