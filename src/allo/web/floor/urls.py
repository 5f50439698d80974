"""Addresses of the floor."""

from django.urls import path

from allo.web.floor import asking, people, views

app_name = "floor"
urlpatterns = [
    path("", views.floor, name="floor"),
    path("live", views.live, name="live"),
    path("curves", views.curves, name="curves"),
    path("alerts", views.alerts_today, name="alerts"),
    path("block", views.block, name="block"),
    path("ask/<slug:what>", asking.ask, name="ask"),
    path("note", people.note, name="note"),
    path("agents/<int:agent_id>", people.agent, name="agent"),
    path("agents/<int:agent_id>/queues", people.queues, name="agent_queues"),
]
