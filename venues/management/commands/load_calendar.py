from django.core.management.base import BaseCommand
from django.utils import timezone

from palace.core.actor import acting
from palace.unions.models import Palace
from venues.holidays import is_announced, load_year
from venues.previews import coming_uses, hits_by_palace


class Command(BaseCommand):
    help = "Load public holidays and make-up working days: last year, this one and the next, or the years given."

    def add_arguments(self, parser):
        parser.add_argument("years", nargs="*", type=int, metavar="YEAR")

    def handle(self, *args, years, **options):
        this = timezone.localdate().year
        for year in years or (this - 1, this, this + 1):
            with acting(source="command:load_calendar"):
                hits = hits_by_palace(coming_uses(timezone.now()), lambda year=year: load_year(year))
                changed = load_year(year)
            state = "announced" if is_announced(year) else "estimated: not announced yet"
            self.stdout.write(f"{year}: {changed} days changed ({state})")
            for palace in Palace.objects.filter(pk__in=hits):
                count = len(hits[palace.pk])
                self.stdout.write(
                    f"  {palace.slug}: {count} bookings are now outside opening hours; see Closures on the desk"
                )
