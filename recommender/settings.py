"""Everything that can be set: `JINXUE_…` environment variables, or a file `.env` in the working directory."""

from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from recommender.errors import SettingsError
from recommender.language import Bilingual, Language
from recommender.validation import explain

if TYPE_CHECKING:
    from recommender.encoder import EncoderOptions

Rate = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$")]
"""So many in a while, such as 120/minute."""
_TILES = r"^https?://[A-Za-z0-9.:\[\]-]+/[^\s;,'\"<>]*\{z\}[^\s;,'\"<>]*$"


class Settings(BaseSettings):
    """The service's settings; each is the variable `JINXUE_` followed by its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="JINXUE_", env_file=".env", extra="ignore", frozen=True)

    state: Path = Field(default=Path(".state"), description="Folder for the database and the snapshots.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the record of truth; a SQLite file in the state folder by default."
    )
    encoder: str | None = Field(
        default=None, description="A sentence-transformers model: hub id or local folder; the bundled one by default."
    )
    encoder_query_prompt: str | None = Field(
        default=None, description="Put before what people ask for; the model's own prompt by default."
    )
    encoder_passage_prompt: str | None = Field(
        default=None, description="Put before a course's text; the model's own prompt by default."
    )
    encoder_maximum_length: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Tokens read of a text at most; the model's own limit by default."
    )
    encoder_dimension: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Use the first so many columns only (for Matryoshka models); all by default."
    )
    encoder_precision: Literal["float32", "float16", "bfloat16"] = Field(
        default="float32", description="Numbers the model computes with."
    )
    encoder_batch_size: Annotated[int, Field(ge=1)] = Field(default=32, description="Texts embedded at once.")
    encoder_device: str = Field(default="cpu", description="Where the model computes: cpu, cuda, cuda:1 or mps.")
    policy: Path | None = Field(
        default=None, description="A file like recommender/data/policy.toml: default weights, half-distance, level fit."
    )
    timezone: str = Field(default="Asia/Shanghai", description="Whose day counts as today.")
    language: Language = Field(default=Language.ZH, description="Language of messages on the command line: zh or en.")
    host: str = Field(default="127.0.0.1", description="Address to serve on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8000, description="Port to serve on.")
    kept_answers: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=1024, description="Answers kept in memory for repeated requests; 0 keeps none."
    )
    maximum_sync_bytes: Annotated[int, Field(ge=1)] = Field(
        default=256 * 2**20, description="Bytes that one call of POST /v1/sync may send."
    )
    kept_snapshots: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=5, description="Snapshots kept for `jinxue rollback` and `jinxue diff`, the newest."
    )
    refit_seconds: Annotated[float, Field(ge=0, le=86_400)] = Field(
        default=60.0,
        description="Seconds without a change after which the catalogue's words are fitted anew if texts have changed; 0 leaves it to `jinxue build`.",
    )
    demo: bool = Field(
        default=False,
        description="Let anybody on this machine read the catalogue, ask for recommendations and see where supply is missing without a key; on loopback only.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas; none by default.",
    )
    allowed_origins: str = Field(
        default="",
        description="Origins whose pages may call from a browser (CORS), separated by commas; none by default.",
    )
    tile_server: Annotated[str, StringConstraints(pattern=_TILES)] | None = Field(
        default=None,
        description="Where the page's map takes tiles in WGS-84 from, as https://host/{z}/{x}/{y}.png; it draws the city by itself without.",
    )
    tile_attribution: str = Field(default="", description="Whom the map then names as the tiles' source.")
    rate_per_key: Rate = Field(default="6000/minute", description="Requests that one key may make of one process.")
    rate_per_address: Rate = Field(
        default="1200/minute", description="Requests without a key that one address may make of one process."
    )
    rate_of_refusals: Rate = Field(
        default="30/minute", description="Wrong keys that one address may try with one process."
    )
    maximum_connections: Annotated[int, Field(ge=1)] = Field(
        default=1_000, description="Connections that one process holds at once."
    )
    maximum_concurrent_requests: Annotated[int, Field(ge=1)] = Field(
        default=128, description="Requests that one process works on at once; others are told to come again."
    )
    maximum_request_seconds: Annotated[float, Field(gt=0)] = Field(
        default=30.0, description="Seconds that a request may take, from its first byte to the last one of the answer."
    )
    maximum_sync_seconds: Annotated[float, Field(gt=0)] = Field(
        default=600.0, description="The same for POST /v1/sync."
    )
    maximum_header_seconds: Annotated[float, Field(gt=0)] = Field(
        default=10.0, description="Seconds within which a client must have sent the head of its request."
    )
    maximum_body_bytes: Annotated[int, Field(ge=1)] = Field(
        default=2**20, description="Bytes that the body of any request but POST /v1/sync may have."
    )
    maximum_json_depth: Annotated[int, Field(ge=1, le=500)] = Field(
        default=16, description="Levels of brackets that a JSON body may have."
    )
    maximum_text_length: Annotated[int, Field(ge=1, le=4_000)] = Field(
        default=4_000, description="Characters that one text of a request may have; goals and needs 2,000 at most."
    )
    maximum_k: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=1_000, description="Entries that one answer may have; courses 100 at most."
    )
    maximum_sync_lines: Annotated[int, Field(ge=1)] = Field(
        default=1_000_000, description="Lines that one call of POST /v1/sync may send."
    )
    hidden_below: Annotated[int, Field(ge=1)] = Field(
        default=5, description="Groups of fewer learners are not told of in aggregates."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged, and what is more serious."
    )
    search_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="Threads of one search; one is fastest up to some 10,000 classes."
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise PydanticCustomError("unknown_timezone", "no such time zone") from error
        return name

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, listed: str) -> str:
        for name in split(listed):
            try:
                ip_network(name, strict=False)
            except ValueError as error:
                raise PydanticCustomError("no_network", "no such address or network") from error
        return listed

    @property
    def encoder_options(self) -> "EncoderOptions":
        """How the encoder is to be used."""
        from recommender.encoder import EncoderOptions  # brings scipy: not for --help

        names = EncoderOptions.model_fields
        return EncoderOptions(**{name: getattr(self, f"encoder_{name}") for name in names})

    @property
    def store_url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.state.resolve() / 'jinxue.sqlite3'}"


def split(listed: str) -> list[str]:
    """Return the parts of a setting that is a list, separated by commas."""
    return [part.strip() for part in listed.split(",") if part.strip()]


def load_settings(**values: object) -> Settings:
    """Read the settings; `values` that are not None win over the environment. SettingsError names the variable that is wrong."""
    try:
        return Settings(**{name: value for name, value in values.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "JINXUE_" + str(first["loc"][0] if first["loc"] else "").upper()
        reason = explain(first)
        raise SettingsError(
            Bilingual(f"设置 {name} 的值不可用：{reason.zh}", f"The setting {name} cannot be used: {reason.en}")
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            Bilingual("文件 .env 不是 UTF-8 编码，请另存为 UTF-8。", "The file .env is not UTF-8; save it as UTF-8.")
        ) from error
