"""Activities of a unit: meetings, study, publicity, training."""
