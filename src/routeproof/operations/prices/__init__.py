"""What commands answer about prices and costs."""
