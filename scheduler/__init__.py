"""When things happen: cadences, quiet hours, the calendar, recurring duties, and the jobs that drive the rest.

Everything but `scheduler.jobs` is pure: the time, the holidays and the rules are passed in.
"""
