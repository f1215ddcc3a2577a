"""What is different between two graphs: statement by statement, and as an account that people can read."""
