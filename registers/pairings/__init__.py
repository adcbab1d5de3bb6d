"""Pages of pairings: the list, the board, ending and handing over, the roster that is handed in."""
