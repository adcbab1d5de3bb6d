"""走访 (visits): recorded once, counted once, read everywhere."""
