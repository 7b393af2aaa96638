"""What editors choose from lists that more than one model shows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.publishing.volumes import VolumeRule


class Start(models.TextChoices):
    """What a new issue begins with."""

    ITEMS = "items", _("Empty items")
    SKELETON = "skeleton", _("The skeleton")
    LAST = "last", _("The last issue")


class VolumeRuleChoices(models.TextChoices):
    """When a new volume begins (`newsletter.publishing.volumes.VolumeRule`)."""

    HAND = VolumeRule.HAND, _("when somebody gives a number of another volume")
    YEAR = VolumeRule.YEAR, _("with each year")
    COUNT = VolumeRule.COUNT, _("after a number of issues")
