"""Forms of the extraction pages: they read what was typed; services decide what it means."""
