"""Indicators, schemes, assessments, grades, awards. Not built yet: the portal shows nothing of it until it is."""
