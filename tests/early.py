"""Chooses the test database before Django reads its settings; loaded with ``-p tests.early``.

The embedded PostgreSQL is the default; ``TEST_PG=local`` takes the server at 127.0.0.1:5432. Migrations run once into a
template whose name carries their fingerprint; each test process works in a copy of it, as the application's role.
"""

import hashlib
import os
from pathlib import Path

from palace.core import database, translations

ROOT = Path(__file__).resolve().parent.parent
LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(
        [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("palace/*/migrations/*.py"), ROOT / "palace/core/sql.py"]
    ):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def superuser_url() -> str:
    if os.environ.get("TEST_PG") == "local":
        return LOCAL
    from palace.demo import embedded

    return embedded.postgres(ROOT / "data" / "tests")


def choose() -> None:
    translations.compile_all()  # a fresh checkout has none
    os.environ["TEST"] = "1"
    os.environ.setdefault("DATA_DIR", str(ROOT / "data" / "tests"))
    Path(os.environ["DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    if "TEST_SUPERUSER_URL" not in os.environ:  # set already in the worker processes
        os.environ["TEST_SUPERUSER_URL"] = superuser_url()
    urls = database.urls(os.environ["TEST_SUPERUSER_URL"], template_name())
    os.environ["DATABASE_URL"], os.environ["OWNER_DATABASE_URL"] = urls.app, urls.owner


def template_name() -> str:
    return f"palace_test_{fingerprint()}"


choose()
