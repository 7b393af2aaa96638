"""Every group may do exactly what the table says; there is no way to a document."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from newsletter.publishing.bootstrap import make_ready
from newsletter.publishing.models import Publication
from newsletter.publishing.rights import RIGHTS
from tests.environment import ROOT
from tests.security.conftest import LogIn

#: The head of the table in the documents, and a line of it: a right, and who has it.
HEAD = re.compile(r"^\| Right \|(.+)\|$", re.MULTILINE)
LINE = re.compile(r"^\| `([\w.]+)` \|(.+)\|$", re.MULTILINE)

WRITERS = {
    "wagtailadmin.access_admin",
    "wagtailcore.add_page",
    "wagtailcore.change_page",
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
}
APPROVERS = WRITERS | {"publishing.approve_issue", "sending.view_send"}
SENDERS = WRITERS | {
    "publishing.queue_issue",
    "publishing.view_publication",
    "sending.view_send",
    "subscribers.view_list",
    "subscribers.view_subscriber",
    "wagtailcore.publish_page",
    "wagtailcore.unlock_page",
}
ADMINS = (
    APPROVERS
    | SENDERS
    | {
        "auth.add_user",
        "auth.change_user",
        "auth.delete_user",
        "publishing.add_publication",
        "publishing.change_publication",
        "subscribers.add_list",
        "subscribers.add_subscriber",
        "subscribers.change_list",
        "subscribers.change_subscriber",
        "subscribers.change_suppression",
        "subscribers.delete_list",
        "subscribers.delete_subscriber",
    }
)


def name(permission: Permission) -> str:
    """Return a right as the table calls it."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def rights_of(group: Group) -> list[str]:
    """Return every right that a group has, wherever it is kept, each as often as it is."""
    collected = GroupCollectionPermission.objects.filter(group=group)
    on_pages = GroupPagePermission.objects.filter(group=group)
    held = [*group.permissions.all(), *(each.permission for each in (*collected, *on_pages))]
    return sorted(map(name, held))


def test_every_right_of_every_group(publication: Publication) -> None:
    """There are four roles, and these are all their rights."""
    assert {group.name: rights_of(group) for group in Group.objects.all()} == {
        "Writers": sorted(WRITERS),
        "Approvers": sorted(APPROVERS),
        "Senders": sorted(SENDERS),
        "Admins": sorted(ADMINS),
    }


def test_the_documents_show_the_table() -> None:
    """The table in the documents is the table in the code."""
    text = (ROOT / "docs" / "how-to" / "composing.md").read_text("utf-8")
    groups = [each.strip() for each in HEAD.findall(text)[0].split("|")]
    shown: dict[str, set[str]] = {group: set() for group in groups}
    for right, marks in LINE.findall(text):
        given = [mark.strip() for mark in marks.split("|")]
        for group, mark in zip(groups, given, strict=True):
            assert mark in {"yes", ""}
            shown[group] |= {right} if mark else set()

    assert shown == {group: rights.named() for group, rights in RIGHTS.items()}


def leave_rights(*groups: Group) -> None:
    """Give groups what they are not to have: to pages, to pictures, to documents, to users."""
    kind, _ = ContentType.objects.get_or_create(app_label="wagtaildocs", model="document")
    documents = [
        Permission.objects.get_or_create(content_type=kind, codename=f"{verb}_document")[0]
        for verb in ("add", "change", "choose", "delete")
    ]
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    inner = collection.add_child(name="Inner")
    for group in groups:
        for permission in documents:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )
        picture = Permission.objects.get(codename="add_image")
        GroupCollectionPermission.objects.create(group=group, collection=inner, permission=picture)
        delete = Permission.objects.get(
            content_type__app_label="wagtailcore", codename="bulk_delete_page"
        )
        GroupPagePermission.objects.create(group=group, page=root, permission=delete)
        group.permissions.add(Permission.objects.get(codename="add_user"), documents[0])


def test_what_is_left_over_goes(publication: Publication) -> None:
    """When a publication is made ready, nothing is left besides the table."""
    leave_rights(*Group.objects.all())

    make_ready(publication)

    test_every_right_of_every_group(publication)


def routes(resolver: URLResolver | None = None, before: str = "") -> list[str]:
    """Return every address of the site, as patterns."""
    found = []
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            found.append(route)
        else:
            found += routes(each, route)
    return found


def test_no_address_of_documents() -> None:
    """Wagtail's documents have no page, no chooser and no file."""
    assert [route for route in routes() if "document" in route] == ["admin/api/main/^documents/"]


@pytest.mark.parametrize("group", ["Writers", "Approvers", "Senders", "Admins", ""])
@pytest.mark.parametrize("ending", ["html", "svg", "exe", "pdf", "js", "xml"])
def test_nothing_but_pictures_is_taken(log_in: LogIn, group: str, ending: str) -> None:
    """Nobody uploads anything else, neither as a document nor as a picture."""
    browser, data = log_in(group), b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"

    for address in ("/admin/documents/add/", "/admin/documents/multiple/add/"):
        file = SimpleUploadedFile(f"a.{ending}", data)
        assert browser.post(address, {"title": "x", "file": file}).status_code == 404
    file = SimpleUploadedFile(f"a.{ending}", data)
    answer = browser.post("/admin/images/add/", {"title": "x", "file": file})
    assert "This picture is" in answer.content.decode()
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("group", ["Writers", "Approvers", "Senders"])
@pytest.mark.parametrize(
    "path",
    [
        "users/",
        "users/new/",
        "groups/",
        "groups/new/",
        "sites/",
        "collections/",
        "workflows/list/",
        "redirects/",
        "locales/",
        "styleguide/",
        "lists/new/",
        "subscribers/new/",
    ],
)
def test_the_rest_of_the_desk(log_in: LogIn, group: str, path: str) -> None:
    """What no right is given to is not shown, whatever Wagtail has pages for."""
    assert log_in(group).get(f"/admin/{path}").status_code in {302, 403, 404}


def test_the_menu(log_in: LogIn) -> None:
    """No menu leads to documents."""
    assert "/admin/documents" not in log_in("").get("/admin/").content.decode()


def test_a_stranger(client: Client, publication: Publication) -> None:
    """Who is not logged in is led to the page where one logs in."""
    answer = client.get("/admin/images/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
