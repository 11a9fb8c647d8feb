"""Forms of identification: what people type, checked and turned into values for services."""
