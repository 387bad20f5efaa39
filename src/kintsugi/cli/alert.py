"""`kintsugi alert`: alerts in files, and those of a server. Each idea has a file of its own."""

from __future__ import annotations

import typer

from kintsugi.cli import alert_files

app = typer.Typer(help="Alerts: what they tell, and how many there are.", no_args_is_help=True)


@app.callback()
def alerts() -> None:
    """Alerts: what they tell, and how many there are."""


app.command(name="check")(alert_files.check)
app.command(name="fatigue")(alert_files.fatigue)
