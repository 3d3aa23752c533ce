"""Use cases, and the ports they need. Knows domain and matching only."""
