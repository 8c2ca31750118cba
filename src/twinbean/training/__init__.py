"""Fine-tuning: people's sessions -> an adapter of a language model, with what it predicts of people it has not seen."""
