"""Go's text/template, as far as `list -f` can reach it: Template runs over values described in values.py."""
