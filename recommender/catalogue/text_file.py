"""Text files as they come: UTF-8 with or without a mark, or GB18030, which Excel writes in China."""

from pathlib import Path

from recommender.catalogue.raw import Source, problem


def read_text(path: Path, file: str, source: Source) -> str | None:
    """Return a file's text, or None after reporting to `source` why there is none."""
    try:
        text = _decode(path.read_bytes())
    except OSError as error:
        source.problems.append(problem(file, f"无法读取（{error.strerror}）。", f"Cannot be read ({error.strerror})."))
        return None
    if text is None:
        source.problems.append(
            problem(
                file,
                "编码既不是 UTF-8 也不是 GB18030，请另存为 UTF-8。",
                "Neither UTF-8 nor GB18030; save the file as UTF-8.",
            )
        )
    elif not text.strip():
        source.problems.append(problem(file, "文件为空。", "The file is empty."))
    elif "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        source.problems.append(
            problem(file, "含有空字符（NUL），不是文本文件。", "Holds a NUL byte: not a text file.", row=line)
        )
    else:
        return text
    return None


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
