"""Transcript x scorer -> log-probabilities."""
