"""How dates look in each language, where Django's own formats are not those of the field."""
