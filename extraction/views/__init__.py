"""Pages of extraction: studies and results, risk of bias, the form, extracting."""
