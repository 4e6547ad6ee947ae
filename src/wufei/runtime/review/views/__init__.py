"""Pages of review: the inbox, and one case with its values, remarks and history."""
