"""Dates in English, the day first: in the letters of Django's `date` filter."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y H:i"
SHORT_DATETIME_FORMAT = "D j M Y H:i"
MONTH_DAY_FORMAT = "j F"
