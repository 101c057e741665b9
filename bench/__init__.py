"""What the portal can bear, measured on this machine: ``make bench``. Every figure is printed with its reason."""
