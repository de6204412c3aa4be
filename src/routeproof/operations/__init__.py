"""Use cases that the command line and the admin plane share."""
