"""What the pages about posts and people read; the number of queries does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext as _

from kembar.apps.accounts.inheritance import Inherited, inherited_with
from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Role, within
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.text import LANGUAGES, Text, reader_language
from kembar.apps.posts.actions import MANAGE, employs, looks_after
from kembar.apps.regions.lookup import folded
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_codes, country_name

READ = "posts.read"


@dataclass(frozen=True)
class PostRow:
    """A post in a list: who holds it, and since when."""

    post: Post
    role: str
    holder: Holding | None


@dataclass(frozen=True)
class OfficeRows:
    """An office with those of its posts that are on this page."""

    office: Office
    kind: str
    region: str
    may_manage: bool
    rows: Sequence[PostRow]


@dataclass(frozen=True)
class PostList:
    page: Page[Post]
    offices: Sequence[OfficeRows]
    may_add: bool


def region_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of regions and countries in the reader's language: one query."""
    codes = set(codes)
    names: dict[str, Text] = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    found: dict[str, str] = {}
    for code in codes:
        if not code:
            found[code] = _("Everywhere")
        elif code in names:
            found[code] = str(Text(names[code]))
        else:
            found[code] = country_name(code, reader_language()) if len(code) == 2 else code
    return found


def list_posts(user: User, *, region: str, role: str, text: str, number: int) -> PostList:
    """Return one page of the posts that a person may see, office by office."""
    posts = Post.objects.looked_after_from(user.rights.regions(READ))
    if region:
        posts = posts.filter(_in_region(region))
    if role in Role.values:
        posts = posts.filter(role=role)
    if text:
        posts = posts.filter(_named(text)).distinct()
    current = Holding.objects.current().select_related("person")
    posts = posts.select_related("office").prefetch_related(
        Prefetch("holdings", queryset=current, to_attr="held_now")
    )
    page = page_of(posts.order_by("office__region_code", "office_id", "pk"), number)
    names = region_names(post.office.region_code for post in page.rows)
    return PostList(
        page,
        offices=[
            _office_rows(user, office, names, list(rows))
            for office, rows in groupby(page.rows, key=lambda post: post.office)
        ],
        may_add=user.may(MANAGE),
    )


def _office_rows(
    user: User, office: Office, names: dict[str, str], posts: list[Post]
) -> OfficeRows:
    return OfficeRows(
        office,
        kind=office.get_kind_display(),
        region=names.get(office.region_code, office.region_code),
        may_manage=user.may(MANAGE, office.keeper_code),
        rows=[_row(post) for post in posts],
    )


def _row(post: Post) -> PostRow:
    held: list[Holding] = post.held_now  # type: ignore[attr-defined]  # the prefetch above
    return PostRow(post, post.get_role_display(), held[0] if held else None)


def _in_region(text: str) -> Q:
    """Return the condition that an office belongs to a region or country that is called so."""
    found = Region.objects.filter(Q(spelt__icontains=text) | Q(parent__spelt__icontains=text))
    code = country_codes().get(folded(text), text)
    return within("office__region_code", [code]) | Q(office__region_code__in=found.values("code"))


def _named(text: str) -> Q:
    holder = Q(holdings__until=None) & (
        Q(holdings__person__name__icontains=text) | Q(holdings__person__email__icontains=text)
    )
    condition = holder
    for key in LANGUAGES:
        condition |= Q(**{f"title__{key}__icontains": text})
        condition |= Q(**{f"office__name__{key}__icontains": text})
    return condition


# One post ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostPage:
    """A post: who holds it, who held it, and what its next holder takes over."""

    post: Post
    role: str
    region: str
    holder: Holding | None
    past: Sequence[Holding]
    inherited: Sequence[Inherited]
    may_manage: bool


def post_page(user: User, pk: int) -> PostPage:
    """Return what the page of a post shows.

    Raises
    ------
    Post.DoesNotExist
        If there is none, or it is not for this reader.
    """
    post = Post.objects.visible_to(user).select_related("office").get(pk=pk)
    newest = F("until").desc(nulls_first=True)
    holdings = list(post.holdings.select_related("person").order_by(newest, "-since", "-pk"))
    return PostPage(
        post,
        role=post.get_role_display(),
        region=region_names([post.office.region_code])[post.office.region_code],
        holder=next((held for held in holdings if held.until is None), None),
        past=[held for held in holdings if held.until is not None],
        inherited=inherited_with(post, user),
        may_manage=user.may(MANAGE, post.office.keeper_code),
    )


# One person ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonPage:
    """A person with the posts that the reader may see."""

    person: User
    holdings: Sequence[Holding]
    has_password: bool
    has_second_factor: bool
    is_reader: bool
    may_manage: bool
    may_deactivate: bool


def person_page(user: User, pk: int) -> PersonPage:
    """Return what the page of a person shows.

    Raises
    ------
    User.DoesNotExist
        If there is none, or none of his posts is for this reader.
    """
    person = User.objects.visible_to(user).get(pk=pk)
    seen = Holding.objects.looked_after_from(user.rights.regions(READ))
    holdings = seen.filter(person=person).select_related("post__office")
    return PersonPage(
        person,
        holdings=list(holdings.order_by(F("until").desc(nulls_first=True), "-since", "-pk")),
        has_password=person.has_usable_password(),
        has_second_factor=Authenticator.objects.filter(user=person).exists(),
        is_reader=person == user,
        may_manage=user.may(MANAGE) and looks_after(user.rights, person),
        may_deactivate=user.may(MANAGE) and employs(user.rights, person),
    )


@dataclass(frozen=True)
class Mine:
    """A post that the reader holds, with what came with it."""

    post: Post
    since: date
    note: str
    inherited: Sequence[Inherited]


def my_posts(user: User) -> list[Mine]:
    """Return the posts a person holds, each with the note of whoever handed it over."""
    return [
        Mine(held.post, held.since, held.note, inherited_with(held.post, user))
        for held in user.current_holdings
    ]


def successors(user: User) -> Iterable[User]:
    """Return the people an administrator may choose from: active, with a post he looks after."""
    held = Holding.objects.looked_after_from(user.rights.regions(MANAGE))
    people = User.objects.filter(is_active=True, pk__in=held.values("person"))
    return people.order_by("name", "pk")


def link_days() -> int:
    """Return for how many days a link to set a password works."""
    return int(settings.PASSWORD_RESET_TIMEOUT // 86_400)
