"""Texts to vectors: the bundled static model without torch, any sentence-transformers model on request."""

from pathlib import Path

from recommender.encoder.cache import CachedEncoder, Progress
from recommender.encoder.options import USUAL, EncoderOptions
from recommender.encoder.protocol import Encoder, Vectors
from recommender.encoder.static import StaticEncoder, static_module
from recommender.encoder.transformer import SentenceTransformerEncoder
from recommender.errors import EncoderError
from recommender.language import Bilingual

__all__ = [
    "BUNDLED_MODEL",
    "CachedEncoder",
    "Encoder",
    "EncoderOptions",
    "Progress",
    "SentenceTransformerEncoder",
    "StaticEncoder",
    "Vectors",
    "bundled_model_folder",
    "load_encoder",
]

BUNDLED_MODEL = "jinxue-static-zh"


def bundled_model_folder() -> Path:
    """Return the bundled model's folder: inside the installed package, else in the project's `models/`."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "models" / BUNDLED_MODEL
    return installed if installed.is_dir() else package.parent / "models" / BUNDLED_MODEL


def load_encoder(name: str | None = None, options: EncoderOptions = USUAL) -> Encoder:
    """Return the encoder called `name`: None is the bundled one, else a local folder or a sentence-transformers hub id.

    A static model is served without torch, unless `options` ask for more than a dimension.
    Raises `EncoderError` when the folder is missing or broken, the hub cannot be reached, or the options do not suit the model.
    """
    folder = bundled_model_folder() if name is None else Path(name).expanduser()
    if (name is None or (folder.is_dir() and static_module(folder) is not None)) and not options.needs_torch:
        return StaticEncoder(folder, options.dimension)
    if name is None or folder.is_dir():
        return SentenceTransformerEncoder(folder, options)
    if _looks_like_a_path(name):
        raise EncoderError(
            Bilingual(
                f"找不到编码模型文件夹 {folder}。请检查 JINXUE_ENCODER，或不设置它以使用内置模型。",
                f"There is no encoder folder {folder}. Check JINXUE_ENCODER, or unset it to use the bundled model.",
            )
        )
    return SentenceTransformerEncoder(name, options)


def _looks_like_a_path(name: str) -> bool:
    """Tell a folder from a hub id, which is `model` or `owner/model`."""
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1 or name.endswith("/")
