"""A mail server for one machine: takes every mail, sends none on, and shows what came on a page of its own."""
