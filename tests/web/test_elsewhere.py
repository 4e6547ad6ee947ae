"""A page of a region that the present post does not reach offers the post that does."""

from __future__ import annotations

import uuid

from django.test import Client

from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.identity.services import add_membership, create_user


def signed_in(*region_ids: int) -> tuple[Client, list[int]]:
    name = f"two-posts-{uuid.uuid4().hex[:8]}"
    user_id = create_user(username=name, password="right")
    posts = [add_membership(user_id=user_id, role="office", region_id=each) for each in region_ids]
    client = Client()
    assert client.post("/sign-in", {"username": name, "password": "right"}).status_code == 302
    return client, posts


def test_one_click_goes_on_in_the_post_of_that_region_and_comes_back_to_the_page(db, region_factory):
    here, there = region_factory(), region_factory()
    key = regions_by_id([there])[there].key
    client, posts = signed_in(here, there)
    address = f"/tasks?region={key}"
    page = client.get(address).content.decode()
    assert f'name="membership_id" value="{posts[1]}">切换为' in page
    assert f'name="next" value="{address}"' in page
    assert "您的身份看不到" in page
    assert "从方案取任务" not in page
    answer = client.post("/switch-membership", {"membership_id": posts[1], "next": address})
    assert answer.headers["Location"] == address
    page = client.get(address).content.decode()
    assert "切换为" not in page
    assert "从方案取任务" in page


def test_without_a_post_there_nothing_is_offered(db, region_factory):
    here, there = region_factory(), region_factory()
    client, _ = signed_in(here)
    page = client.get(f"/tasks?region={regions_by_id([there])[there].key}").content.decode()
    assert "切换为" not in page
    assert "您的身份看不到" in page
