"""The addresses of the sign-up.  Sites of others keep those of forms, mails those of links."""

from __future__ import annotations

from django.urls import path, re_path

from subscribers.sign_up import pages

urlpatterns = [
    path("subscribe/", pages.index_page, name="sign_up_index"),
    path("subscribe/challenge", pages.challenge, name="sign_up_challenge"),
    path("subscribe/<slug:slug>/", pages.sign_up_page, name="sign_up"),
    path("subscribe/<slug:slug>/frame/", pages.frame_page, name="sign_up_frame"),
    path("subscribe/<slug:slug>/form.js", pages.script, name="sign_up_script"),
    # Whatever follows: a mail program may have glued more to the link, slashes included.
    re_path(r"^[cC]/+(?P<token>[\s\S]+)$", pages.confirm_page, name="sign_up_confirm"),
]
