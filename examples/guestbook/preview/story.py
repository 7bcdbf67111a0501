"""Who came to the lighthouse, when, and what they wrote: the rows of the preview."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from preview import avatars
from preview.dice import ADAPTER_SINCE, Dice

CONTENT = json.loads((Path(__file__).parent / "content.json").read_text(encoding="utf-8"))
OPENED = datetime(2026, 2, 14, 11, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 18, 21, 30, tzinfo=UTC)

# Lucky numbers reach to both ends of 64 bits, and past what a JavaScript number can hold.
LUCKY_NUMBERS = (
    *(7, 13, 42, 3, 11, 142, 0, -1, 1871, 77, 8, 21, -40, 1_000_000, 2_147_483_648),
    *(-2_147_483_649, 9_007_199_254_740_991, 9_007_199_254_740_993, -9_007_199_254_740_993),
    *(9_223_372_036_854_775_807, -9_223_372_036_854_775_808, 6_174, 1_618_033_988_749_894_848),
)
AMOUNTS = (
    *(5, 10, 20, 50, 12.5, 7.35, 1.42, 142, 18.71, 99.99, 0.01, 25, 33.33, 15, 8.8, 250),
    *(1234.56, -20, 2.5, 64.05, 1000, 19.9),
)
REACTIONS = ("heart", "heart", "heart", "wave", "star", "star", "cheer")

RATINGS = (5.0, 5.0, 5.0, 4.5, 4.5, 4.75, 4.0, None, None)
KEEPER = "Inês Moura"
# Those who write only what content.json says is by them.
RESERVED = (KEEPER, "Class 4b, Harbour School")

Row = dict[str, Any]


class Signed(NamedTuple):
    """A message in the book: its id, who wrote it, and when."""

    entry: str
    author: str
    at: datetime
    message: Row


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def messages(dice: Dice) -> list[Row]:
    """Every message from the oldest to the newest."""
    written = CONTENT["messages"]
    welcome, *others = written
    older = [message for message in others if not message.get("recent")]
    older += [short_message(dice) for _ in range(28)]
    recent = [message for message in others if message.get("recent")]
    return [welcome, *dice.shuffled(older), *dice.shuffled(recent)]


def short_message(dice: Dice) -> Row:
    parts = ("short_openings", "short_middles", "short_closings")
    slugs = [tag[0] for tag in CONTENT["tags"]]
    return {
        "lang": "en",
        "mood": dice.pick(("happy", "grateful", "curious", "nostalgic", "amazed")),
        "tags": dice.shuffled(slugs)[: dice.number(0, 3)],
        "text": " ".join(dice.pick(CONTENT[part]) for part in parts),
        "reply": dice.pick(CONTENT["keeper_replies"]) if dice.chance(0.3) else None,
    }


class Story:
    """All rows of the preview, table by table, in the order in which they can be inserted."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.tables: dict[str, list[Row]] = {}
        self._cast()
        self._write_tags()
        self._write_visitors()
        self._write_avatars()
        self._write_entries()
        self._write_replies()
        self._write_reactions()
        self._write_donations()
        self._write_settings()

    def _add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def _write_tags(self) -> None:
        for number, (slug, label, tone) in enumerate(CONTENT["tags"], start=1):
            self._add("tags", id=number, slug=slug, label=label, tone=tone)
        self.tag_ids = {row["slug"]: row["id"] for row in self.tables["tags"]}

    def _cast(self) -> None:
        """Decide who wrote which message and when, and so when each visitor first came."""
        dice = self.dice
        story = messages(dice)
        moments = sorted(self._in_the_day() for _ in story)
        written = dict.fromkeys((name for name, _ in CONTENT["people"]), 0)
        arrived: dict[str, datetime] = {}
        self.signed: list[Signed] = []
        for message, at in zip(story, moments, strict=True):
            author = message.get("by") or self._author(message["lang"], written)
            written[author] += 1
            arrived.setdefault(author, at - timedelta(seconds=dice.number(20, 7200)))
            self.signed.append(Signed(dice.cuid(at), author, at, message))
        for name in written:
            arrived.setdefault(name, dice.moment(OPENED, CLOSED))
        self.arrived = dict(sorted(arrived.items(), key=lambda one: one[1]))
        self.visitor_ids = {name: dice.cuid(at) for name, at in self.arrived.items()}

    def _in_the_day(self) -> datetime:
        at = self.dice.moment(OPENED + timedelta(days=1), CLOSED)
        return min(at.replace(hour=self.dice.number(9, 21)), CLOSED)

    def _author(self, language: str, written: dict[str, int]) -> str:
        """Somebody who speaks the language and has written least."""
        speakers = [
            name
            for name, country in CONTENT["people"]
            if language in ("en", CONTENT["languages"].get(country)) and name not in RESERVED
        ]
        return str(min(self.dice.shuffled(speakers), key=lambda name: written[name]))

    def _write_visitors(self) -> None:
        dice = self.dice
        countries = dict(CONTENT["people"])
        for name, at in self.arrived.items():
            country = countries[name]
            place = CONTENT["coordinates"].get(country) if dice.chance(0.8) else None
            stored = dice.stored_time(at)
            self._add(
                "visitors",
                id=self.visitor_ids[name],
                name=name,
                key_hash=hashlib.sha256(dice.octets(16)).hexdigest() if dice.chance(0.4) else None,
                latitude=place and place[0] + dice.number(-9_999_999, 9_999_999) / 1e7,
                longitude=place and place[1] + dice.number(-9_999_999, 9_999_999) / 1e7,
                newsletter=int(dice.chance(0.3)),
                visits=dice.pick((1, 1, 1, 1, 2, 2, 3, 9)),
                created_at=stored,
                updated_at=stored,
                country=country,
                lucky_number=dice.pick(LUCKY_NUMBERS) if dice.chance(0.7) else None,
            )
        for row, number in zip(self.tables["visitors"], LUCKY_NUMBERS, strict=False):
            row["lucky_number"] = number

    def _write_avatars(self) -> None:
        """A picture for most of those who wrote last."""
        latest = dict.fromkeys([KEEPER, *(signed.author for signed in reversed(self.signed))])
        visitors = {row["id"]: row for row in self.tables["visitors"]}
        pictured = [self.visitor_ids[name] for name in list(latest)[:44] if self.dice.chance(0.8)]
        for visitor in pictured:
            self._add(
                "avatars",
                visitor_id=visitor,
                media_type="image/png",
                width=avatars.SIDE,
                height=avatars.SIDE,
                image=avatars.draw(self.dice.number),
                created_at=visitors[visitor]["created_at"],
            )

    def _write_entries(self) -> None:
        dice = self.dice
        for entry, author, at, message in self.signed:
            edited = at + timedelta(minutes=dice.number(2, 600)) if dice.chance(0.1) else None
            self._add(
                "entries",
                id=entry,
                message=message["text"],
                mood=message["mood"],
                status="hidden" if message.get("hidden") else "published",
                pinned=int(message.get("pinned", False)),
                rating=message.get("rating", dice.pick(RATINGS)),
                details=self._details() if dice.chance(0.75) else None,
                created_at=dice.stored_time(at),
                edited_at=edited and dice.stored_time(edited),
                visitor_id=self.visitor_ids[author],
            )
            for slug in message["tags"]:
                self._add("_EntryToTag", A=entry, B=self.tag_ids[slug])

    def _details(self) -> str:
        dice = self.dice
        return to_json(
            {
                "weather": dice.pick(CONTENT["weather"]),
                "windKnots": dice.number(0, 480) / 10,
                "arrivedBy": dice.pick(CONTENT["arrivals"]),
                "company": dice.shuffled(CONTENT["company"])[: dice.number(0, 3)],
                "firstVisit": dice.chance(0.7),
                "souvenir": None,
            }
        )

    def _write_replies(self) -> None:
        dice = self.dice
        keeper, *others = self.visitor_ids.values()
        found: list[tuple[datetime, str, str | None, str]] = []
        for entry, _, at, message in self.signed:
            if message.get("hidden"):
                continue
            if message.get("reply"):
                found.append(
                    (at + timedelta(minutes=dice.number(30, 1500)), entry, keeper, message["reply"])
                )
            if dice.chance(0.3):
                author = dice.pick(others) if dice.chance(0.9) else None
                later = at + timedelta(minutes=dice.number(60, 5000))
                found.append((later, entry, author, dice.pick(CONTENT["replies"])))
        for number, (at, entry, author, body) in enumerate(
            sorted(found, key=lambda reply: reply[0]), 1
        ):
            self._add(
                "replies",
                id=number,
                body=body,
                by_keeper=int(author == keeper),
                created_at=dice.stored_time(min(at, CLOSED)),
                entry_id=entry,
                author_id=author,
            )

    def _write_reactions(self) -> None:
        dice = self.dice
        visitors = list(self.visitor_ids.values())
        seen = set()
        for entry, _, at, message in self.signed:
            for _ in range(dice.pick((0, 0, 0, 1, 1, 1, 2, 4)) * (not message.get("hidden"))):
                one = (entry, dice.pick(visitors), dice.pick(REACTIONS))
                if one not in seen:
                    seen.add(one)
                    later = min(at + timedelta(minutes=dice.number(1, 9000)), CLOSED)
                    self._add(
                        "reactions",
                        id=len(seen),
                        kind=one[2],
                        created_at=dice.stored_time(later),
                        entry_id=one[0],
                        visitor_id=one[1],
                    )

    def _write_donations(self) -> None:
        dice = self.dice
        for amount in dice.shuffled([*AMOUNTS, *AMOUNTS[:14]]):
            anonymous = dice.chance(0.2)
            self._add(
                "donations",
                id=dice.uuid(),
                amount=amount,
                currency="EUR",
                note=dice.pick(CONTENT["donation_notes"]) if dice.chance(0.6) else None,
                anonymous=int(anonymous),
                received_at=dice.stored_time(dice.moment(OPENED, CLOSED)),
                visitor_id=None if anonymous else dice.pick(list(self.visitor_ids.values())),
            )

    def _write_settings(self) -> None:
        values = {
            "site.title": "Heron Point Light",
            "site.welcome": "142 steps, one lamp, and a book that has been open since 1871.",
            "site.banner": None,
            "guestbook.open": True,
            "lamp.steps": 142,
            "lamp.focalHeightMetres": 31.5,
            "lamp.goal": {"amount": 5000, "currency": "EUR", "what": "new bearings for the lamp"},
            "opening.hours": {
                "summer": ["10:00", "18:30"],
                "winter": ["11:00", "15:30"],
                "closed": ["Mon"],
            },
            "keeper": {"name": "Inês Moura", "since": 2011, "cat": "Fresnel 🐈"},
        }
        for key, value in values.items():
            self._add(
                "settings",
                key=key,
                value=to_json(value),
                updated_at=self.dice.stored_time(ADAPTER_SINCE),
            )
