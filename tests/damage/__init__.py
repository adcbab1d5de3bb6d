"""Property: a damaged list gives the rows of the clean one, or says in a sentence what it does not give."""
