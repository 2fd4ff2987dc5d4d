"""Whether actions are done, and done in time: the figures of a period, each with how it is reckoned."""
