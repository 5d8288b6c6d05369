"""What changes nothing: the rehearsal, and the timeline of versions."""
