"""Records put where a service finds them, without files in between."""

import datetime

from recommender.bootstrap import Workshop
from recommender.domain import Catalogue
from recommender.registry.merge import merge


def import_records(workshop: Workshop, catalogue: Catalogue, *, day: datetime.date) -> int:
    """Make `catalogue` what the workshop's store holds, as an import does; return the catalogue version."""
    with workshop.open_store() as store, store.write(source="test", day=day) as transaction:
        merge(transaction, catalogue, remove_missing=True)
        return transaction.version
