"""Reads, as queryset methods with names from the field."""
