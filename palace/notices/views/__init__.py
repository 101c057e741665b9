"""Announcements for all, one's own messages, and the desk's pages about both and about long jobs."""
