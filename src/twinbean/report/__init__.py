"""Tables -> words, figures, HTML."""
