"""Addresses of the public pages."""

from django.urls import path

from allo.web.public import views

app_name = "public"

urlpatterns = [
    path("call", views.call, name="call"),
    path("call/phone", views.phone, name="phone"),
    path("call/state", views.state, name="state"),
]
