"""Addresses of the set-up."""

from django.urls import path

from allo.web.setup import greeting_views, views

app_name = "setup"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("history/", views.history, name="history"),
    path("greetings/speak", greeting_views.speak_preview, name="speak"),
    path("greetings/<int:pk>/sound", greeting_views.sound, name="sound"),
    path("music/<int:pk>/sound", greeting_views.music_sound, name="music_sound"),
    path("<slug:slug>/", views.section, name="section"),
    path("<slug:slug>/new", views.edit, name="new"),
    path("<slug:slug>/<int:pk>", views.edit, name="edit"),
    path("<slug:slug>/<int:pk>/delete", views.delete, name="delete"),
    path("<slug:slug>/<int:pk>/restore", views.restore, name="restore"),
]
