"""Recognition and sentence models: find, build, verify. Weights live in the user's data folder."""
