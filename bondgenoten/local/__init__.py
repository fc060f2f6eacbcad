"""The embedded default: PostgreSQL, Valkey and a pretend phone network on one machine, for the demo and the tests.

A thin wrapper over plain programs. Nothing in the product imports it; it imports nothing of the product. The tests use
`start_postgres`, `start_valkey` and `start_network`; people use `make demo`, or one server in the foreground with
`python -m bondgenoten.local postgres|valkey`.
"""
