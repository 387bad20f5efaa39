"""Does. One room per idea: each loads, asks the core, saves, and publishes what happened."""
