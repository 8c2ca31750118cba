"""The collector: a study's folder, its database, and the server that gives out the page and keeps every row."""
