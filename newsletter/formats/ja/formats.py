"""Dates in Japanese, with the day of the week in brackets: in the letters of Django's `date`."""

DATE_FORMAT = "Y年n月j日"
SHORT_DATE_FORMAT = "Y年n月j日(D)"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y年n月j日 H:i"
SHORT_DATETIME_FORMAT = "Y年n月j日(D) H:i"
MONTH_DAY_FORMAT = "n月j日"
