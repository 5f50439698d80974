"""Addresses of the reports, of calls and their recordings."""

from django.urls import path

from allo.web.reports import call_views, code_views, message_views, more_views, recording_views, views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("answering", views.answering, name="answering"),
    path("agents", views.agents, name="agents"),
    path("agents/<int:agent_id>", views.agent, name="agent"),
    path("adherence", views.adherence, name="adherence"),
    path("outcomes", views.outcomes, name="outcomes"),
    path("transfers", more_views.transfers_page, name="transfers"),
    path("holds", more_views.holds_page, name="holds"),
    path("promises", more_views.promises_page, name="promises"),
    path("callbacks", more_views.callbacks_page, name="callbacks"),
    path("resolution", more_views.resolution_page, name="resolution"),
    path("surveys", more_views.surveys_page, name="surveys"),
    path("ratings", more_views.ratings_page, name="ratings"),
    path("greetings", more_views.greetings_page, name="greetings"),
    path("breaks", more_views.breaks_page, name="breaks"),
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
