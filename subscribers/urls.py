"""The addresses in the mails.  They stay as they are: old mails keep them for ever."""

from __future__ import annotations

from django.urls import path

from subscribers import views

urlpatterns = [
    path("u/<str:token>", views.unsubscribe_page, name="unsubscribe"),
    path("p/<str:token>", views.preferences_page, name="preferences"),
]
