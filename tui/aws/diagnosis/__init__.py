"""Why things are as they are: what each profile's credentials come from, link by link."""
