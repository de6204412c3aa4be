"""The rows of the kill matrix, a file for each family of checks; `kill_matrix_rows.py` puts them together."""
