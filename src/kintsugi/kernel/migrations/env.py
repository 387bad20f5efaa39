"""Runs the migrations on the connection that `kintsugi.kernel.migrate` holds."""

from alembic import context

from kintsugi.kernel.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
