"""The addresses to which providers post events."""

from __future__ import annotations

from django.urls import path

from newsletter.tracking import views

urlpatterns = [path("events/<slug:provider>", views.receive, name="events")]
