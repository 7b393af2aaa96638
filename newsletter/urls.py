"""Every address of the site; what is not listed is a page of the archive."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import LoginView, LogoutView, PasswordResetView

from newsletter.desk.accounts.logins import NewPasswordView, ResetSentView
from newsletter.desk.calendar.feeds import serve_feed
from newsletter.desk.founding.entrance import lead_to_setup
from newsletter.desk.founding.page import setup_needed, setup_page
from newsletter.doctor.views import answer_check
from newsletter.monitoring import views as monitoring
from newsletter.publishing.content.uploads import OwnAccountView
from newsletter.publishing.web import looks, views
from newsletter.publishing.web.caching import FEED_SECONDS, kept
from newsletter.publishing.web.favicons import favicon
from newsletter.publishing.web.feeds import AtomFeed, IssueFeed, json_feed
from newsletter.publishing.web.sitemap import sitemap
from newsletter.throttling.forms import limit_posts, of_reset

keep_feed = kept(FEED_SECONDS)

urlpatterns: list[URLPattern | URLResolver] = [
    # Before Wagtail's own pages of these addresses.
    path("admin/account/", never_cache(require_admin_access(OwnAccountView.as_view()))),
    path("admin/password_reset/", never_cache(limit_posts(PasswordResetView.as_view(), of_reset))),
    path("admin/password_reset/done/", never_cache(ResetSentView.as_view())),
    path("admin/password_reset/confirm/<uidb64>/<token>/", never_cache(NewPasswordView.as_view())),
    path("admin/login/", never_cache(lead_to_setup(LoginView.as_view()))),
    path("admin/setup/", setup_needed, name="desk_setup_needed"),
    path("admin/setup/<str:token>/", setup_page, name="desk_setup"),
    # Wagtail's own takes the cookie away before it refuses to log out by GET.
    path("admin/logout/", never_cache(require_POST(LogoutView.as_view()))),
    path("admin/", include(admin_urls)),
    path("calendar/<str:secret>.ics", serve_feed, name="calendar_feed"),
    path("feed.xml", keep_feed(IssueFeed()), name="feed"),
    path("<slug:slug>/feed.xml", keep_feed(IssueFeed()), name="feed_of"),
    path("atom.xml", keep_feed(AtomFeed()), name="atom"),
    path("<slug:slug>/atom.xml", keep_feed(AtomFeed()), name="atom_of"),
    path("feed.json", keep_feed(json_feed), name="json_feed"),
    path("<slug:slug>/feed.json", keep_feed(json_feed), name="json_feed_of"),
    path("<slug:slug>/look.css", looks.look_styles, name="look_of"),
    path("favicon.ico", favicon),
    path("health/live", monitoring.live, name="health_live"),
    path("health/ready", monitoring.ready, name="health_ready"),
    path("system-check/", answer_check, name="system_check"),
    path("media/<path:path>", views.media, name="media"),
    path("metrics", monitoring.metrics, name="metrics"),
    path("privacy/", views.privacy, name="privacy"),
    path("imprint/", views.imprint, name="imprint"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", keep_feed(sitemap), name="sitemap"),
    path("", include("newsletter.tracking.urls")),
    path("", include("subscribers.sign_up.urls")),
    path("", include("subscribers.urls")),
    re_path(r"^(?P<page>(?:[\w-]+/)+)card\.png$", views.card, name="card"),
    re_path(r"^(?P<page>(?:[\w-]+/)+)(?P<name>[\w-]+)\.pdf$", views.pdf, name="pdf"),
    path("", include(wagtail_urls)),
]

if settings.PREFIX:
    urlpatterns = [path(f"{settings.PREFIX.removeprefix('/')}/", include(urlpatterns))]

handler404 = "newsletter.publishing.web.views.not_found"
handler500 = "newsletter.publishing.web.views.server_error"
