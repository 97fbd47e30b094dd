"""Two countries' procedures as one case: the law as data, and what follows from it.

References
----------
The provisions stand in the rulebooks, each with its article and how it was seen.
"""
