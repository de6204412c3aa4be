"""Proves routes and compares ways to them: from what somebody asks to a plan, and from a plan to kept evidence."""
