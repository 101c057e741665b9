"""The demonstration's data: made by a seed, through the services that the pages use."""
