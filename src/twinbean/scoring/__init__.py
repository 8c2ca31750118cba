"""Transcript x scorer -> log-probabilities."""

from twinbean.scoring.choices import ChoiceScore as ChoiceScore
from twinbean.scoring.choices import score as score
from twinbean.scoring.choices import score_transcripts as score_transcripts
