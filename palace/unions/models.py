from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.wording import local_text

from .querysets import PalaceQuerySet, UnionQuerySet


class UnionLevel(models.TextChoices):
    PROVINCE = "province", pgettext_lazy("union level", "province")
    CITY = "city", pgettext_lazy("union level", "city")
    COUNTY = "county", pgettext_lazy("union level", "county")
    TOWN = "town", pgettext_lazy("union level", "town or street")
    ENTERPRISE = "enterprise", pgettext_lazy("union level", "enterprise")


class Union(models.Model):
    """A trade union in the tree province → city → county → town or enterprise.

    ``path`` is the chain of ids from the root, "/1/4/17/": the subtree of a union is a prefix of it. The database
    keeps it (trigger ``unions_union_path``); nobody sets it by hand.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("union above")
    )
    level = models.CharField(_("level"), max_length=12, choices=UnionLevel)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    region_code = models.CharField(
        _("region code"), max_length=12, blank=True, validators=[RegexValidator(r"^\d{6,12}$")]
    )
    path = models.TextField(editable=False, unique=True, default=None, null=True)

    objects = UnionQuerySet.as_manager()

    class Meta:
        verbose_name = _("union")
        verbose_name_plural = _("unions")
        ordering = ["path"]

    def __str__(self):
        return local_text(self, "name")

    @property
    def ids_above(self) -> list[int]:
        """Ids from the root down to this union itself."""
        return [int(pk) for pk in (self.path or "").strip("/").split("/") if pk]


class InstitutionKind(models.TextChoices):
    CLASS_1 = "class_1", pgettext_lazy("institution", "public welfare class 1")
    CLASS_2 = "class_2", pgettext_lazy("institution", "public welfare class 2")
    OTHER = "other", pgettext_lazy("institution", "other")


class PalaceClass(models.TextChoices):
    FIRST = "1", pgettext_lazy("palace class", "first class")
    SECOND = "2", pgettext_lazy("palace class", "second class")
    THIRD = "3", pgettext_lazy("palace class", "third class")


class Palace(models.Model):
    """A workers' cultural palace. It must publish four things: services, discounts, hours and procedures."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="palaces", verbose_name=_("union"))
    slug = models.SlugField(_("short name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    region_code = models.CharField(_("region code"), max_length=12, validators=[RegexValidator(r"^\d{6,12}$")])
    institution = models.CharField(
        _("kind of institution"), max_length=10, choices=InstitutionKind, default=InstitutionKind.CLASS_2
    )
    palace_class = models.CharField(_("class"), max_length=1, choices=PalaceClass, default=PalaceClass.SECOND)
    floor_area_m2 = models.PositiveIntegerField(_("floor area in m²"), default=0)
    land_area_mu = models.DecimalField(_("land in mu"), max_digits=8, decimal_places=2, default=0)
    leased_area_m2 = models.PositiveIntegerField(_("floor area let out in m²"), default=0)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_en = models.CharField(_("English address"), max_length=250, blank=True)
    phone = models.CharField(_("duty telephone"), max_length=30, blank=True)
    motto = models.CharField(_("motto"), max_length=60, blank=True)
    motto_en = models.CharField(_("English motto"), max_length=100, blank=True)
    services = models.TextField(_("services"), blank=True)
    services_en = models.TextField(_("services in English"), blank=True)
    discounts = models.TextField(_("discounts"), blank=True)
    discounts_en = models.TextField(_("discounts in English"), blank=True)
    hours = models.TextField(_("hours"), blank=True)
    hours_en = models.TextField(_("hours in English"), blank=True)
    procedures = models.TextField(_("procedures"), blank=True)
    procedures_en = models.TextField(_("procedures in English"), blank=True)
    day_sheet_email = models.EmailField(_("e-mail for the nightly day sheet"), blank=True)
    icp_number = models.CharField(_("ICP number"), max_length=60, blank=True)
    police_number = models.CharField(_("police filing number"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("shown to the public"), default=True)

    objects = PalaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("palace")
        verbose_name_plural = _("palaces")
        ordering = ["position", "id"]

    def __str__(self):
        return local_text(self, "name")
