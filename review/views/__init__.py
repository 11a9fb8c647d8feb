"""Pages of identification and the flow: load and authorise, form, service, page or redirect."""
