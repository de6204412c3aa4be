"""The admin plane: health and metrics on their own port and in their own process."""
