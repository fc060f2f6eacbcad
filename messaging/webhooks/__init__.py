"""What providers tell us by themselves: receipts, replies, keys. Everybody may knock here, so the signature is the key.

A webhook checks who speaks, writes down what is said and answers; a worker reads it (messaging.actions.read_incoming).
So it is fast, needs no broker, and what comes twice, too early or in the wrong order does no harm.
"""
