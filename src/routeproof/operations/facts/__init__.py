"""What commands do with facts: list, show, check, write them as a page."""
