"""Parts of docker-compose.yml that run in a container."""
