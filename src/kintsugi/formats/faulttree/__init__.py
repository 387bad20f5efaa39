"""Fault trees in files: our text form, YAML and JSON, Open-PSA MEF, the guide's nodes, Mermaid."""
