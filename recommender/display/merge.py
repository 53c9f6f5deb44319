"""What an import did to each table."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from recommender.language import Bilingual, Language

if TYPE_CHECKING:  # brings pandas: not for --help
    from recommender.registry.merge import Merge

_TABLES = {
    "sites": Bilingual("阵地", "sites"),
    "providers": Bilingual("举办单位", "providers"),
    "courses": Bilingual("课程", "courses"),
    "course_instances": Bilingual("班次", "classes"),
    "learners": Bilingual("学员", "learners"),
    "enterprises": Bilingual("企业", "enterprises"),
    "clusters": Bilingual("产业集群", "clusters"),
    "cluster_relations": Bilingual("集群关系", "cluster relations"),
    "places": Bilingual("地点", "places"),
}
_COUNTS = {
    "added": Bilingual("新增", "added"),
    "changed": Bilingual("修改", "changed"),
    "unchanged": Bilingual("不变", "unchanged"),
    "removed": Bilingual("删除", "removed"),
    "kept": Bilingual("文件中没有，保留", "not in the files, kept"),
}


def show_merge(merge: "Merge", language: Language, console: Console) -> None:
    """Print how many records of each table were added, changed, unchanged, removed and kept; tables without any are left out."""
    heads = (Column(head.in_language(language), justify="right") for head in _COUNTS.values())
    table = Table("", *heads)
    for name, label in _TABLES.items():
        counts = merge.counts[name]
        if any(counts.values()):
            table.add_row(label.in_language(language), *(str(counts.get(what, 0)) for what in _COUNTS))
    console.print(table)
