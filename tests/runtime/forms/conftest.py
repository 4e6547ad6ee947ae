"""A library that lends books: a form of every kind of field, far from any waste."""

import uuid

import pytest

from wufei.runtime.access.services import scope_of
from wufei.runtime.clock import today_on
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.forms.services import Place
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user

LENDING = """
key: lending
version: 1
title: {zh: 借阅登记, en: Lending}
fields:
  - {key: reader, kind: text, title: {zh: 读者, en: Reader}, required: true, length_max: 20}
  - {key: card, kind: text, title: {zh: 证号, en: Card}, pattern: "[A-Z]\\\\d{4}", example: A0001}
  - key: kind
    kind: choice
    title: {zh: 类型, en: Kind}
    choices: {adult: {zh: 成人, en: Adult}, child: {zh: 儿童, en: Child}}
  - {key: guardian, kind: text, title: {zh: 监护人}, visible_if: kind == 'child', required: true}
  - {key: lent_on, kind: date, title: {zh: 借出日, en: Lent on}, future: false}
  - {key: month, kind: month, title: {zh: 月份, en: Month}}
  - {key: members, kind: whole, title: {zh: 人数, en: Members}, hard: [0, 100], soft: [null, 10]}
  - {key: weight, kind: quantity, title: {zh: 重量, en: Weight}, units: [kg, g], hard: [0, 50], decimals: 3}
  - {key: hurry, kind: yes-no, title: {zh: 加急, en: Hurry}}
  - key: topics
    kind: choices
    title: {zh: 主题, en: Topics}
    choices: {art: {zh: 艺术, en: Art}, law: {zh: 法律, en: Law}}
  - {key: place, kind: position, title: {zh: 位置, en: Place}}
  - {key: photos, kind: photos, title: {zh: 照片, en: Photos}}
  - key: loans
    kind: repeat
    title: {zh: 书目, en: Loans}
    rows_max: 5
    fields:
      - {key: book, kind: text, title: {zh: 书名, en: Book}, required: true, unique: true}
      - {key: pages, kind: whole, title: {zh: 页数, en: Pages}, hard: [1, 5000]}
      - {key: fee, kind: decimal, title: {zh: 押金, en: Fee}}
  - {key: pages_total, kind: computed, title: {zh: 总页数, en: Pages in all}, compute: sum(loans.pages)}
  - {key: mean, kind: computed, title: {zh: 平均, en: Mean}, compute: pages_total / count(loans), decimals: 1}
"""


@pytest.fixture(scope="session")
def lending():
    """The form of the library."""
    definition, findings = load_definition(LENDING, "lending.yaml")
    assert findings == ()
    return definition


@pytest.fixture
def clerk(region_factory):
    """The scope of a clerk at the library's desk."""
    region_id = region_factory()
    user_id = create_user(username=f"desk-{uuid.uuid4().hex[:8]}", password="x")
    add_membership(user_id=user_id, role="clerk", region_id=region_id)
    return scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")


@pytest.fixture
def place(clerk):
    """Where the clerk's entries belong."""
    return Place(next(iter(clerk.region_ids)))
