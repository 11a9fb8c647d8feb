"""Citations out, in the formats that reference managers and databases read.

Each writer streams text. What a format has no place for travels as a note, "[name] value", so that
reading the file again (``review.imports``) gives the same citations: the inverse of
``review.imports.cells``.
"""
