"""Which partner? Robust ranking of alternatives by many criteria when nobody agrees on weights."""
