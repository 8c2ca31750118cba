"""Whoever answers in a replay. A subject never imports `twinbean.bean`: it sees questions and gives answers."""
