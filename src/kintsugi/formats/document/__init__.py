"""What HTML and PDF share: the head of a postmortem, and the parts of its rendered template."""
