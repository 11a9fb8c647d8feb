"""What changes in extraction: each act is one function, atomic, keyword-only."""
