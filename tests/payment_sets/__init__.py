"""Made-up sets of bills, texts and statements of everyday, messy and crooked kinds, run through the real commands.

`python -m tests.payment_sets --help`, or `script/payment_sets`. The same seed makes the same set; the truth of each is
known, so that a false approval, money used twice and a lost confirmation are counted and not guessed.
"""
