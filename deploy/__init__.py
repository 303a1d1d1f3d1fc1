"""How the system runs: on one machine, in containers, behind the gateway."""
