"""The kill matrix: what each check must catch and let pass, row by row, and the record of a run of it."""
