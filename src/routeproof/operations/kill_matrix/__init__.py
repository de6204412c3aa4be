"""The kill matrix, carried out: seeded defects, honest routes and dead ends before every check."""
