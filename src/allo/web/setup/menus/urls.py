"""Addresses of the menu editor, below ``setup/menus/``."""

from django.urls import path

from allo.web.setup.menus import views

urlpatterns = [
    path("new", views.new, name="menu_new"),
    path("<int:pk>", views.editor, name="menu"),
    path("<int:pk>/name", views.rename, name="menu_name"),
    path("<int:pk>/try", views.try_out, name="menu_try"),
    path("<int:pk>/publish", views.publish, name="menu_publish"),
    path("<int:pk>/versions/<int:version>", views.go_back, name="menu_version"),
    path("<int:pk>/questions/<slug:node>", views.save, name="menu_question"),
    path("<int:pk>/questions/<slug:node>/remove", views.remove, name="menu_remove"),
]
