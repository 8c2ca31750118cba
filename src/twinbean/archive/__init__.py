"""Sessions as archives that journals ask for: BIDS and Psych-DS, with codebook, checksums and pseudonyms."""
