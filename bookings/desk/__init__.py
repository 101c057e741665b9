"""The desk: staff at work. One noun a file; rules live in the services."""
