"""Keep pages to those who have the right to them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def require_permission(request: HttpRequest, permission: str) -> None:
    """Raise `PermissionDenied` unless the user has a permission, such as `app.change_model`."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
