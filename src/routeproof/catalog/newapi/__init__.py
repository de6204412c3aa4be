"""The units and price lists of gateways of the new-api family."""
