"""Everything that can go wrong, in one tree.

JinxueError                 anything this library refuses or fails at
├── InvalidRequest          a request's field is wrong; names the field
├── Forbidden               the caller's key does not reach that far
├── NotFound                an id that does not exist
├── RecordConflict          a record cannot be written as asked: it is another's, or not what it would have to be
├── StaleRecord             a record is not in the state that the caller took it to be in
├── CatalogueError          a catalogue's files hold problems; lists them all, nothing was stored
│   └── JudgementError      files of judged requests hold problems; lists them all, nothing was measured
├── StoreError              the database cannot be used as it is
├── EncoderError            a model folder is missing, broken or of another shape
├── SnapshotError           a snapshot's files are missing, damaged or do not belong together
├── PackageMissing          what was asked for needs a package that only an optional extra installs
└── SettingsError           a setting has an impossible value
"""

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.language import Bilingual, Language
from recommender.privacy import found


class JinxueError(Exception):
    """Something was refused or failed; `message` says what, what was expected and what to do."""

    def __init__(self, message: Bilingual) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field of a request."""

    field: str
    message: Bilingual


class InvalidRequest(JinxueError):
    """A request cannot be answered because one or more of its fields are wrong."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        listing = [f"{p.field}: {p.message.zh}" for p in problems], [f"{p.field}: {p.message.en}" for p in problems]
        super().__init__(Bilingual("；".join(listing[0]), "; ".join(listing[1])))
        self.problems = tuple(problems)

    @classmethod
    def of(cls, field: str, zh: str, en: str) -> "InvalidRequest":
        """Build the error for a single wrong field."""
        return cls([FieldProblem(field, Bilingual(zh, en))])


class Forbidden(JinxueError):
    """The caller's key does not reach that far; `field` names what it would have to reach."""

    def __init__(self, field: str, message: Bilingual) -> None:
        super().__init__(message)
        self.field = field


class NotFound(JinxueError):
    """An id was asked for that does not exist; the message holds no learner's, and none that says who somebody is."""

    def __init__(self, field: str, value: str) -> None:
        shown = value if len(value) <= 64 else value[:64] + "…"
        if field == "learner_id" or found(value):
            message = Bilingual(f"找不到这个 {field}。", f"There is no such {field}.")
        else:
            message = Bilingual(f"找不到 {field}“{shown}”。", f"There is no {field} {shown!r}.")
        super().__init__(message)
        self.field = field


class RecordConflict(JinxueError):
    """A record cannot be written as asked, because of what it is now."""

    def __init__(self, field: str, message: Bilingual) -> None:
        super().__init__(message)
        self.field = field


class StaleRecord(JinxueError):
    """A record has changed, or come or gone, since the caller last saw it; `version` is the present one, None when it is not there."""

    def __init__(self, version: int | None) -> None:
        now = (
            Bilingual(f"现为版本 {version}", f"it is at version {version}")
            if version
            else Bilingual("现已不存在", "it does not exist")
        )
        super().__init__(
            Bilingual(
                f"记录与您看到的不同（{now.zh}）。请重新读取后再修改。",
                f"The record is not what you saw ({now.en}); read it again, then change it.",
            )
        )
        self.version = version


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One wrong cell (or row, or file) of a catalogue; `row` counts as a spreadsheet does, the header being row 1."""

    file: str
    message: Bilingual
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def line(self, language: Language = Language.ZH) -> str:
        """Return the problem as one line of text."""
        if language is Language.EN:
            where = [self.file, *([f"row {self.row}"] if self.row else []), *([self.column] if self.column else [])]
            shown = f" {self.value!r}:" if self.value is not None else ""
            return f"{', '.join(where)}:{shown} {self.message.en}"
        where = [self.file, *([f"第 {self.row} 行"] if self.row else []), *([self.column] if self.column else [])]
        shown = f"“{self.value}”：" if self.value is not None else ""
        return f"{'，'.join(where)}：{shown}{self.message.zh}"


class CatalogueError(JinxueError):
    """A catalogue was read and found wrong; nothing of it was stored."""

    def __init__(self, problems: Sequence[CatalogueProblem]) -> None:
        super().__init__(
            Bilingual(
                f"目录中有 {len(problems)} 处问题，未写入任何数据。请修改后重新导入。",
                f"The catalogue holds {len(problems)} problem(s); nothing was stored. Mend them and import again.",
            )
        )
        self.problems = tuple(problems)


class JudgementError(CatalogueError):
    """Judged requests were read and found wrong; nothing was measured."""

    def __init__(self, problems: Sequence[CatalogueProblem]) -> None:
        super().__init__(problems)
        self.message = Bilingual(
            f"评测数据中有 {len(problems)} 处问题，未作评测。请修改后重试。",
            f"The judged requests hold {len(problems)} problem(s); nothing was measured. Mend them and try again.",
        )
        self.args = (self.message.en,)


class StoreError(JinxueError):
    """The database cannot be reached, is of another version, or is empty."""


class EncoderError(JinxueError):
    """An encoder's folder is missing, broken, or makes vectors of another shape."""


class SnapshotError(JinxueError):
    """A snapshot's files are missing, damaged, or disagree with each other or with the settings."""


class PackageMissing(JinxueError):
    """A package is not installed that one of the optional extras brings."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            Bilingual(
                f"缺少软件包 {package}，请安装：pip install 'jinxue[{extra}]'",
                f"The package {package} is not installed; install it by: pip install 'jinxue[{extra}]'",
            )
        )


class SettingsError(JinxueError):
    """A `JINXUE_…` variable has an impossible value."""
