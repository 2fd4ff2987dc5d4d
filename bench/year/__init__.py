"""A year of actions and mails, day by day, against an oracle that knows the promise and not the code."""
