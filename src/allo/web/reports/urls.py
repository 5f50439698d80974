"""Addresses of the reports, of calls and their recordings."""

from django.urls import path

from allo.web.reports import call_views, code_views, message_views, recording_views, views
from allo.web.reports.more_views import QUESTIONS, page_of

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("answering", views.answering, name="answering"),
    path("agents", views.agents, name="agents"),
    path("agents/<int:agent_id>", views.agent, name="agent"),
    path("adherence", views.adherence, name="adherence"),
    path("outcomes", views.outcomes, name="outcomes"),
    *(path(one.name, page_of(one), name=one.name) for one in QUESTIONS),
    path("messages", message_views.messages, name="messages"),
    path("messages/<int:pk>", message_views.fate, name="message"),
    path("messages/<int:pk>/again", message_views.send_again, name="send_again"),
    path("calls", call_views.calls, name="calls"),
    path("calls/<str:call_id>", call_views.call, name="call"),
    path("codes/<int:pk>/redeem", code_views.redeem, name="redeem"),
    path("recordings/<int:pk>/loudness", recording_views.loudness, name="loudness"),
    path("recordings/<int:pk>/sound", recording_views.sound, name="sound"),
    path("recordings/<int:pk>/delete", recording_views.delete, name="delete_recording"),
]
