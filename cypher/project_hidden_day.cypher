// Of a day the year.
RETURN left(toString($day), 4)
