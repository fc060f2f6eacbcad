"""Templates, and the few lines of Python that only templates need. Imports nothing of ours."""
