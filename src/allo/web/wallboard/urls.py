"""Addresses of the wallboard."""

from django.urls import path

from allo.web.wallboard import views

app_name = "wallboard"
urlpatterns = [
    path("", views.wallboard, name="wallboard"),
    path("live", views.live, name="live"),
]
