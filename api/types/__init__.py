"""What GraphQL serves, a file per noun. Fields say beside themselves how they are read from the graph."""
