"""Who lives in the synthetic district, what they make, and where it goes: the data files as types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from wufei.kernel.text import Text

OUTSIDE = "outside"
USE = "use:"
_EVERY_MONTH = (1.0,) * 12


@dataclass(frozen=True, slots=True)
class SyntheticRegion:
    """An invented region; its kind is always ``synthetic``."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class SyntheticParty:
    """An invented producer or plant with the key of its trade; plants have none."""

    key: str
    name: Text
    kind: str
    region: str
    trade: str
    scale: float


@dataclass(frozen=True, slots=True)
class SyntheticSite:
    """The yard or store of a party."""

    key: str
    name: Text
    party: str
    region: str
    strict: bool


@dataclass(frozen=True, slots=True)
class TradeWaste:
    """One stream of a trade: its yearly mass at scale 1, its rhythm, how it is recorded and collected."""

    stream: str
    sector: str
    t_per_year: float
    trend: float
    rhythm: str
    record: str
    pickup: str
    evidence: tuple[str, str]
    season: tuple[float, ...]
    unit: str
    dry_share_ppm: int | None


@dataclass(frozen=True, slots=True)
class Route:
    """A destination with its chance in January and in December."""

    to: str
    share: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Residue:
    """What a run leaves behind, as a share of what went in."""

    stream: str
    share: float
    new: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a plant makes of some streams; `rest` takes what the shares leave, so every run balances.

    Nobody starts a furnace for the sweepings: a run needs `smallest_g`.
    """

    streams: tuple[str, ...]
    method: str
    run: str
    take: float
    smallest_g: int
    outs: tuple[tuple[str, float], ...]
    rest: str
    residues: tuple[Residue, ...]


@dataclass(frozen=True, slots=True)
class Plant:
    """A facility with its recipes."""

    party: str
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """Waste of another synthetic region that a plant of this district takes in."""

    origin: str
    stream: str
    sector: str
    plant: str
    t_per_year: float
    record: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that the data files say.

    Attributes
    ----------
    plants : tuple of Plant
        In the order in which waste may pass from one to the next.
    oddities : mapping
        Lists of irregular events by kind, as written in ``oddities.yaml``.
    """

    regions: tuple[SyntheticRegion, ...]
    parties: tuple[SyntheticParty, ...]
    trades: Mapping[str, tuple[TradeWaste, ...]]
    routes: Mapping[str, tuple[Route, ...]]
    plants: tuple[Plant, ...]
    imports: tuple[Import, ...]
    residue_pickup: str
    oddities: Mapping[str, tuple[Mapping[str, Any], ...]]

    def party(self, key: str) -> SyntheticParty:
        """Find a party by its key."""
        return next(party for party in self.parties if party.key == key)

    def sites(self) -> tuple[SyntheticSite, ...]:
        """One yard per party; the first machine works has a second store."""
        yards = [
            SyntheticSite(
                key=site_key(party.key),
                name=Text(f"{party.name.zh}·贮存场所", f"{party.name.en}, store"),
                party=party.key,
                region=party.region,
                strict=True,
            )
            for party in self.parties
        ]
        moved = {str(item["party"]) for item in self.oddities["moved"]}
        second = [
            SyntheticSite(
                key=site_key(party.key, 2),
                name=Text(f"{party.name.zh}·新贮存场所", f"{party.name.en}, new store"),
                party=party.key,
                region=party.region,
                strict=True,
            )
            for party in self.parties
            if party.key in moved
        ]
        return (*yards, *second)


def site_key(party: str, number: int = 1) -> str:
    """The key of a party's store."""
    return f"{party}-store" if number == 1 else f"{party}-store-{number}"


@lru_cache(maxsize=1)
def load_cast() -> Cast:
    """Read the data files of the simulator."""
    cast, plants = _read("cast.yaml"), _read("plants.yaml")
    return Cast(
        regions=tuple(SyntheticRegion(r["key"], Text.parse(r["name"])) for r in cast["regions"]),
        parties=tuple(_party(item) for item in cast["parties"]),
        trades={name: _trade(trade) for name, trade in _read("trades.yaml").items()},
        routes={
            stream: tuple(Route(r["to"], (float(r["share"][0]), float(r["share"][1]))) for r in routes)
            for stream, routes in plants["routes"].items()
        },
        plants=tuple(
            Plant(p["plant"], tuple(_recipe(recipe) for recipe in p["recipes"])) for p in plants["plants"]
        ),
        imports=tuple(
            Import(i["from"], i["stream"], i["sector"], i["plant"], float(i["t_per_year"]), i["record"])
            for i in plants["imports"]
        ),
        residue_pickup=plants["residue_pickup"],
        oddities={kind: tuple(items) for kind, items in _read("oddities.yaml").items()},
    )


def _read(name: str) -> Any:
    return yaml.safe_load((resources.files("wufei.simulator") / "data" / name).read_text("utf8"))


def _party(item: Mapping[str, Any]) -> SyntheticParty:
    return SyntheticParty(
        key=item["key"],
        name=Text.parse(item["name"]),
        kind=item["kind"],
        region=item.get("region", "DEMO"),
        trade=item.get("trade", ""),
        scale=float(item.get("scale", 1.0)),
    )


def _trade(trade: Mapping[str, Any]) -> tuple[TradeWaste, ...]:
    return tuple(_waste(trade["sector"], item) for item in trade["wastes"])


def _waste(sector: str, item: Mapping[str, Any]) -> TradeWaste:
    evidence = item["evidence"]
    return TradeWaste(
        stream=item["stream"],
        sector=sector,
        t_per_year=float(item["t_per_year"]),
        trend=float(item["trend"]),
        rhythm=item["rhythm"],
        record=item["record"],
        pickup=item["pickup"],
        evidence=(evidence, evidence) if isinstance(evidence, str) else (evidence[0], evidence[1]),
        season=tuple(float(factor) for factor in item.get("season", _EVERY_MONTH)),
        unit=item.get("unit", ""),
        dry_share_ppm=item.get("dry_share_ppm"),
    )


def _recipe(item: Mapping[str, Any]) -> Recipe:
    return Recipe(
        streams=tuple(item["streams"]),
        method=item["method"],
        run=item["run"],
        take=float(item["take"]),
        smallest_g=int(float(item.get("smallest_t", 0.001)) * 1_000_000),
        outs=tuple((kind, float(share)) for kind, share in item.get("outs", {}).items()),
        rest=item["rest"],
        residues=tuple(
            Residue(r["stream"], float(r["share"]), bool(r.get("new", False)))
            for r in item.get("residues", ())
        ),
    )
