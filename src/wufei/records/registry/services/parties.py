"""Writes of regions, parties, sites and profiles; all are idempotent by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError
from psycopg import errors

from wufei.kernel.errors import ConflictError, ExternalError, InputError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.registry.core.producers import ManagementClass, management_class, parse_industry_code
from wufei.records.registry.core.regions import load_region_records, withdrawn_on
from wufei.records.registry.core.uscc import check_uscc, parse_uscc
from wufei.records.registry.models import PartyProfile, Site
from wufei.records.registry.services.moving import move_rows
from wufei.records.registry.services.writing import WRITE, keep_changes
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import PartyRow, find_party, parties_by_id, regions_by_id
from wufei.runtime.identity.services import save_party, save_region


@dataclass(frozen=True, slots=True)
class Registration:
    """A party that was registered, with what should be checked about it."""

    party_id: int
    findings: tuple[Finding, ...]


def load_regions() -> dict[str, int]:
    """Create or update every region of the data file and give their ids by key.

    Raises
    ------
    InputError
        The data file is defective; then nothing is written.
    """
    return {
        record.key: save_region(
            key=record.key,
            name=record.name,
            kind=record.kind,
            code=record.code,
            parent_key=record.parent or None,
            aliases=record.aliases,
            valid_from=record.valid_from,
            valid_to=record.valid_to,
        )
        for record in load_region_records()
    }


def register_party(
    scope: Scope,
    *,
    key: str,
    name: Text,
    kind: str,
    region_id: int,
    uscc: str | None = None,
    synthetic: bool = False,
) -> Registration:
    """Create or update a party by its key, its credit code checked.

    Raises
    ------
    AccessError
        The scope does not reach the region, or the one where the party is registered now.
    InputError
        Length or alphabet of the credit code are wrong (a failed check character is a warning only);
        ``registry.region-withdrawn``: the region was abolished, its successor is named.
    ConflictError
        ``registry.uscc-taken``: the credit code is another party's.
    """
    require(scope, WRITE, region_id=region_id)
    refuse_withdrawn(region_id)
    standing = _party(key)
    if standing is not None and standing.key == key:
        require(scope, WRITE, region_id=standing.region_id)
    code = parse_uscc(uscc) if uscc else None
    bearer = _party(code) if code else None
    if bearer is not None and bearer.key != key:
        raise ConflictError("registry.uscc-taken", _uscc_taken(code))
    said = PartyRow(0, key, code, name, kind, region_id, synthetic)
    with session(scope):
        party_id = save_party(
            key=key, name=name, kind=kind, region_id=region_id, uscc=code, synthetic=synthetic
        )
        own = standing if standing is not None and standing.key == key else None
        if own is not None and own.region_id != region_id:
            move_rows(party_id, region_id)
        _keep_party(scope, party_id, own, said)
    return Registration(party_id, check_uscc(code, key) if code else ())


def save_site(
    scope: Scope,
    *,
    key: str,
    name: Text,
    party_id: int,
    region_id: int,
    functional_region_id: int | None = None,
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    strict: bool = True,
) -> int:
    """Create or update a site by its key and give its id.

    Raises
    ------
    AccessError
        The scope does not reach the region, or the one where the site stands now.
    NotFoundError
        There is no such party.
    InputError
        ``registry.position``: half a position or one off the globe; ``registry.functional-region``: an
        administrative region was given as the second membership.
    ConflictError
        ``registry.site-below-zero``: it shall be strict, and a stock on it is below zero.
    ExternalError
        ``registry.busy``: others write on stocks for so long that the change gave up waiting.
    """
    require(scope, WRITE, region_id=region_id)
    refuse_withdrawn(region_id)
    _check_position(longitude, latitude)
    _check_functional(functional_region_id)
    if party_id not in parties_by_id([party_id]):
        raise NotFoundError("party", party_id)
    values = {
        "name_zh": name.zh,
        "name_en": name.en,
        "party_id": party_id,
        "region_id": region_id,
        "functional_region_id": functional_region_id,
        "longitude": longitude,
        "latitude": latitude,
        "strict": strict,
    }
    with kept_in_step(key), session(scope):
        # A row lock would need the right to change the row: who lacks it shall be refused, not blinded.
        standing = Site.objects.filter(key=key).values("id", *values).first()
        if standing is not None:
            require(scope, WRITE, region_id=standing["region_id"])
            # Not by SELECT FOR UPDATE: whoever opens an account on the site would wait for us, we for them.
            if Site.objects.filter(id=standing["id"]).update(**values):
                _keep_site(scope, key, standing, values)
                return int(standing["id"])
        site_id = Site.objects.update_or_create(key=key, defaults=values)[0].id
        _keep_site(scope, key, None, values)
        return site_id


def _keep_site(scope: Scope, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    was = None if before is None else {name: _word(before[name]) for name in after}
    says = {name: _word(value) for name, value in after.items()}
    if was != says:
        keep_changes(scope, "site", [(after, key, was, says)])


def _word(value: object) -> str:
    return (
        format(value.normalize(), "f") if isinstance(value, Decimal) else str("" if value is None else value)
    )


@contextmanager
def kept_in_step(key: str) -> Iterator[None]:
    """Say what the database found when the stocks on a site were to follow it (migrations of the ledger)."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, errors.CheckViolation) or "site-below-zero" not in str(error):
            raise
        raise ConflictError(
            "registry.site-below-zero",
            Text(
                f"场所 {key} 有库存低于零，暂不能设为严格。请先补录或盘点至零以上，再设为严格。",
                f"A stock on site {key} is below zero, so it cannot be strict yet. Enter what is missing or "
                "count the stock, then make it strict.",
            ),
        ) from error
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.LockNotAvailable):
            raise
        raise ExternalError(
            "registry.busy",
            Text(
                f"正在批量记账，修改场所 {key} 等待超时，请稍后重试。",
                f"A long load is being written and the change of site {key} gave up waiting; try again.",
            ),
        ) from error


def save_profile(
    scope: Scope,
    *,
    party_id: int,
    industry_code: str = "",
    hazardous_t_per_year: Decimal | None = None,
    address: str | None = None,
) -> ManagementClass | None:
    """Create or update the profile of a party and give the management class it proposes.

    Without an address the one that stands is left.

    Raises
    ------
    NotFoundError
        There is no such party.
    AccessError
        The scope does not reach the party's region.
    InputError
        ``registry.industry-code`` or ``registry.mass``: the code or the mass cannot be.
    """
    party = parties_by_id([party_id]).get(party_id)
    if party is None:
        raise NotFoundError("party", party_id)
    require(scope, WRITE, region_id=party.region_id)
    proposed = None if hazardous_t_per_year is None else _proposed(hazardous_t_per_year)
    values: dict[str, Any] = {
        "industry_code": parse_industry_code(industry_code) if industry_code else "",
        "management_class_proposed": proposed,
    }
    if address is not None:
        values["address"] = address
    with session(scope):
        before = PartyProfile.objects.filter(party_id=party_id).values(*values).first()
        if before != values:
            PartyProfile.objects.update_or_create(party_id=party_id, defaults=values)
            place = {"party_id": party_id, "region_id": party.region_id}
            keep_changes(scope, "profile", [(place, party.key, before, values)])
    return proposed


def refuse_withdrawn(region_id: int) -> None:
    """Refuse a region that was abolished, and name its successor.

    Raises
    ------
    InputError
        ``registry.region-withdrawn``.
    """
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        return
    fault = withdrawn_on(region.key, today_on())
    if fault is not None:
        raise InputError("registry.region-withdrawn", "region_id", region.key, fault)


def _keep_party(scope: Scope, party_id: int, before: PartyRow | None, after: PartyRow) -> None:
    was = party_said(before) if before else None
    if was != party_said(after):
        place = {"party_id": party_id, "region_id": after.region_id}
        keep_changes(scope, "party", [(place, after.key, was, party_said(after))])


def party_said(party: PartyRow) -> dict[str, str]:
    """Give what the history keeps of a party."""
    return {
        "name": party.name.zh,
        "name_en": party.name.en,
        "kind": party.kind,
        "uscc": party.uscc or "",
        "region_id": str(party.region_id),
    }


def _party(name: str) -> PartyRow | None:
    """The party with this key or credit code, if there is one."""
    try:
        return find_party(name)
    except NotFoundError:
        return None


def _uscc_taken(code: str | None) -> Text:
    return Text(
        f"统一社会信用代码 {code} 已属于另一家单位。请核对代码，或修改已登记的那家单位。",
        f"The credit code {code} is another party's. Check it, or change the party that is registered.",
    )


def _proposed(hazardous_t_per_year: Decimal) -> ManagementClass:
    if not hazardous_t_per_year.is_finite() or hazardous_t_per_year < 0:
        raise InputError(
            "registry.mass",
            "hazardous_t_per_year",
            hazardous_t_per_year,
            Text(
                f"年产生量 {hazardous_t_per_year} 吨无效；请填 0 或正数。",
                f"{hazardous_t_per_year} t a year cannot be; give 0 or more.",
            ),
        )
    return management_class(hazardous_t_per_year)


def _check_position(longitude: Decimal | None, latitude: Decimal | None) -> None:
    if longitude is None and latitude is None:
        return
    if longitude is not None and latitude is not None and abs(longitude) <= 180 and abs(latitude) <= 90:
        return
    raise InputError(
        "registry.position",
        "longitude, latitude",
        (longitude, latitude),
        Text(
            f"位置（{longitude}，{latitude}）无效：经度 -180 至 180、纬度 -90 至 90（WGS-84，度），"
            "须同时填写。",
            f"Position ({longitude}, {latitude}) cannot be: longitude -180 to 180 and latitude -90 to 90 "
            "(WGS-84 degrees), both or neither.",
        ),
    )


def _check_functional(region_id: int | None) -> None:
    if region_id is None:
        return
    region = regions_by_id([region_id]).get(region_id)
    if region is None:
        raise NotFoundError("region", region_id)
    if region.kind != "functional":
        raise InputError(
            "registry.functional-region",
            "functional_region_id",
            region.key,
            Text(
                f"“{region.name.zh}”是行政区，不能作为功能区；请填入 region_id。",
                f"“{region.name.in_language('en')}” is an administrative region; give it as region_id.",
            ),
        )
