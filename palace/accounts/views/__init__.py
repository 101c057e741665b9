"""Pages about people: ``doors`` (in and out), ``me`` (one's own), ``desk`` (staff)."""
