"""A sample issue and sample people, all invented, for the demonstration and the tests."""
