"""Who may sign in to the demo: one invented person per role, read from the data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import scope_of
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import find_party, find_region, find_user, memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_department, save_party


@dataclass(frozen=True, slots=True)
class Post:
    """One membership, by the keys of its region, party and department."""

    role: Role
    region: str
    party: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    username: str
    name: Text
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """An invented office of the synthetic district."""

    key: str
    name: Text
    region: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented firm that makes no waste and so is not in the simulator: a carrier, an agency."""

    key: str
    name: Text
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, with the one password that the demo prints."""

    password: str
    departments: tuple[Department, ...]
    firms: tuple[Firm, ...]
    persons: tuple[Person, ...]


@lru_cache(maxsize=1)
def load_people() -> People:
    """Read the data file."""
    document = yaml.safe_load((resources.files("wufei.demo") / "data" / "people.yaml").read_text("utf8"))
    return People(
        password=document["password"],
        departments=tuple(
            Department(item["key"], Text.parse(item["name"]), item["region"], tuple(item.get("aliases", ())))
            for item in document["departments"]
        ),
        firms=tuple(
            Firm(item["key"], Text.parse(item["name"]), item["kind"], item["region"])
            for item in document["parties"]
        ),
        persons=tuple(
            Person(
                item["username"], Text.parse(item["name"]), tuple(_post(post) for post in item["memberships"])
            )
            for item in document["people"]
        ),
    )


def save_people(people: People) -> int:
    """Create or update everybody, and give their number; regions and parties are there already."""
    departments = {
        item.key: save_department(
            key=item.key, name=item.name, region_id=find_region(item.region).id, aliases=item.aliases
        )
        for item in people.departments
    }
    for firm in people.firms:
        region_id = find_region(firm.region).id
        save_party(key=firm.key, name=firm.name, kind=firm.kind, region_id=region_id, synthetic=True)
    for person in people.persons:
        user_id = create_user(username=person.username, password=people.password, display_name=person.name.zh)
        for post in person.posts:
            add_membership(
                user_id=user_id,
                role=post.role,
                region_id=find_region(post.region).id,
                party_id=find_party(post.party).id if post.party else None,
                department_id=departments[post.department] if post.department else None,
            )
    return len(people.persons)


def sign_ins(people: People) -> list[dict[str, Any]]:
    """The sign-ins as the sign-in page offers them: one button per person."""
    return [
        {
            "username": person.username,
            "password": people.password,
            "title": {"zh": person.name.zh, "en": person.name.en},
            "place": _words(place_of(person)),
        }
        for person in people.persons
    ]


def place_of(person: Person) -> Text:
    """Name a person's posts."""
    posts = [(post.role.label, find_region(post.region).name, post) for post in person.posts]
    zh = [f"{role.zh}·{region.zh}" for role, region, _ in posts]
    en = [f"{role.in_language('en')}, {region.in_language('en')}" for role, region, _ in posts]
    return Text("；".join(zh), "; ".join(en))


def _post(item: Mapping[str, str]) -> Post:
    return Post(Role(item["role"]), item["region"], item.get("party", ""), item.get("department", ""))


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def acting(username: str, region_key: str = "") -> Scope:
    """Give what somebody may do: in the first membership, or in that of a region."""
    held = memberships_of(find_user(username).id, on=today_on())
    there = next(each for each in held if region_key in ("", each.region.key))
    return scope_of(there, language="zh-hans")
