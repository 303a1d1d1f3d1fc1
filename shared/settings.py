"""What every process is told by its environment; read once, in the service's `main.py`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

type Role = Literal["api", "worker"]


class Settings(BaseSettings):
    """Settings of one process. A service adds its own fields in a subclass.

    Environment names are the field names in upper case, e.g. `KAFKA_BOOTSTRAP_SERVERS`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    service: str
    role: Role

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8080"
    membership_url: str = "http://127.0.0.1:8001"
    courses_url: str = "http://127.0.0.1:8002"

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    mongodb_url: SecretStr = SecretStr("mongodb://127.0.0.1:27017")
    mongodb_database: str = ""
    mongodb_driver: Literal["motor", "pymongo"] = "motor"

    service_client_secret: SecretStr | None = None

    # Requests a second and ten seconds' worth at once, per process; 0 is no limit.
    rate_per_client: float = Field(0, ge=0)
    rate_per_person: float = Field(0, ge=0)
    # Whose word on the client's address counts: the gateway's.
    trusted_proxies: str = "127.0.0.1,::1"

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    traces_file: Path | None = None
    otel_exporter_otlp_endpoint: str | None = None
    trace_sample_ratio: float = Field(1.0, ge=0, le=1)

    shutdown_timeout_s: int = Field(20, ge=1, le=300)

    @property
    def database(self) -> str:
        """The store database of this service."""
        return self.mongodb_database or f"verbund_{self.service}"
