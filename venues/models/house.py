from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.pictures import Pictured
from palace.core.wording import local_text
from palace.unions.models import Palace

from ..querysets import UnitQuerySet, VenueQuerySet


class SiteKind(models.TextChoices):
    MAIN = "main", pgettext_lazy("site", "main building")
    BRANCH = "branch", pgettext_lazy("site", "branch")
    BASE = "base", pgettext_lazy("site", "training base")
    STATION = "station", pgettext_lazy("site", "service station")


class Site(Pictured):
    """A place of the palace: main building, branch, training base, 24-hour station."""

    picture_field = "plan"
    palace = models.ForeignKey(Palace, models.PROTECT, related_name="sites", verbose_name=_("palace"))
    kind = models.CharField(_("kind"), max_length=10, choices=SiteKind, default=SiteKind.MAIN)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_en = models.CharField(_("English address"), max_length=250, blank=True)
    map_url = models.URLField(_("link to a map"), blank=True)
    plan = models.ImageField(_("site plan"), upload_to="plans/", blank=True)
    accessibility = models.TextField(_("accessibility"), blank=True)
    accessibility_en = models.TextField(_("accessibility in English"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["palace", "id"], name="site_in_palace")]

    def __str__(self):
        return local_text(self, "name")


class VenueKind(models.TextChoices):
    BADMINTON = "badminton", pgettext_lazy("venue", "badminton")
    BASKETBALL = "basketball", pgettext_lazy("venue", "basketball")
    TABLE_TENNIS = "table_tennis", pgettext_lazy("venue", "table tennis")
    BILLIARDS = "billiards", pgettext_lazy("venue", "billiards")
    GYM = "gym", pgettext_lazy("venue", "gym")
    DANCE = "dance", pgettext_lazy("venue", "dance studio")
    PIANO = "piano", pgettext_lazy("venue", "piano room")
    READING = "reading", pgettext_lazy("venue", "reading room")
    THEATRE = "theatre", pgettext_lazy("venue", "theatre")
    MEETING = "meeting", pgettext_lazy("venue", "meeting room")
    CLASSROOM = "classroom", pgettext_lazy("venue", "classroom")
    OTHER = "other", pgettext_lazy("venue", "other")


class OperatingMode(models.TextChoices):
    SELF_RUN = "self_run", pgettext_lazy("operating", "run by the palace")
    COOPERATIVE = "cooperative", pgettext_lazy("operating", "run together with a partner")
    ENTRUSTED = "entrusted", pgettext_lazy("operating", "entrusted to a partner")


class ServiceCentre(models.TextChoices):
    """The centres a palace groups its offer into (Wenshang's eight)."""

    PUBLICITY = "publicity", pgettext_lazy("centre", "publicity and education")
    SPORTS = "sports", pgettext_lazy("centre", "culture and sports")
    SAFETY = "safety", pgettext_lazy("centre", "safety education")
    ARTS = "arts", pgettext_lazy("centre", "fine arts and calligraphy")
    STARTUP = "startup", pgettext_lazy("centre", "start-up incubation")
    LEGAL = "legal", pgettext_lazy("centre", "legal aid")
    HEALTH = "health", pgettext_lazy("centre", "workers' health")
    SERVICE = "service", pgettext_lazy("centre", "workers' services")


class Venue(models.Model):
    """One facility at a site: the badminton hall, the dance studio."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="venues", verbose_name=_("palace"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="venues", verbose_name=_("site"), db_constraint=False)
    kind = models.CharField(_("kind"), max_length=14, choices=VenueKind)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    pinyin = models.CharField(
        _("pinyin"), max_length=200, blank=True, help_text=_("Full pinyin and initials, for search and order.")
    )
    centre = models.CharField(_("service centre"), max_length=12, choices=ServiceCentre, default=ServiceCentre.SPORTS)
    operating_mode = models.CharField(
        _("operating mode"), max_length=12, choices=OperatingMode, default=OperatingMode.SELF_RUN
    )
    floor = models.CharField(_("floor"), max_length=40, blank=True)
    floor_en = models.CharField(_("floor in English"), max_length=60, blank=True)
    summary = models.CharField(_("one line about it"), max_length=120, blank=True)
    summary_en = models.CharField(_("one line in English"), max_length=160, blank=True)
    rules = models.TextField(_("house rules"), blank=True)
    rules_en = models.TextField(_("house rules in English"), blank=True)
    accessibility = models.TextField(_("accessibility"), blank=True)
    accessibility_en = models.TextField(_("accessibility in English"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("shown to the public"), default=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["site__position", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["palace", "id"], name="venue_in_palace")]

    def __str__(self):
        return local_text(self, "name")

    def delete(self, *args, **kwargs):
        """The photos go one by one: what a cascade deletes keeps its files."""
        with transaction.atomic():
            for photo in self.photos.all():
                photo.delete()
            return super().delete(*args, **kwargs)


class VenuePhoto(Pictured):
    picture_field = "image"
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="photos", verbose_name=_("venue"))
    image = models.ImageField(_("photo"), upload_to="venues/")
    caption = models.CharField(_("what it shows"), max_length=120)
    caption_en = models.CharField(_("what it shows, in English"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "id"]

    def __str__(self):
        return local_text(self, "caption")


class Space(models.Model):
    """A floor that can be divided into ``places`` numbered from 1: six courts, forty gym places, one lecture hall."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="spaces", verbose_name=_("palace"))
    venue = models.ForeignKey(
        Venue, models.PROTECT, related_name="spaces", verbose_name=_("venue"), db_constraint=False
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    places = models.PositiveIntegerField(_("places"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["palace", "id"], name="space_in_palace"),
            models.UniqueConstraint(fields=["venue", "id"], name="space_in_venue"),
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=5000),
                name="space_places_sane",
                violation_error_message=_("A space has between 1 and 5,000 places."),
            ),
        ]

    def __str__(self):
        return local_text(self, "name")


class UnitMode(models.TextChoices):
    EXCLUSIVE = "exclusive", pgettext_lazy("unit", "one party takes it whole")
    SHARED = "shared", pgettext_lazy("unit", "each person takes a place")


class Unit(models.Model):
    """What can be booked: a name for a run of places of a space, with a ``capacity`` in persons."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="units", verbose_name=_("palace"))
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="units", verbose_name=_("venue"), db_constraint=False)
    space = models.ForeignKey(Space, models.PROTECT, related_name="units", verbose_name=_("space"), db_constraint=False)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    label = models.CharField(_("plate"), max_length=6, help_text=_("The one or two characters on its plate: 3, A."))
    note = models.CharField(_("where it is"), max_length=30, blank=True)
    note_en = models.CharField(_("where it is, in English"), max_length=40, blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=UnitMode, default=UnitMode.EXCLUSIVE)
    first_place = models.PositiveIntegerField(_("first place"), default=1)
    place_count = models.PositiveIntegerField(_("number of places"), default=1)
    capacity = models.PositiveIntegerField(_("capacity in persons"), default=4)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("can be booked"), default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["palace", "id"], name="unit_in_palace"),
            models.CheckConstraint(
                condition=Q(first_place__gte=1, place_count__gte=1, capacity__gte=1),
                name="unit_run_sane",
                violation_error_message=_(
                    "Places are numbered from 1, and a unit has at least one place and holds at least one person."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(mode=UnitMode.SHARED) | Q(capacity=F("place_count")),
                name="unit_shared_capacity_is_places",
                violation_error_message=_("A shared unit holds as many persons as it has places."),
            ),
        ]

    def __str__(self):
        return local_text(self, "name")

    @property
    def last_place(self) -> int:
        return self.first_place + self.place_count - 1
