"""How each family of APIs differs from OpenAI's wire format."""
