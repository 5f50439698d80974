"""Addresses: one line an audience."""

from importlib.util import find_spec

from django.urls import include, path, re_path

from allo.web import views

handler400 = "allo.web.errors.bad_request"
handler403 = "allo.web.errors.forbidden"
handler404 = "allo.web.errors.not_found"
handler500 = "allo.web.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    re_path(r"^words/(?P<language>en|ru)\.js$", views.words, name="words"),
    path("", include("allo.web.accounts.urls")),
    path("setup/", include("allo.web.setup.urls")),
]

_AUDIENCES = {"desk/": "desk", "floor/": "floor", "reports/": "reports", "wall/": "wallboard", "": "public"}

for prefix, package in _AUDIENCES.items():
    if find_spec(f"allo.web.{package}.urls") if find_spec(f"allo.web.{package}") else None:
        urlpatterns.append(path(prefix, include(f"allo.web.{package}.urls")))
