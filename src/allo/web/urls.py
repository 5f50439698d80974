"""Addresses: one line an audience."""

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
    path("desk/", include("allo.web.desk.urls")),
    path("floor/", include("allo.web.floor.urls")),
    path("reports/", include("allo.web.reports.urls")),
    path("wall/", include("allo.web.wallboard.urls")),
    path("", include("allo.web.public.urls")),
]
