"""Services: who owns them, how much hangs on them, what they depend on."""
