"""Who is logged in, read once for a request with what every page of the desk asks of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Where Wagtail keeps, for one request, the topmost page that an account may look below.
TOPMOST = page_permission_policy._explorable_root_instance_cache_name  # noqa: SLF001


class DeskAccounts(ModelBackend):
    """Django's backend; an account comes with its profile, in one statement.

    The account lives as long as the request, so nothing that is kept on it is ever old.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the account of a session, or None if it may not be used any more."""
        accounts = get_user_model()._default_manager.select_related("wagtail_userprofile")
        account: Any = accounts.filter(pk=user_id).first()
        if account is None or not self.user_can_authenticate(account):
            return None
        if account.is_superuser:
            # Who may do everything may look below the root, which is always there: the menu asks
            # only whether there is such a page, so it is read only where a page shows it.
            setattr(account, TOPMOST, SimpleLazyObject(Page.get_first_root_node))
        return account  # type: ignore[no-any-return]
