"""What must be so before anything changes, as the steps and the rehearsal ask it."""
