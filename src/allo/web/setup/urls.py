"""Addresses of the set-up."""

from django.urls import include, path

from allo.web.setup import greeting_views, matrix_views, trial_messages, views

app_name = "setup"

urlpatterns = [
    path("menus/", include("allo.web.setup.menus.urls")),
    path("", views.overview, name="overview"),
    path("history/", views.history, name="history"),
    path("greetings/speak", greeting_views.speak_preview, name="speak"),
    path("greetings/<int:pk>/sound", greeting_views.sound, name="sound"),
    path("trunks/<int:pk>/state", views.line_state, name="line_state"),
    path("channels/<int:pk>/trial", trial_messages.send, name="channel_trial"),
    path("channels/<int:pk>/trial/<int:message>", trial_messages.fate, name="channel_fate"),
    path("music/<int:pk>/sound", greeting_views.music_sound, name="music_sound"),
    path("skills/matrix", matrix_views.matrix, name="matrix"),
    path("skills/matrix/<int:user_pk>/<int:skill_pk>", matrix_views.cell, name="cell"),
    path("<slug:slug>/rules", views.rules, name="rules"),
    path("<slug:slug>/", views.section, name="section"),
    path("<slug:slug>/new", views.edit, name="new"),
    path("<slug:slug>/<int:pk>", views.edit, name="edit"),
    path("<slug:slug>/<int:pk>/delete", views.delete, name="delete"),
    path("<slug:slug>/<int:pk>/restore", views.restore, name="restore"),
]
