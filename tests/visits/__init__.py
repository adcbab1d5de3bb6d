"""走访: recorded once, counted once, read everywhere."""
