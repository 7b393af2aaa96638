"""Small public pages beside the archive: privacy, health, pictures, what is not there."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views import defaults
from django.views.static import serve

A_DAY = 86_400


def privacy(request: HttpRequest) -> HttpResponse:
    """Show what is stored about subscribers."""
    return render(request, "web/privacy.html")


def health(_request: HttpRequest) -> JsonResponse:
    """Say whether this process can reach its database: 200, or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "failing", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where the map of the site is, and to leave the desk alone."""
    return render(request, "publishing/robots.txt", content_type="text/plain; charset=utf-8")


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a picture; a small deployment has no other server that could.

    The header keeps anything that is not a picture from running as a page of this site.
    """
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if isinstance(response, FileResponse):
        response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that leads nowhere."""
    return defaults.page_not_found(request, exception, "web/404.html")


def broken(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of the program; asks nothing of the database, which may be its cause."""
    return defaults.server_error(request, "web/500.html")
