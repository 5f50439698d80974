"""Addresses of accounts."""

from django.urls import path

from allo.web.accounts import views

app_name = "accounts"

urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("account/", views.profile, name="profile"),
    path("account/password", views.password, name="password"),
    path("account/language", views.language, name="language"),
    path("account/theme", views.theme, name="theme"),
]
