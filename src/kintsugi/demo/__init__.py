"""Sample data: six invented postmortems to look at, to try the commands on, and to test with."""
