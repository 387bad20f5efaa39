"""What many incidents say together: figures with how sure they are, and never a naked mean."""
