"""Pages of signing in, of one-time links, and of one's own account."""
