"""How Django writes times where no page of ours does: the admin site."""
