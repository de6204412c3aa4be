"""The stream oracle: judges a streamed chat answer by its bytes, in five layers."""
