"""The local runtime: Kafka, the store, mail, the services and the gateway on one machine, by one command.

`python -m deploy.local up` starts it all; tests start single parts with `deploy.local.parts` and
`deploy.local.process.running`. See docs/adr/0003-local-runtime.md for the reasons.
"""
