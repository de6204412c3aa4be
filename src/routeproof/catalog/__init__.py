"""Dated facts about providers, the price book made of them, and the exact cost of a usage."""
