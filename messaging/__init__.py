"""How people are reached: contact points, messages, deliveries, channels. Knows a user, knows no alliance.

The outside is `actions.post` (write a message), `actions.cancel` and the contact points; the rest makes it leave.
`docs/messages.md` says what each kind of message needs in its context.
"""
