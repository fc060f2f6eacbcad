"""Pages about signals and calls."""
