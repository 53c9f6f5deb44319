"""What the registry should do, in plain dictionaries: written from what is promised, not from the code.

A record is a dict of its fields as JSON has them, without those that are empty. Where several things are wrong with an edit, any of them may be named.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from recommender.errors import InvalidRequest, JinxueError, NotFound, RecordConflict
from recommender.registry import Action

Fields = dict[str, Any]
Key = tuple[str, str]  # kind and id

ID = {
    "site": "site_id",
    "course": "course_id",
    "course_instance": "instance_id",
    "learner": "learner_id",
    "enterprise": "enterprise_id",
}
TABLE = {kind: f"{kind}s" for kind in ID}
REQUIRED = {
    "site": {"name", "kind"},
    "course": {"title"},
    "course_instance": {"course_id", "mode"},
    "learner": set(),
    "enterprise": {"name"},
}
DEFAULTS: dict[str, Fields] = {
    "site": {"datum": "wgs84", "status": "active", "illustrative": False},
    "course": {"description": "", "customisable": False, "illustrative": False},
    "course_instance": {"enrolled": 0},
    "learner": {"datum": "wgs84", "illustrative": False},
    "enterprise": {"datum": "wgs84", "illustrative": False},
}
TEXT = ("title", "description", "occupations", "credential")
NAMES = {
    "course": (("prerequisites", "course"),),
    "course_instance": (("course_id", "course"), ("site_id", "site")),
    "learner": (("completed_course_ids", "course"),),
}
OWNED = ("course", "course_instance")


@dataclass(frozen=True)
class Asked:
    """One edit: `written` is what is sent, `meant` what it means (None empties), `wrong` that it can only be refused."""

    kind: str
    id: str
    action: Action
    written: Fields = field(default_factory=dict)
    meant: Fields = field(default_factory=dict)
    wrong: bool = False


@dataclass
class Kept:
    """One record. `submitted` is without approval; `shown` is what is recommended of a course whose new text waits."""

    submitted: Fields
    version: int
    owner: str | None = None
    deleted: bool = False
    approval: str | None = None
    waiting: Fields | None = None  # the approved text, while another waits


@dataclass
class Said:
    """What becomes of an edit: one of `refusals`, or else a status."""

    refusals: set[type[JinxueError]] = field(default_factory=set)
    status: str = ""
    hides: dict[str, int] = field(default_factory=dict)


@dataclass
class Model:
    """All records, the version, the imports' versions, and the log of (version, kind, id, operation, fields, key id).

    `born` is the version from which on a learner has been there without a break, `erased` whom nothing is left of, in order.
    """

    records: dict[Key, Kept] = field(default_factory=dict)
    version: int = 0
    imports: set[int] = field(default_factory=set)
    log: list[tuple[int, str, str, str, Fields, str | None]] = field(default_factory=list)
    born: dict[str, int] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)

    def living(self, kind: str, record_id: str | None) -> Kept | None:
        kept = self.records.get((kind, record_id or ""))
        return None if kept is None or kept.deleted else kept

    def of_kind(self, kind: str) -> dict[str, Kept]:
        return {name: kept for (each, name), kept in sorted(self.records.items()) if each == kind and not kept.deleted}

    # --- edits

    def write(self, edits: list[Asked], speaker: str | None, key_id: str | None, *, at_once: bool) -> list[Said]:
        """Do edits as one write; `at_once` does none of them when one is refused."""
        before, logged = copy.deepcopy(self.records), list(self.log)
        people = dict(self.born), list(self.erased)
        said = [self._edit(edit, speaker, key_id) for edit in edits]
        if at_once and any(each.refusals for each in said):
            self.records, self.log = before, logged
            self.born, self.erased = people
        elif self.log != logged:
            self.version += 1
        return said

    def stale(self, edit: Asked, expected: int | str | None) -> bool:
        """Tell whether the caller is mistaken: `expected` is a version, "any", "absent", or None for no matter what."""
        kept = self.living(edit.kind, edit.id)
        if expected is None:
            return False
        if expected == "absent":
            return kept is not None
        return kept is None or (expected != "any" and kept.version != expected)

    def _edit(self, edit: Asked, speaker: str | None, key_id: str | None) -> Said:
        kept, living = self.records.get((edit.kind, edit.id)), self.living(edit.kind, edit.id)
        said = Said()
        if speaker and edit.kind != "site" and not self.living("site", speaker):
            said.refusals.add(InvalidRequest)
        if edit.action is Action.DELETE:
            return self._delete(edit, kept, speaker, key_id, said)
        if edit.action is Action.PATCH and living is None:
            said.refusals.add(NotFound)
        base = living.submitted if living and edit.action is Action.PATCH else {**DEFAULTS[edit.kind]}
        fields = _plain(edit.kind, {**base, **edit.meant, ID[edit.kind]: edit.id})
        if (
            edit.wrong
            or REQUIRED[edit.kind] - fields.keys()
            or _needs_site(edit.kind, fields)
            or self._lost(edit, fields)
        ):
            said.refusals.add(InvalidRequest)
        if speaker and self._holders(edit, living, fields) - {speaker}:
            said.refusals.add(RecordConflict)
        if not said.refusals:
            said.status = self._put(edit, kept, fields, speaker, key_id)
        return said

    def _put(self, edit: Asked, kept: Kept | None, fields: Fields, speaker: str | None, key_id: str | None) -> str:
        living = kept if kept and not kept.deleted else None
        owner = (speaker or (living and living.owner)) if edit.kind in OWNED else None
        if living and living.submitted == fields and living.owner == owner:
            return "unchanged"
        new = Kept(fields, self.version + 1, owner)
        operation = "updated" if living else "restored" if kept else "created"
        if edit.kind == "course":
            operation = _review(new, kept, operation)
        self.records[edit.kind, edit.id] = new
        if operation == "created":
            self.born[edit.id] = new.version
        told = _difference(edit.kind, living, new)
        self._log(edit.kind, edit.id, operation, told, key_id)
        return "updated" if living else "created"

    def _delete(self, edit: Asked, kept: Kept | None, speaker: str | None, key_id: str | None, said: Said) -> Said:
        if kept is None:
            said.refusals.add(NotFound)
        elif speaker and not kept.deleted and self._holders(edit, kept, kept.submitted) - {speaker}:
            said.refusals.add(RecordConflict)
        if said.refusals or kept is None:
            return said
        if edit.kind == "learner":
            self._erase(edit.id, key_id)
            said.status = "deleted"
            return said
        if kept.deleted:
            said.status = "unchanged"
            return said
        said.status, kept.deleted, kept.version = "deleted", True, self.version + 1
        if kept.waiting is not None:
            kept.submitted, kept.waiting = {**kept.submitted, **kept.waiting}, None
            kept.submitted = _plain(edit.kind, kept.submitted)
        column = {"course": "course_id", "site": "site_id"}.get(edit.kind)
        hidden = [one for one in self.of_kind("course_instance").values() if one.submitted.get(column or "") == edit.id]
        said.hides = {"course_instances": len(hidden)} if hidden else {}
        self._log(edit.kind, edit.id, "deleted", {}, key_id)
        return said

    def _erase(self, learner_id: str, key_id: str | None) -> None:
        """Leave nothing of a learner, neither in the records nor in the log, but that somebody was erased."""
        del self.records["learner", learner_id]
        self.born.pop(learner_id)
        self.erased.append(learner_id)
        self.log = [entry for entry in self.log if entry[1:3] != ("learner", learner_id)]
        self._log("learner", "", "erased", {}, key_id)

    def _holders(self, edit: Asked, living: Kept | None, fields: Fields) -> set[str]:
        named = {living.owner} if living else set()
        if edit.kind in ("site", "course_instance"):
            named |= {fields.get("site_id"), living.submitted.get("site_id") if living else None}
        return {name for name in named if name}

    def _lost(self, edit: Asked, fields: Fields) -> bool:
        """Tell whether it names what is not there, or a course that leads back to it; what a patch leaves as it was may be gone."""
        for column, target in NAMES.get(edit.kind, ()):
            value = fields.get(column, []) if edit.action is Action.PUT or column in edit.meant else []
            if any(self.living(target, name) is None for name in (value if isinstance(value, list) else [value])):
                return True
        return edit.kind == "course" and edit.id in self._leading_to(fields.get("prerequisites", []))

    def _leading_to(self, courses: list[str]) -> set[str]:
        found: set[str] = set()
        for name in courses:
            kept = self.living("course", name)
            found |= {name} | (self._leading_to(kept.submitted.get("prerequisites", [])) if kept else set())
        return found

    def _log(self, kind: str, record_id: str, operation: str, fields: Fields, key_id: str | None) -> None:
        self.log.append((self.version + 1, kind, record_id, operation, fields, key_id))

    def standing(self, learners: list[Fields], version: int) -> list[Fields]:
        """Return those of the learners of a version whom nobody has erased since."""
        return [one for one in learners if self.born.get(one["learner_id"], version + 1) <= version]

    # --- review

    def review(self, course_id: str, decision: str, reason: str | None, key_id: str | None) -> Said:
        """Approve or reject what waits, or take an approval back."""
        kept, said = self.living("course", course_id), Said()
        if decision == "rejected" and not reason:
            said.refusals.add(InvalidRequest)
        if kept is None:
            said.refusals.add(NotFound)
        if said.refusals or kept is None:
            return said
        if kept.waiting is None and kept.approval == decision:
            said.status = "unchanged"
            return said
        if kept.waiting is not None and decision == "rejected":
            kept.submitted = _plain("course", {**kept.submitted, **kept.waiting})
        elif kept.waiting is None:
            kept.approval = decision
        kept.waiting, said.status = None, "updated"
        kept.version = self.version + 1
        self._log("course", course_id, decision, {}, key_id)
        self.version += 1
        return said

    # --- imports

    def take_in(self, files: dict[Key, Fields], *, remove_missing: bool) -> dict[str, int]:
        """Merge what files hold (courses with their approval); return how many of all were added, changed, and so on."""
        counts = dict.fromkeys(("added", "changed", "unchanged", "removed", "kept"), 0)
        imports, version = set(self.imports), self.version + 1
        for (kind, record_id), fields in files.items():
            kept, approval = self.living(kind, record_id), fields.get("approval")
            given = _plain(kind, {name: value for name, value in fields.items() if name != "approval"})
            if kept and (kept.approval, self.shown(kind, kept)) == (approval, given):
                counts["unchanged"] += 1
                continue
            tombstone = self.records.get((kind, record_id))
            counts["changed" if kept else "added"] += 1
            self._log(kind, record_id, "updated" if kept else "restored" if tombstone else "created", {}, None)
            self.born.setdefault(record_id, version)
            self.records[kind, record_id] = Kept(
                given, version, tombstone.owner if tombstone else None, False, approval
            )
        for (kind, record_id), kept in list(self.records.items()):
            if not kept.deleted and (kind, record_id) not in files:
                gone = remove_missing and kept.version in imports
                counts["removed" if gone else "kept"] += 1
                if gone and kind == "learner":
                    self._erase(record_id, None)
                elif gone:
                    kept.deleted, kept.version = True, version
                    self._log(kind, record_id, "deleted", {}, None)
        self.version = version
        self.imports.add(version)
        return counts

    # --- what can be seen

    def shown(self, kind: str, kept: Kept) -> Fields:
        """Return a record as it is recommended: the approved text of a course while another waits."""
        return _plain(kind, {**kept.submitted, **kept.waiting}) if kept.waiting is not None else kept.submitted

    def visible(self) -> dict[str, list[Fields]]:
        """Return what can be seen, by kind: without what is deleted, the classes that this hides, and references to deleted courses."""
        seen: dict[str, list[Fields]] = {kind: [] for kind in ID}
        for kind in ID:
            for kept in self.of_kind(kind).values():
                fields = dict(self.shown(kind, kept))
                if kind == "course":
                    fields["approval"] = kept.approval
                if kind == "course_instance" and self._hidden(fields):
                    continue
                for column in {"prerequisites", "completed_course_ids"} & fields.keys():
                    fields[column] = [name for name in fields[column] if self.living("course", name)]
                seen[kind].append(_plain(kind, fields))
        return seen

    def _hidden(self, instance: Fields) -> bool:
        site = instance.get("site_id")
        return not self.living("course", instance["course_id"]) or bool(site and not self.living("site", site))

    def digest(self, site_id: str) -> str:
        """Return the hash of what is stored of a site, by the formula that is published."""
        lines = []
        for (kind, record_id), kept in self.records.items():
            mine = (kind, record_id) == ("site", site_id) or kept.owner == site_id
            taught = kind == "course_instance" and kept.submitted.get("site_id") == site_id
            if not kept.deleted and (mine or taught):
                lines.append((kind, record_id, record_hash(kept.submitted)))
        return lines_hash(lines)


def without_erased(answer: bytes, erased: list[str]) -> list[Fields]:
    """Return what is kept of an answer to a sync when these learners were erased behind it, besides those whom it erased itself.

    Of learners whose lines were refused no id is kept in the first place.
    """
    lines = _without([json.loads(line) for line in answer.splitlines()], set())
    kept = [{**line, "id": None} if _is_refused_learner(line) else line for line in lines]
    return _without(kept, set(erased))


def _without(lines: list[Fields], gone: set[str]) -> list[Fields]:
    kept = []
    for line in reversed(lines):
        if line.get("type") == "learner":
            gone = gone | {line["id"]} if line["status"] == "deleted" else gone
            if line["id"] in gone:
                line = {"line": line["line"], "type": "learner", "id": None, "status": "erased"}
        kept.append(line)
    return kept[::-1]


def _is_refused_learner(line: Fields) -> bool:
    return line.get("type") == "learner" and line["status"] == "refused"


def record_hash(fields: Fields) -> str:
    """Return the published hash of a record: SHA-256 of its fields as JSON, those empty or decided by review left out."""
    told = {name: value for name, value in fields.items() if value not in (None, []) and name != "approval"}
    whole = {name: int(v) if isinstance(v, float) and v.is_integer() else v for name, v in told.items()}
    return hashlib.sha256(
        json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def lines_hash(lines: list[tuple[str, str, str]]) -> str:
    """Return the published hash of a site's records."""
    return hashlib.sha256("".join(" ".join(line) + "\n" for line in sorted(lines)).encode()).hexdigest()


def _review(new: Kept, before: Kept | None, operation: str) -> str:
    """Decide what of a submitted course waits; return what has been done to it."""
    new.approval = "pending"
    if before is None:
        return operation
    approved = before.waiting if before.waiting is not None else _text(before.submitted)
    same = _text(new.submitted) == approved
    if before.approval == "approved" and not before.deleted and not same:
        new.approval, new.waiting = "approved", approved
        return (
            operation if before.waiting is not None and _text(before.submitted) == _text(new.submitted) else "submitted"
        )
    if same:
        new.approval = before.approval
    return operation


def _text(fields: Fields) -> Fields:
    return {name: fields.get(name) for name in TEXT}


def _difference(kind: str, before: Kept | None, new: Kept) -> Fields:
    """Return the fields that are told of a change: the new values of what changed, of learners the names alone."""
    old = before.submitted if before else {}
    changed = {n for n in new.submitted.keys() | old.keys() if new.submitted.get(n) != old.get(n)}
    told = {name: None if kind == "learner" else new.submitted.get(name) for name in changed}
    if kind == "course" and (before is None or before.approval != new.approval):
        told["approval"] = new.approval
    return told


def _needs_site(kind: str, fields: Fields) -> bool:
    return kind == "course_instance" and fields.get("mode") != "online" and not fields.get("site_id")


def _plain(kind: str, fields: Fields) -> Fields:
    """Return fields without the empty ones, and with the defaults."""
    given = {name: value for name, value in fields.items() if value not in (None, [])}
    return {**DEFAULTS[kind], **given}
