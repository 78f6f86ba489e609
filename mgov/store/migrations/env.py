"""Alembic's environment: runs migrations on the connection that `mgov.store.migrate` hands over."""

from alembic import context

from mgov.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
