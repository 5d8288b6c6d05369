"""Do the unit tests notice when a decision is changed? Mutants of the pure code, drawn by lot."""
