"""The rows of the kill matrix, a file for each family of checks; `all_rows.py` puts them together."""
