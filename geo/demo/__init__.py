"""A made-up town for demonstrations: the same seed gives the same town, and every part says that it is made up."""
