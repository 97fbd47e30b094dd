"""Chinese: Django groups no digits, and a thousand million without a mark cannot be read."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
