"""Runs the migrations on the connection, and within the transaction, that `recommender.store.migrating` gives."""

from alembic import context

from recommender.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
