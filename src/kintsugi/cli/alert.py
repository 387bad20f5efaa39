"""`kintsugi alert`: alerts in files, and those of a server. Each idea has a file of its own."""

from __future__ import annotations

import typer

from kintsugi.cli import alert_files, alert_inbox, alert_sending

app = typer.Typer(help="Alerts: what they tell, and how many there are.", no_args_is_help=True)


@app.callback()
def alerts() -> None:
    """Alerts: what they tell, and how many there are."""


app.command(name="check")(alert_files.check)
app.command(name="fatigue")(alert_files.fatigue)
app.command(name="send")(alert_sending.send)
app.command(name="list")(alert_inbox.list_alerts)
app.command(name="show")(alert_inbox.show)
app.command(name="ack")(alert_inbox.acknowledge)
app.command(name="resolve")(alert_inbox.resolve)
app.command(name="verdict")(alert_inbox.verdict)
app.command(name="explain")(alert_inbox.explain)
