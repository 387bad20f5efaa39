"""What every idea of the core may use: severity levels, errors, times, text."""
