"""The addresses in the mails.  Never change them: old mails keep them for ever."""

from __future__ import annotations

from django.urls import re_path

from subscribers import views
from subscribers.preferences import pages

# Whatever follows: a mail program may have glued more to the link, slashes included.  No case, for
# some programs write what they take for the end of a host name in capitals.
urlpatterns = [
    re_path(r"^[uU]/+(?P<token>[\s\S]+)$", views.unsubscribe_page, name="unsubscribe"),
    re_path(r"^[pP]/+(?P<token>[\s\S]+)$", pages.preferences_page, name="preferences"),
    re_path(r"^a/(?P<secret>[\w-]{8,64})$", pages.confirm_address_page, name="confirm_address"),
]
