"""A made-up town for demonstrations: the same seed gives the same town, and everything in it says that it is made up."""
