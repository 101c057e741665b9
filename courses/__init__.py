"""Courses and activities, classes, sessions, enrolment. Not built yet: the portal shows nothing of it until it is."""
