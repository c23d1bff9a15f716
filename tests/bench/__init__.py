"""How fast and how small the fake is: ``python -m tests.bench [names...] [--rounds N] [--quick] [--json]``.

Measures and prints; no test fails on a time. `harness` takes turns and does the statistics, `real` is what everything
is compared with, and each other module holds the rows of one part of the project.
"""
