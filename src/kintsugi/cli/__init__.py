"""The `kintsugi` command. Offline commands need core and formats alone."""
