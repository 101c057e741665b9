"""What is measured, in which size. One seed for all random choices."""

import argparse
from dataclasses import dataclass

SEED = 20270310
BASE_BOOKINGS = 100_000
PALACES, VENUES, COURTS = 5, 5, 10  # 250 units
MEMBERS = 1000
HOURS = range(8, 22)
PAST_DAYS, COMING_DAYS, COMING_FILL = 20, 14, 68
HORIZON_DAYS = 150
FIRST_FREE_DAY = 40  # booking over HTTP begins here: 250 units x 14 hours a day
CROWD_DAY = 16  # crowds have halls and days of their own, one day a crowd
WORKERS, THREADS, CROWD_THREADS = 2, 3, 16
TRIES = 3
EVENING = range(18, 22)  # 10 courts x 4 hours = 40 slots
RIVALS = 16


@dataclass(frozen=True)
class Size:
    rounds: int
    raw_seconds: int
    http_seconds: int
    slots_seconds: int
    crowds: int
    race_rounds: int


FULL = Size(rounds=7, raw_seconds=3, http_seconds=5, slots_seconds=4, crowds=10, race_rounds=1000)
QUICK = Size(rounds=2, raw_seconds=2, http_seconds=2, slots_seconds=2, crowds=2, race_rounds=100)


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small rounds, to see that it runs; writes no results")
    parser.add_argument("--only", choices=["booking", "slots", "crowds", "race"], help="one measurement")
    return parser.parse_args(arguments)
