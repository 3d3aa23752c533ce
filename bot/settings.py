"""What an operator can set, read from the environment and `.env`, every problem reported at once.

Knows names, defaults and what makes a value valid; never opens a database or a connection, and is
built only by `bot.cli` and `bot.app`, never when a module is imported.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.services.errors import UserFacingError
from bot.services.retention import Keeping

DEFAULT_ENV_FILE = Path(".env")
DISCORD_API = "https://discord.com/api/v10"

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]

_LONGEST_SHOWN = 60
_BARE = 'the bot\'s token alone, without quotes, spaces or "Bot" before it'
_MISSING = (
    "DISCORD_TOKEN is missing: copy the bot's token from the Discord developer portal "
    "(your application, Bot, Reset Token) into .env as DISCORD_TOKEN=..."
)
_LIKENESS = 0.75
"""Least similarity for calling an unknown name a misspelt one (`DISCORD_TOKN` has 0.96)."""


class SettingsProblem(UserFacingError):  # noqa: N818 - it names a state of the settings
    """Settings that cannot be used; the message has one line for each of `problems`."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _check_token(token: SecretStr) -> SecretStr:
    value = token.get_secret_value().strip()
    if not value or re.search(r"[\s\"']", value) or value.casefold().startswith("bot "):
        raise ValueError
    return SecretStr(value)


def _check_url(url: str, schemes: Sequence[str]) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.query:
        raise ValueError
    _ = parts.port  # raises ValueError where it is no number
    return url.strip().rstrip("/")


def _check_api_base(url: str) -> str:
    return _check_url(url, ("http", "https"))


def _check_public_url(url: str) -> str:
    checked = _check_url(url, ("http", "https")).rstrip("/")
    if urlsplit(checked).path:
        raise ValueError
    return checked


def _check_gateway(url: str) -> str:
    return _check_url(url, ("ws", "wss"))


def _check_database_url(url: str) -> str:
    if re.match(r"sqlite\+aiosqlite:///.", url):
        return url
    if not url.startswith("postgresql+asyncpg://"):
        raise ValueError
    _ = urlsplit(url).port
    return url


def _check_library(path: Path) -> Path:
    if not path.is_dir() and not (path.is_file() and path.suffix == ".jsonl"):
        raise ValueError
    return path


def _check_time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError
    return name


def _lowered(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Token = Annotated[SecretStr, AfterValidator(_check_token)]


class Settings(BaseSettings):
    """Everything an operator can set; the environment wins over `.env`.

    A field's description completes the sentence "NAME must be ...".
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        case_sensitive=False,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
    )

    discord_token: Token | None = Field(default=None, description=_BARE)
    discord_api_base: Annotated[str, AfterValidator(_check_api_base)] = Field(
        default=DISCORD_API,
        description=f"an http or https address such as {DISCORD_API}",
    )
    discord_gateway_url: Annotated[str, AfterValidator(_check_gateway)] | None = Field(
        default=None,
        description="a ws or wss address such as wss://gateway.discord.gg",
    )
    discord_message_content: bool = Field(
        default=True,
        description="true or false",
    )
    discord_shard_count: Annotated[int, Field(ge=1, le=4096)] | None = Field(
        default=None,
        description="a whole number from 1 to 4096, or left out",
    )
    database_url: Annotated[str, AfterValidator(_check_database_url)] = Field(
        default="sqlite+aiosqlite:///data/footnote.db",
        description=(
            "an address that begins with sqlite+aiosqlite:/// and a file's path, "
            "or with postgresql+asyncpg://"
        ),
        repr=False,
    )
    library: Annotated[Path, AfterValidator(_check_library)] | None = Field(
        default=None,
        description=(
            "an existing directory of Markdown files or an existing .jsonl file, or left out "
            "for the starter library"
        ),
    )
    time_zone: Annotated[str, AfterValidator(_check_time_zone)] = Field(
        default="UTC",
        description="a name of the IANA time zone database such as Europe/Berlin",
    )
    note_hold_seconds: Annotated[int, Field(ge=0, le=600)] = Field(
        default=10,
        description="a whole number from 0 to 600",
    )
    check_sources: bool = Field(
        default=True,
        description="true or false",
    )
    keep_posts_days: Annotated[int, Field(ge=70, le=3650)] = Field(
        default=90,
        description="a whole number of days from 70 (two months' digests need them) to 3650",
    )
    keep_audit_days: Annotated[int, Field(ge=70, le=3650)] = Field(
        default=365,
        description="a whole number of days from 70 to 3650",
    )
    log_level: Annotated[LogLevel, BeforeValidator(_lowered)] = Field(
        default="info",
        description="debug, info, warning or error",
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lowered)] = Field(
        default="console",
        description="console or json",
    )
    http_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:_-]+$")] = Field(
        default="127.0.0.1",
        description="a host name or an address such as 127.0.0.1",
    )
    http_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="a whole number from 0 (any free port) to 65535, or left out",
    )
    public_url: Annotated[str, AfterValidator(_check_public_url)] | None = Field(
        default=None,
        description=(
            "an http or https address without a path such as https://bot.example.org, or left out"
        ),
    )
    digest_archive: bool = Field(
        default=False,
        description="true or false",
    )

    @property
    def note_hold(self) -> timedelta:
        """How long a note waits before it is posted, where a community has not chosen."""
        return timedelta(seconds=self.note_hold_seconds)

    @property
    def keeping(self) -> Keeping:
        """How long things are kept."""
        return Keeping(
            posts=timedelta(days=self.keep_posts_days), audit=timedelta(days=self.keep_audit_days)
        )

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown: the token, and the database's password."""
        token = self.discord_token.get_secret_value() if self.discord_token else ""
        password = urlsplit(self.database_url).password or ""
        return tuple(secret for secret in (token, password) if secret)


class _LiveSettings(Settings):
    """Settings that are no use without a token."""

    discord_token: Token = Field(description=_BARE)


def load(env_file: Path | None = DEFAULT_ENV_FILE, *, needs_token: bool = False) -> Settings:
    """Read the settings.

    Args:
        env_file: a file of `NAME=value` lines; it may be missing, and None reads none.
        needs_token: whether a missing token is a problem, too.

    Raises:
        SettingsProblem: with one sentence for each thing that has to be changed.
    """
    if env_file is not None:
        _read_names(env_file)
    kind = _LiveSettings if needs_token else Settings
    where: dict[str, Any] = {"_env_file": env_file}
    try:
        return kind(**where)
    except ValidationError as error:
        sentences = [_sentence(str(each["loc"][0]), each["input"]) for each in error.errors()]
    raise SettingsProblem(dict.fromkeys(sentences))


def typos(env_file: Path | None = DEFAULT_ENV_FILE) -> tuple[str, ...]:
    """Return one sentence for each name in the file that looks like a misspelt setting."""
    if env_file is None:
        return ()
    known = [field.upper() for field in Settings.model_fields]
    sentences = []
    for name in _read_names(env_file):
        if name.upper() in known:
            continue
        if close := get_close_matches(name.upper(), known, n=1, cutoff=_LIKENESS):
            sentences.append(f"{env_file}: {name} is not a setting; did you mean {close[0]}?")
        elif name.upper().startswith("DISCORD_"):
            sentences.append(f"{env_file}: {name} is not a setting; remove it or see .env.example.")
    return tuple(sentences)


def _read_names(env_file: Path) -> list[str]:
    """Return the names that the file sets, or say which of its lines cannot be read."""
    if not env_file.exists():
        return []
    try:
        with env_file.open(encoding="utf-8-sig") as lines:
            bindings = list(parse_stream(lines))
    except UnicodeDecodeError:
        raise SettingsProblem([f"{env_file} is not UTF-8 text; save it as UTF-8."]) from None
    except OSError as error:
        raise SettingsProblem([f"{env_file} cannot be read: {error.strerror}."]) from None
    unread = [each.original.line for each in bindings if each.error]
    if unread:
        raise SettingsProblem(
            f"{env_file}, line {line}: write it as NAME=value, or put # before it."
            for line in unread
        )
    return [each.key for each in bindings if each.key]


def _sentence(field: str, value: object) -> str:
    """Say what a setting must be, with its value where that is no secret."""
    if field == "discord_token" and isinstance(value, dict):
        return _MISSING
    name = field.upper()
    sentence = f"{name} must be {Settings.model_fields[field].description}"
    if field in ("discord_token", "database_url"):
        return f"{sentence}."
    shown = str(value)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    near = _nearest_zone(str(value)) if field == "time_zone" else ""
    return f"{sentence}; it is {shown!r}.{near}"


def _nearest_zone(name: str) -> str:
    zones = {zone.lower(): zone for zone in available_timezones()}
    tails = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zones.values())}
    wanted = name.strip().lower().replace(" ", "_")
    close = get_close_matches(wanted, [*zones, *tails], n=1, cutoff=_LIKENESS)
    return f" Did you mean {(zones | tails)[close[0]]}?" if close else ""
