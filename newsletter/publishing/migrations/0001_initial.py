import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import newsletter.publishing.models
import wagtail.fields
from django.db import migrations, models


def take_rights(apps, _schema_editor):
    """Leave Wagtail's group of editors only the rights that the table of rights names.

    What it lacks it gets when a publication is made ready: the rights themselves are made after
    the migrations.
    """
    kept = {
        "wagtailcore.add_page",
        "wagtailcore.change_page",
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtailadmin.access_admin",
    }
    group = apps.get_model("auth", "Group").objects.get(name="Editors")
    rows = [
        *apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(group=group),
        *apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(group=group),
        *apps.get_model("auth", "Group").permissions.through.objects.filter(group=group),
    ]
    for row in rows:
        right = row.permission
        if f"{right.content_type.app_label}.{right.codename}" not in kept:
            row.delete()


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("subscribers", "0001_initial"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "slug",
                    models.SlugField(
                        help_text="Its name in addresses and commands.", max_length=80, unique=True
                    ),
                ),
                (
                    "language",
                    models.CharField(default="en", help_text="E.g. en, ja, pt-BR.", max_length=12),
                ),
                (
                    "template",
                    models.CharField(
                        default="digest", help_text="A folder in templates/email/.", max_length=60
                    ),
                ),
                ("from_name", models.CharField(max_length=100, verbose_name="sender")),
                ("from_email", models.EmailField(max_length=254, verbose_name="sender's address")),
                (
                    "reply_to",
                    models.EmailField(blank=True, max_length=254, verbose_name="replies go to"),
                ),
                (
                    "postal_address",
                    models.CharField(
                        help_text="The law wants it at the foot of every mail.", max_length=300
                    ),
                ),
                (
                    "privacy_url",
                    models.URLField(
                        blank=True,
                        help_text="If it is not the one of this site.",
                        verbose_name="privacy page",
                    ),
                ),
                (
                    "boilerplate",
                    models.TextField(
                        blank=True,
                        help_text="Markdown; stands at the end of every issue without its own.",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(
                        default=False, help_text="Nothing is sent before somebody has approved it."
                    ),
                ),
                (
                    "second_person",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever changed an issue last cannot approve it.",
                        verbose_name="approved by a second person",
                    ),
                ),
                (
                    "reviewers",
                    models.TextField(
                        blank=True,
                        help_text="Who gets tests of an issue: one address on each line.",
                        verbose_name="reviewers",
                    ),
                ),
                (
                    "delivery_mode",
                    models.CharField(
                        choices=[
                            ("immediate", "immediate: submitted at the scheduled time"),
                            ("prescheduled", "pre-scheduled: submitted before, goes out by itself"),
                            ("on_hold", "on hold: submitted before, goes out when released"),
                        ],
                        default="immediate",
                        help_text="Immediate: whoever leaves before it goes out does not get it. An answer of the provider that is lost leaves people unknown until there is evidence. Pre-scheduled: a lost answer is resolved without you, and the issue goes out even while this program is down. Who leaves in the last 11 minutes still gets it. On hold: as pre-scheduled, and you can undo it until the last second. If this program is down then, nothing goes out until it is back; after three days the provider discards it. Both need SendGrid and rely on what it documents: try them with a few addresses first.",
                        max_length=12,
                    ),
                ),
                (
                    "preschedule_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="So long before its time an issue is submitted that is pre-scheduled or on hold.",
                        validators=[
                            django.core.validators.MinValueValidator(20),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="minutes before",
                    ),
                ),
                (
                    "canary",
                    models.BooleanField(
                        default=False,
                        help_text="1 % of the readers get each issue first; the rest follows when all is well.",
                        verbose_name="a few people first",
                    ),
                ),
                (
                    "seeds",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who is on this list gets each issue with these few, reader or not.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="subscribers.list",
                        verbose_name="first of all",
                    ),
                ),
                (
                    "every_weeks",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="weeks from issue to issue",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=3,
                    ),
                ),
                ("time", models.TimeField(default=datetime.time(9, 7))),
                (
                    "time_zone",
                    models.CharField(
                        default=newsletter.publishing.models.site_zone,
                        help_text="E.g. Europe/London, Asia/Tokyo.",
                        max_length=64,
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        help_text="The rhythm counts from this day.", verbose_name="first issue on"
                    ),
                ),
                (
                    "lists",
                    models.ManyToManyField(
                        blank=True, related_name="publications", to="subscribers.list"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ArchivePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                (
                    "publication",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="archive",
                        to="publishing.publication",
                    ),
                ),
                (
                    "introduction",
                    models.TextField(blank=True, help_text="Markdown; stands above the issues."),
                ),
            ],
            options={
                "verbose_name": "archive",
            },
            bases=(newsletter.publishing.models.AtSite, "wagtailcore.page"),
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="publishing.publication",
                    ),
                ),
                ("volume", models.PositiveIntegerField(default=0)),
                ("number", models.PositiveIntegerField(default=0)),
                ("date", models.DateField(blank=True, null=True)),
                ("issued_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        help_text="If it is not the publication's: e.g. en, ja, pt-BR.",
                        max_length=12,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the title. [first_name|reader] becomes the subscriber's first name, or “reader”.",
                        max_length=250,
                    ),
                ),
                (
                    "preheader",
                    models.CharField(
                        blank=True,
                        help_text="The line after the subject in a list of mails. Empty: the first headlines.",
                        max_length=250,
                    ),
                ),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("lead_image", 5),
                            ("digest", 12),
                            ("text", 13),
                            ("markdown", 14),
                            ("button", 17),
                            ("callout", 20),
                            ("quote", 23),
                            ("divider", 24),
                        ],
                        blank=True,
                        block_lookup={
                            0: (
                                "wagtail.images.blocks.ImageChooserBlock",
                                (),
                                {"label": "Picture", "required": False},
                            ),
                            1: (
                                "wagtail.blocks.URLBlock",
                                (),
                                {
                                    "help_text": "An https address, for a picture that is on the web already.",
                                    "label": "… or its address",
                                    "required": False,
                                },
                            ),
                            2: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "For readers who do not see the picture: what it shows, in a sentence.",
                                    "label": "Description",
                                    "max_length": 300,
                                    "required": False,
                                },
                            ),
                            3: (
                                "wagtail.blocks.BooleanBlock",
                                (),
                                {
                                    "help_text": "Readers who do not see it miss nothing, and are told nothing.",
                                    "label": "It only decorates",
                                    "required": False,
                                },
                            ),
                            4: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {
                                    "help_text": "Whose picture it is, e.g. a photo agency.",
                                    "max_length": 200,
                                    "required": False,
                                },
                            ),
                            5: (
                                "wagtail.blocks.StructBlock",
                                [
                                    [
                                        ("image", 0),
                                        ("address", 1),
                                        ("alt", 2),
                                        ("decorative", 3),
                                        ("credit", 4),
                                    ]
                                ],
                                {},
                            ),
                            6: (
                                "wagtail.blocks.BooleanBlock",
                                (),
                                {
                                    "default": True,
                                    "label": "List the headlines on top",
                                    "required": False,
                                },
                            ),
                            7: ("wagtail.blocks.CharBlock", (), {"default": "", "max_length": 250}),
                            8: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": [
                                        "bold",
                                        "italic",
                                        "link",
                                        "code",
                                        "superscript",
                                        "subscript",
                                        "strikethrough",
                                        "ol",
                                        "ul",
                                        "h3",
                                        "h4",
                                        "blockquote",
                                        "hr",
                                    ],
                                    "label": "Text",
                                    "required": False,
                                },
                            ),
                            9: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {
                                    "default": "",
                                    "help_text": "For what the editor above cannot hold: tables, longer code, pictures.",
                                    "label": "More, as Markdown",
                                    "required": False,
                                    "rows": 1,
                                },
                            ),
                            10: (
                                "wagtail.blocks.StructBlock",
                                [[("headline", 7), ("body", 8), ("markdown", 9)]],
                                {},
                            ),
                            11: ("wagtail.blocks.ListBlock", (10,), {"min_num": 1}),
                            12: (
                                "wagtail.blocks.StructBlock",
                                [[("show_headlines", 6), ("items", 11)]],
                                {},
                            ),
                            13: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": [
                                        "bold",
                                        "italic",
                                        "link",
                                        "code",
                                        "superscript",
                                        "subscript",
                                        "strikethrough",
                                        "ol",
                                        "ul",
                                        "h3",
                                        "h4",
                                        "blockquote",
                                        "hr",
                                    ],
                                    "help_text": "[first_name|reader] becomes the subscriber's first name, or “reader”.",
                                    "icon": "pilcrow",
                                },
                            ),
                            14: (
                                "wagtail.blocks.TextBlock",
                                (),
                                {
                                    "help_text": "[first_name|reader] becomes the subscriber's first name, or “reader”.",
                                    "icon": "code",
                                    "rows": 8,
                                },
                            ),
                            15: ("wagtail.blocks.CharBlock", (), {"max_length": 80}),
                            16: ("wagtail.blocks.URLBlock", (), {"label": "Address"}),
                            17: ("wagtail.blocks.StructBlock", [[("label", 15), ("url", 16)]], {}),
                            18: (
                                "wagtail.blocks.ChoiceBlock",
                                [],
                                {"choices": [("info", "Information"), ("warning", "Warning")]},
                            ),
                            19: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": [
                                        "bold",
                                        "italic",
                                        "link",
                                        "code",
                                        "superscript",
                                        "subscript",
                                        "strikethrough",
                                        "ol",
                                        "ul",
                                    ],
                                    "label": "Text",
                                },
                            ),
                            20: ("wagtail.blocks.StructBlock", [[("tone", 18), ("body", 19)]], {}),
                            21: (
                                "wagtail.blocks.RichTextBlock",
                                (),
                                {
                                    "features": [
                                        "bold",
                                        "italic",
                                        "link",
                                        "code",
                                        "superscript",
                                        "subscript",
                                        "strikethrough",
                                    ],
                                    "label": "Words",
                                },
                            ),
                            22: (
                                "wagtail.blocks.CharBlock",
                                (),
                                {"label": "Who said it", "max_length": 200, "required": False},
                            ),
                            23: (
                                "wagtail.blocks.StructBlock",
                                [[("body", 21), ("attribution", 22)]],
                                {},
                            ),
                            24: (
                                "wagtail.blocks.static_block.StaticBlock",
                                (),
                                {
                                    "admin_text": "A line between two parts.",
                                    "icon": "horizontalrule",
                                },
                            ),
                        },
                    ),
                ),
                (
                    "boilerplate",
                    models.TextField(
                        blank=True, help_text="Markdown, at the end. Empty: the publication's."
                    ),
                ),
                (
                    "pdf_url",
                    models.URLField(
                        blank=True,
                        help_text="The address of a PDF of this issue.",
                        verbose_name="PDF",
                    ),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "permissions": [
                    ("queue_issue", "Can queue an issue for sending"),
                    ("approve_issue", "Can approve an issue"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", 0), _negated=True),
                        fields=("publication", "volume", "number"),
                        name="one_issue_per_number",
                    )
                ],
            },
            bases=(newsletter.publishing.models.AtSite, "wagtailcore.page"),
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acceptances",
                        to="publishing.issue",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=60)),
                ("place", models.CharField(blank=True, max_length=300)),
                ("message", models.TextField()),
                ("reason", models.CharField(max_length=500)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "fingerprint"), name="one_acceptance_per_finding"
                    )
                ],
            },
        ),
        migrations.RunPython(take_rights, migrations.RunPython.noop),
    ]
