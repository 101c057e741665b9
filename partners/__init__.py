"""Partners, open calls, agreements, evaluation. Not built yet: the portal shows nothing of it until it is."""
