"""Whoever answers in a replay. A subject never imports `twinbean.definitions`: it sees questions and gives answers."""
