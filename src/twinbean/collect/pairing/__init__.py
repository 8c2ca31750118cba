"""A live pair: a model that plays the payoffs of each visitor of a study, beside the server that collects them."""
