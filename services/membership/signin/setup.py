"""What signing in is set up from: settings, files with secrets, and the door that everybody passes."""

import json
import os
from pathlib import Path

from pydantic import SecretStr

from services.membership.letters import store as letters_store
from services.membership.letters.domain import Letter
from services.membership.letters.handlers import Post
from services.membership.oidc import store as oidc_store
from services.membership.oidc.handlers import Oidc
from services.membership.oidc.provider import Provider, ProviderSettings
from services.membership.people import store as people_store
from services.membership.people.store import People
from services.membership.secondfactors import store as factors_store
from services.membership.secondfactors.store import Seal, SecondFactors
from services.membership.signin import limits, refresh
from services.membership.signin.handlers import Door, Issuer
from services.membership.signin.keys import Keyring, Unusable
from shared.clock import utc_now
from shared.process import Service
from shared.roles import Role
from shared.settings import Settings


class SignInSettings(Settings):
    """`signing_key_file` may name several files, separated like PATH: the first signs, all verify.

    `second_factor_key_file` holds Fernet keys, one a line: the first seals, all open. `second_factor_required_for`
    names roles, separated by commas, that are withheld until their holder has a second factor.
    `oidc_issuer` turns signing in through an OpenID Connect provider on; it sends people back to
    `public_url`/sign-in/provider. `oidc_second_factor_trusted` says that it always asks for a second factor.
    """

    signing_key_file: str = ""
    service_clients_file: Path | None = None
    second_factor_key_file: Path | None = None
    second_factor_required_for: str = ""
    bootstrap_admin_email: str | None = None
    bootstrap_admin_password: SecretStr | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str = "verbundwerk"
    oidc_client_secret: SecretStr | None = None
    oidc_label: str = "Single Sign-on"
    oidc_second_factor_trusted: bool = False
    trusted_proxies: str = "127.0.0.1,::1"

    @property
    def signing_key_files(self) -> list[Path]:
        return [Path(name) for name in self.signing_key_file.split(os.pathsep) if name]

    @property
    def proxies(self) -> frozenset[str]:
        return frozenset(one.strip() for one in self.trusted_proxies.split(",") if one.strip())

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """Errors: `Unusable`."""
        names = [one.strip() for one in self.second_factor_required_for.split(",") if one.strip()]
        try:
            return frozenset(map(Role, names))
        except ValueError:
            raise Unusable("SECOND_FACTOR_REQUIRED_FOR names a role that does not exist.") from None


def indexes(service: Service) -> None:
    service.index(limits.COLLECTION, *limits.INDEXES)
    service.index(refresh.COLLECTION, *refresh.INDEXES)
    service.index(letters_store.LINKS, *letters_store.LINK_INDEXES)
    service.index(oidc_store.FLOWS, *oidc_store.FLOW_INDEXES)
    service.index(oidc_store.IDENTITIES, *oidc_store.IDENTITY_UNIQUE, unique=True)


def oidc_of(service: Service, settings: SignInSettings) -> Oidc:
    provider = None
    if settings.oidc_issuer is not None:
        said = ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            redirect_uri=f"{settings.public_url.rstrip('/')}/sign-in/provider",
        )
        provider = Provider(said)
    return Oidc(
        provider=provider,
        label=settings.oidc_label,
        second_factor_trusted=settings.oidc_second_factor_trusted,
        flows=oidc_store.Flows(service.collection(oidc_store.FLOWS)),
        identities=oidc_store.Identities(service.collection(oidc_store.IDENTITIES)),
    )


def post_of(service: Service) -> Post:
    letters = service.aggregates(
        letters_store.LETTERS,
        Letter,
        kind="letter",
        keys=letters_store.keys,
        indexes=letters_store.LETTER_INDEXES,
    )
    links = letters_store.Links(service.collection(letters_store.LINKS), letters.collection)
    return Post(letters, links, service.settings.public_url)


def door_of(service: Service, settings: SignInSettings, keyring: Keyring, seal: Seal) -> Door:
    """Errors: `Unusable`."""
    return Door(
        people=People(service.collection(people_store.COLLECTION)),
        limits=limits.Limits(service.collection(limits.COLLECTION)),
        refresh=refresh.RefreshTokens(service.collection(refresh.COLLECTION)),
        issuer=Issuer(keyring, utc_now),
        factors=SecondFactors(service.collection(factors_store.COLLECTION), seal),
        required_for=settings.second_factor_roles,
        clock=utc_now,
    )


def seal_of(file: Path | None) -> Seal:
    """Errors: `Unusable`. Without a file nobody can set a second factor up."""
    try:
        return Seal.load(file)
    except (OSError, ValueError):
        raise Unusable("SECOND_FACTOR_KEY_FILE must hold Fernet keys (base64), one a line.") from None


def clients_of(file: Path | None) -> dict[str, str]:
    """Errors: `Unusable`. Without a file no service can sign in."""
    if file is None:
        return {}
    try:
        clients = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Unusable("SERVICE_CLIENTS_FILE cannot be read as JSON.") from None
    if not isinstance(clients, dict) or not all(isinstance(one, str) and one for one in clients.values()):
        raise Unusable("SERVICE_CLIENTS_FILE must map each client id to its secret.")
    return clients
