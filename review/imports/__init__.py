"""Files in: bytes of any export of a database, a library or another tool become citations.

``guess`` looks at a file and says how it would be read, ``preview`` shows what that gives and
``read`` streams its entries and problems. Nothing is dropped silently: what cannot be read is a
problem with its line, what has no field here stays with the citation as an extra.
"""
