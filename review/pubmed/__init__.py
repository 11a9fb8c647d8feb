"""PubMed through NCBI's E-utilities: requests out, citations in. No Django, no models.

``transport`` asks, ``client`` searches and fetches, ``parse`` reads what came.
"""
