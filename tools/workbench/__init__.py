"""What a developer works with: set-up, locks, the server, the benchmark, pictures."""
