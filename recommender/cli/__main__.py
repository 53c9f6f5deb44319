"""`python -m recommender.cli` is `jinxue`."""

from recommender.cli.program import main

main()
