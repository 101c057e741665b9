"""Answers for load balancers: is this process alive, and can it serve?"""

from django.core.cache import cache
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

migrated = False


@never_cache
def live(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request):
    """200 when pages can be served. Without Redis they can: it is named, and the answer stays 200."""
    down = [name for name, check in CHECKS.items() if not holds(check)]
    needed = [name for name in down if name != "redis"]
    status = "down" if needed else "ok"
    return JsonResponse({"status": status, "down": down}, status=503 if needed else 200)


def holds(check) -> bool:
    try:
        return check()
    except Exception:
        # Whatever breaks a check, the answer is the same: this part is down.
        return False


def database_answers() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def is_migrated() -> bool:
    """Asked until it is true once: the tables do not go away under a running process."""
    global migrated
    migrated = migrated or not waiting_migrations()
    return migrated


def waiting_migrations() -> list[str]:
    """Migrations of the code that the database has not seen, as "app.name"."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def redis_answers() -> bool:
    """Also true where there is no Redis and memory serves as cache."""
    client = getattr(cache, "_cache", None)
    get_client = getattr(client, "get_client", None)
    return get_client().ping() if get_client else True


CHECKS = {"database": database_answers, "migrations": is_migrated, "redis": redis_answers}
