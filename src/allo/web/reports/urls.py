"""Addresses of the reports, of calls and their recordings."""

from django.urls import path

from allo.web.reports import call_views, code_views, recording_views, views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("answering", views.answering, name="answering"),
    path("agents", views.agents, name="agents"),
    path("agents/<int:agent_id>", views.agent, name="agent"),
    path("outcomes", views.outcomes, name="outcomes"),
    path("calls", call_views.calls, name="calls"),
    path("calls/<str:call_id>", call_views.call, name="call"),
    path("codes/<int:pk>/redeem", code_views.redeem, name="redeem"),
    path("recordings/<int:pk>/loudness", recording_views.loudness, name="loudness"),
    path("recordings/<int:pk>/sound", recording_views.sound, name="sound"),
    path("recordings/<int:pk>/delete", recording_views.delete, name="delete_recording"),
]
