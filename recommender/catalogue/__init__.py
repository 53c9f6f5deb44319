"""Catalogues in files (CSV folders, Excel, JSON Lines): read with every problem reported, and written again."""

from recommender.catalogue.files import catalogue_fingerprint
from recommender.catalogue.reading import CatalogueReading, bundled_catalogue_folder, read_catalogue
from recommender.catalogue.writing import write_catalogue

__all__ = ["CatalogueReading", "bundled_catalogue_folder", "catalogue_fingerprint", "read_catalogue", "write_catalogue"]
