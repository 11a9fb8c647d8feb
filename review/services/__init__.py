"""Writes: one function each, verb first, atomic, raising a named error of ``review.errors``."""
