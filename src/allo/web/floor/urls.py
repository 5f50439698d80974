"""Addresses of the floor."""

from django.urls import path

from allo.web.floor import views

app_name = "floor"
urlpatterns = [
    path("", views.floor, name="floor"),
    path("live", views.live, name="live"),
    path("curves", views.curves, name="curves"),
]
