"""How a sentence-transformers model is to be used."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class EncoderOptions(BaseModel):
    """What may be set beside the model itself; None leaves the model's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query_prompt: str | None = None
    passage_prompt: str | None = None
    maximum_length: Annotated[int, Field(ge=1)] | None = None
    dimension: Annotated[int, Field(ge=1)] | None = None
    precision: Literal["float32", "float16", "bfloat16"] = "float32"
    batch_size: Annotated[int, Field(ge=1)] = 32
    device: str = "cpu"

    @property
    def digest(self) -> str:
        """What of them changes the vectors, as `;name=value` each; empty for none. Part of an encoder's name."""
        changed = self.model_dump(exclude_defaults=True, exclude={"batch_size", "device"})
        return "".join(f";{name}={value}" for name, value in changed.items())

    @property
    def needs_torch(self) -> bool:
        """Whether they ask for more of a static model than fewer columns."""
        return bool(self.model_dump(exclude_defaults=True, exclude={"batch_size", "device", "dimension"}))


USUAL = EncoderOptions()
