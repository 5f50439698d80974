"""Where one installation of Allo lives and which doors it opens.

Decides: the folder of everything an installation writes, addresses and ports, the database, the secrets.
Does not know: Django, Asterisk, the engine. It imports nothing of allo, so that everything may import it.

Every field can be set by an environment variable with the prefix `ALLO_` (`ALLO_SIP_PORT=5070`) or by the file
`allo.env` in the checkout. Secrets are random per installation; `secrets.json` is readable by the owner alone.
"""

import hmac
import json
import os
import re
import secrets as random_source
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parents[2]
SECRETS_MODE = 0o600
FOLDER_MODE = 0o750
UMASK = 0o027
"""Others on this machine read nothing of what an installation writes, wherever its folder is."""

Port = int

_WORDS = {
    "database_url": (r"(postgres|postgresql|sqlite)://.*", "must begin with postgres:// or sqlite://"),
    "public_origin": (r"https?://[^/\s]+/?", "must be an address without a path, like https://calls.example.com"),
    "control_listen": (r"[^\s]+:\d{1,5}", "must be an address and a port, like 10.0.0.5:8090"),
}
"""What a field of free text must look like where it is set, and how that is said."""


class WrongSettingsError(ValueError):
    """Something is set to what cannot be; the message says what, a sentence a line."""


class Secrets(BaseModel):
    """The random words of one installation."""

    model_config = ConfigDict(frozen=True)

    django_secret_key: str
    ari_password: str
    control_token: str

    @classmethod
    def new(cls) -> "Secrets":
        """Fresh random secrets."""
        return cls(
            django_secret_key=random_source.token_urlsafe(48),
            ari_password=random_source.token_urlsafe(24),
            control_token=random_source.token_urlsafe(32),
        )

    @property
    def codes_secret(self) -> str:
        """What compensation codes are made with: another secret than the pages', made of it."""
        return hmac.digest(self.django_secret_key.encode(), b"compensation codes", "sha256").hex()


class Installation(BaseSettings):
    """The settings of one installation; read once per process by `current()`."""

    model_config = SettingsConfigDict(
        env_prefix="ALLO_", env_file=CHECKOUT / "allo.env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = CHECKOUT / "var"
    asterisk_root: Path = CHECKOUT / ".asterisk"
    web_address: IPvAnyAddress = Field(default="127.0.0.1", validate_default=True)
    web_port: Port = Field(default=8000, ge=1, le=65535)
    sip_address: IPvAnyAddress = Field(default="127.0.0.1", validate_default=True)
    sip_port: Port = Field(default=5060, ge=1, le=65535)
    asterisk_http_port: Port = Field(default=8088, ge=1, le=65535)
    rtp_start: Port = Field(default=20000, ge=1024, le=65534)
    rtp_end: Port = Field(default=21999, ge=1025, le=65535)
    external_address: str = ""
    """The address callers and agents outside see, when this machine is behind NAT; empty: none."""
    database_url: str = ""
    public_origin: str = ""
    """`https://calls.example.com` when a reverse proxy stands in front; empty: the web address itself."""
    language: Literal["en", "ru"] = "en"
    time_zone: str = ""
    """`Europe/Moscow`: where the centre's day begins at midnight; empty: the machine's own zone."""
    control_listen: str = ""
    """`10.0.0.5:8090`: control answers there too, guarded by its token; empty: on its Unix socket alone."""
    record_calls: bool = True
    load_app_queue: bool = False
    """Loads Asterisk's own queue too: only the benchmark wants it."""

    @model_validator(mode="after")
    def _check(self) -> "Installation":
        if self.rtp_end <= self.rtp_start:
            raise ValueError("ALLO_RTP_END must be greater than ALLO_RTP_START.")
        for name, (form, sentence) in _WORDS.items():
            if (value := getattr(self, name)) and not re.fullmatch(form, value):
                raise ValueError(f"ALLO_{name.upper()} {sentence}.")
        if self.time_zone and _zone(self.time_zone) is None:
            raise ValueError(f"ALLO_TIME_ZONE={self.time_zone} is not the name of a time zone, like Europe/Moscow.")
        object.__setattr__(self, "public_origin", self.public_origin.rstrip("/"))
        if not self.home.is_absolute():
            object.__setattr__(self, "home", self.home.resolve())
        if not self.asterisk_root.is_absolute():
            object.__setattr__(self, "asterisk_root", self.asterisk_root.resolve())
        return self

    # Folders and files

    @property
    def run_folder(self) -> Path:
        return self.home / "run"

    @property
    def control_socket(self) -> Path:
        return self.run_folder / "control.sock"

    @property
    def pid_file(self) -> Path:
        return self.run_folder / "processes.json"

    @property
    def log_folder(self) -> Path:
        return self.home / "log"

    @property
    def recordings_folder(self) -> Path:
        return self.home / "recordings"

    @property
    def sounds_folder(self) -> Path:
        return self.home / "sounds"

    @property
    def prompts_folder(self) -> Path:
        return self.sounds_folder / "prompts"

    @property
    def moh_folder(self) -> Path:
        return self.sounds_folder / "music"

    @property
    def speech_cache_folder(self) -> Path:
        return self.home / "cache" / "speech"

    @property
    def journal_folder(self) -> Path:
        return self.home / "journal"

    @property
    def asterisk_home(self) -> Path:
        return self.home / "asterisk"

    @property
    def secrets_file(self) -> Path:
        return self.home / "secrets.json"

    @property
    def sqlite_file(self) -> Path:
        return self.home / "db.sqlite3"

    # Addresses

    @property
    def effective_database_url(self) -> str:
        """The database's address in dj-database-url's form."""
        return self.database_url or f"sqlite:///{self.sqlite_file}"

    @property
    def origin(self) -> str:
        """What a person types into a browser."""
        if self.public_origin:
            return self.public_origin
        address = str(self.web_address)
        host = "localhost" if address in {"127.0.0.1", "::1", "0.0.0.0", "::"} else address  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.web_port}"

    @property
    def ari_url(self) -> str:
        """Asterisk's REST interface, always on loopback."""
        return f"http://127.0.0.1:{self.asterisk_http_port}/ari"

    @property
    def ari_events_url(self) -> str:
        """Asterisk's event websocket without its query."""
        return f"ws://127.0.0.1:{self.asterisk_http_port}/ari/events"

    @property
    def phone_websocket_url(self) -> str:
        """Where Asterisk itself listens for browser phones (a proxy offers it as /ws)."""
        return f"ws://127.0.0.1:{self.asterisk_http_port}/ws"

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone; UTC when the machine does not name its own."""
        for name in (self.time_zone, os.environ.get("TZ", ""), _machine_zone()):
            if name and (zone := _zone(name)):
                return zone
        return ZoneInfo("UTC")

    # Deeds

    def program(self, name: str) -> Path | None:
        """Where a program is: the machine's own on PATH, else the private copy that scripts/setup brought."""
        on_path = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin:/usr/local/sbin")
        if on_path:
            return Path(on_path)
        private = self.asterisk_root / "bin" / name
        return private if os.access(private, os.X_OK) else None

    def make_folders(self) -> None:
        """Create every folder that an installation writes to."""
        for folder in (
            self.home,
            self.run_folder,
            self.log_folder,
            self.recordings_folder,
            self.sounds_folder,
            self.prompts_folder,
            self.moh_folder,
            self.speech_cache_folder.parent,
            self.speech_cache_folder,
            self.journal_folder,
            self.asterisk_home,
        ):
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)

    def secrets(self) -> Secrets:
        """This installation's secrets; made at the first call, the same ever after.

        Two processes that start at once agree: the file appears whole, and whoever comes second reads the first's.
        """
        try:
            return _read_secrets(self.secrets_file)
        except FileNotFoundError:
            pass
        self.home.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        draft = self.home / f".secrets-{os.getpid()}-{random_source.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRETS_MODE)
        with os.fdopen(descriptor, "w") as file:
            json.dump(Secrets.new().model_dump(), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self.secrets_file)  # fails when another process was first: then its file is the one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return _read_secrets(self.secrets_file)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _machine_zone() -> str:
    """The zone's name by /etc/localtime."""
    _, _, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name


def _read_secrets(path: Path) -> Secrets:
    return Secrets.model_validate_json(path.read_text())


@lru_cache(maxsize=1)
def current() -> Installation:
    """This process's installation, from its environment. Raises WrongSettingsError."""
    try:
        return Installation()
    except ValidationError as error:
        sentences = []
        for one in error.errors():
            said = one["msg"].removeprefix("Value error, ")
            sentences.append(f"ALLO_{str(one['loc'][0]).upper()}={one['input']}: {said}." if one["loc"] else said)
        raise WrongSettingsError("\n".join(sentences)) from error
