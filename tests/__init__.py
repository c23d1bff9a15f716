"""The suite: `unit`, `operations`, `contract`, `plugin`, `typing`, and `bench`, which measures instead of testing."""
