"""A pretend phone network: takes mail (SMTP) and SMS (the Notify API), and shows what everybody's phone shows.

A process of its own, outside the product's path: the product reaches it only through EMAIL_URL and SMS_API_URL. It can
be told to refuse, hang or delay (POST /command), so that tests can see what the product does about it.
"""
