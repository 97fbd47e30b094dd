"""What administrators do with offices, posts and people. Each deed is atomic and remembered.

Whoever gives rights may not give wider ones than his own: every action asks for the region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Rights, Role
from kembar.apps.audit.actions import Deed, differences, record, record_all
from kembar.apps.kit.concurrency import save_if_unchanged
from kembar.apps.kit.partial_dates import readable
from kembar.engines.dates import PartialDate

MANAGE = "posts.manage"


@dataclass(frozen=True)
class Somebody:
    """A person who is known, or the name and e-mail of one who may not be."""

    person: User | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Filled:
    """A post with its new holder; he is new if nobody knew him before."""

    holding: Holding
    is_new: bool


# Offices -------------------------------------------------------------------------------


def check_office(office: Office, rights: Rights) -> None:
    """Say why somebody with these rights may not keep such an office.

    Raises
    ------
    ValidationError
        With a sentence on the field that is wrong.
    """
    regions = rights.regions(MANAGE)
    if office.kind == Office.Kind.PARTNER:
        _check_partner(office, rights)
    elif not rights.may(MANAGE, office.region_code):
        message = _("You look after %(regions)s. This office lies outside it.")
        params = {"regions": ", ".join(sorted(regions))}
        raise ValidationError({"region_code": ValidationError(message, params=params)})
    if office.pk is None:
        return
    others = Post.objects.filter(office=office).exclude(role=Role.PARTNER)
    partners = Post.objects.filter(office=office, role=Role.PARTNER)
    wrong = others if office.kind == Office.Kind.PARTNER else partners
    if wrong.exists():
        message = _("The posts of this office have roles that do not go with this kind.")
        raise ValidationError({"kind": message})


def _check_partner(office: Office, rights: Rights) -> None:
    """A partner's office lies abroad, so nobody's region covers it: home looks after it.

    That widens nobody's rights: its posts have the partner's role only, and a partner reads
    what the home that looks after his office shares with his region, nothing of a neighbour's.
    """
    if not office.region_code:
        raise ValidationError({"region_code": _("Say which region the partner is.")})
    regions = rights.regions(MANAGE)
    if "" not in regions and office.region_code[:2] in {code[:2] for code in regions}:
        message = _("This region is in your own country; a partner's office lies in another one.")
        raise ValidationError({"region_code": message})
    if "" not in regions and len(office.region_code) == 2:
        message = _("%(code)s is a whole country; name the region or city that is the partner.")
        params = {"code": office.region_code}
        raise ValidationError({"region_code": ValidationError(message, params=params)})
    if not rights.may(MANAGE, office.home_code):
        raise PermissionDenied


OFFICE_FIELDS = ["name", "kind", "region_code", "home_code"]


@transaction.atomic
def add_office(office: Office, *, home: str | None = None, by: User) -> None:
    """Put an office on the list; `home` is the region that lets a partner's office in."""
    _settle_home(office, home, by)
    office.full_clean()
    check_office(office, by.rights)
    office.save()
    changes = differences({}, {name: getattr(office, name) for name in OFFICE_FIELDS})
    record(Deed("posts.office_added", office, office.keeper_code, changes=changes), by=by)


@transaction.atomic
def change_office(office: Office, *, home: str | None = None, seen: int, by: User) -> None:
    """Correct an office. Its region decides what its people may do, so both are asked for."""
    before = Office.objects.select_for_update().get(pk=office.pk)
    check_office(before, by.rights)
    if office.kind != before.kind or home is not None:
        _settle_home(office, home, by)
    office.full_clean()
    check_office(office, by.rights)
    save_if_unchanged(office, seen, OFFICE_FIELDS)
    if changes := _changes(before, office, OFFICE_FIELDS):
        record(Deed("posts.office_changed", office, office.keeper_code, changes=changes), by=by)


def _settle_home(office: Office, home: str | None, by: User) -> None:
    """Write down which region lets an office in: the one named, or the only one he looks after."""
    if office.kind != Office.Kind.PARTNER:
        office.home_code = ""
    else:
        office.home_code = min(by.rights.regions(MANAGE)) if home is None else home


def _changes(before: models.Model, after: models.Model, names: list[str]) -> list[dict[str, Any]]:
    return differences(
        {name: getattr(before, name) for name in names},
        {name: getattr(after, name) for name in names},
    )


# Posts ---------------------------------------------------------------------------------


def check_post(post: Post, rights: Rights) -> None:
    """Say why somebody with these rights may not keep such a post.

    Raises
    ------
    PermissionDenied
        If the office is not his to look after.
    ValidationError
        If the role does not go with the office.
    """
    if not rights.may(MANAGE, post.office.keeper_code):
        raise PermissionDenied
    if (post.role == Role.PARTNER) != (post.office.kind == Office.Kind.PARTNER):
        message = _("Only a partner's office has partner's officers, and it has no others.")
        raise ValidationError({"role": message})


@transaction.atomic
def add_post(post: Post, *, by: User) -> None:
    """Make a post in an office; it is vacant until somebody is added."""
    post.full_clean()
    check_post(post, by.rights)
    post.save()
    changes = differences({}, {"title": post.title, "office": post.office, "role": post.role})
    deed = Deed("posts.post_added", post, post.office.keeper_code, changes=changes)
    record(deed, by=by)


@transaction.atomic
def change_post(post: Post, *, seen: int, by: User) -> None:
    """Correct a post."""
    before = Post.objects.select_for_update(of=("self",)).select_related("office").get(pk=post.pk)
    check_post(before, by.rights)
    post.full_clean()
    check_post(post, by.rights)
    names = ["title", "office", "role"]
    save_if_unchanged(post, seen, names)
    if changes := _changes(before, post, names):
        deed = Deed("posts.post_changed", post, post.office.keeper_code, changes=changes)
        record(deed, by=by)


# People in posts -----------------------------------------------------------------------


@transaction.atomic
def fill(post: Post, somebody: Somebody, *, since: date, note: str = "", by: User) -> Filled:
    """Put a person into a vacant post."""
    _lock(post, by=by)
    if held := _held(post):
        message = _("%(person)s holds this post since a moment ago. Hand it over instead.")
        raise ValidationError(message, code="stale", params={"person": str(held.person)})
    filled = _begin(post, somebody, since=since, note=note)
    deed = Deed(
        "posts.filled", post, post.office.keeper_code, changes=_beginning(filled.holding, None)
    )
    record(deed, by=by)
    return filled


@transaction.atomic
def hand_over(
    post: Post, somebody: Somebody, *, on: date, note: str = "", seen: int, by: User
) -> Filled:
    """Give a post to its next holder, with all that goes with it.

    Parameters
    ----------
    seen
        Key of the holding that was current when the page was opened.
    """
    _lock(post, by=by)
    held = _still(post, seen)
    person, is_new = _somebody(somebody)
    if person == held.person:
        message = _("%(person)s holds this post already. Choose who comes next.")
        raise ValidationError(message, params={"person": str(person)})
    _end(held, on)
    filled = _begin(post, Somebody(person), since=on, note=note)
    deed = Deed(
        "posts.handed_over", post, post.office.keeper_code, changes=_beginning(filled.holding, held)
    )
    record(deed, by=by)
    return Filled(filled.holding, is_new)


@transaction.atomic
def vacate(post: Post, *, on: date, seen: int, by: User) -> None:
    """End a holding when nobody follows yet; what goes with the post waits with it."""
    _lock(post, by=by)
    held = _still(post, seen)
    _end(held, on)
    record(_vacated(post, held), by=by)


def _vacated(post: Post, held: Holding) -> Deed:
    before = {"holder": held.person, "until": None}
    changes = differences(before, {"holder": None, "until": held.until})
    return Deed("posts.vacated", post, post.office.keeper_code, changes=changes)


def _lock(post: Post, *, by: User) -> None:
    """Let two administrators come one after the other, not together."""
    Post.objects.select_for_update().get(pk=post.pk)
    check_post(post, by.rights)


def _held(post: Post) -> Holding | None:
    return Holding.objects.filter(post=post).current().select_related("person").first()


def _still(post: Post, seen: int) -> Holding:
    held = _held(post)
    if held is not None and held.pk == seen:
        return held
    if held is None:
        message = _("Somebody has made this post vacant while this page was open. Add a person.")
        raise ValidationError(message, code="stale")
    message = _(
        "Somebody has given this post to %(person)s while this page was open. If that is"
        " right, there is nothing left to do; if not, hand it over again."
    )
    raise ValidationError(message, code="stale", params={"person": str(held.person)})


def _day(day: date) -> str:
    return readable(PartialDate.from_date(day))


def _check_day(field: str, day: date) -> None:
    # Rights follow a holding at once, so one that begins later cannot be written down yet.
    if day > timezone.localdate():
        raise ValidationError({field: _("This takes effect at once: choose today or earlier.")})


def _end(held: Holding, on: date) -> None:
    _check_day("on", on)
    if on < held.since:
        message = _("%(person)s holds the post since %(day)s; choose that day or a later one.")
        params = {"person": str(held.person), "day": _day(held.since)}
        raise ValidationError({"on": ValidationError(message, params=params)})
    held.until = on
    held.save(update_fields=["until"])


def _begin(post: Post, somebody: Somebody, *, since: date, note: str) -> Filled:
    _check_day("on", since)
    person, is_new = _somebody(somebody)
    if not person.is_active:
        message = _("%(person)s no longer has access. Give it back on the page of the person.")
        raise ValidationError(message, params={"person": str(person)})
    last = Holding.objects.filter(post=post).order_by("-until").first()
    if last and last.until and since < last.until:
        message = _("The post was held until %(day)s; choose that day or a later one.")
        raise ValidationError({"on": ValidationError(message, params={"day": _day(last.until)})})
    holding = Holding(post=post, person=person, since=since, note=note)
    holding.full_clean()
    holding.save()
    return Filled(holding, is_new)


def _somebody(somebody: Somebody) -> tuple[User, bool]:
    """Return the person, and whether he is new; an e-mail that is known means who has it."""
    if somebody.person:
        return somebody.person, False
    email = somebody.email.strip().lower()
    if known := User.objects.filter(email=email).first():
        return known, False
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=somebody.name.strip()), True
    except IntegrityError:
        # Another administrator wrote the same e-mail down in this very moment.
        return User.objects.get(email=email), False


def _beginning(new: Holding, old: Holding | None) -> list[dict[str, Any]]:
    before = {"holder": old and old.person, "since": None, "note": ""}
    return differences(before, {"holder": new.person, "since": new.since, "note": new.note})


# People --------------------------------------------------------------------------------


def looks_after(rights: Rights, person: User) -> bool:
    """Return whether somebody with these rights looks after every post the person holds now.

    Whoever can set a person's password can act as that person, so one post elsewhere is
    enough to keep others' administrators out. Without a post, the last ones count.
    """
    holdings = Holding.objects.filter(person=person).select_related("post__office")
    held = list(holdings.current()) or list(holdings)
    if not held:
        return rights.may(MANAGE, "")
    return all(rights.may(MANAGE, h.post.office.keeper_code) for h in held)


def employs(rights: Rights, person: User) -> bool:
    """Return whether somebody with these rights looks after where the person has been longest.

    Who only ends his access need not look after all his posts, else another province could keep
    him in by giving him one. Nor is any post enough, else it could so throw out whom it likes.
    """
    holdings = Holding.objects.filter(person=person).select_related("post__office").order_by("pk")
    keepers = [(held.post.office.keeper_code, held.until is None) for held in holdings]
    now = {code for code, is_current in keepers if is_current}
    first = next((code for code, _is_current in keepers if code in now), None)
    return looks_after(rights, person) if first is None else rights.may(MANAGE, first)


def region_of(person: User) -> str:
    """Return the region in whose history a deed on the person is written."""
    holding = (
        Holding.objects.filter(person=person)
        .select_related("post__office")
        .order_by(F("until").desc(nulls_first=True), "-pk")
        .first()
    )
    return holding.post.office.keeper_code if holding else ""


def _check_person(person: User, by: User) -> None:
    if not looks_after(by.rights, person):
        raise PermissionDenied


@transaction.atomic
def change_person(person: User, *, seen: int, fields: list[str], by: User) -> None:
    """Correct what a form asks of a person. Everybody may correct his own name."""
    before = User.objects.select_for_update().get(pk=person.pk)
    if person != by:
        _check_person(person, by)
    person.email = person.email.strip().lower()
    person.full_clean(exclude=["password"])
    save_if_unchanged(person, seen, fields)
    if "email" in fields and person.email != before.email:
        # Else the old address would still open the door: allauth keeps its own list.
        EmailAddress.objects.filter(user=person).delete()
        SocialAccount.objects.filter(user=person).delete()
    # In which language somebody reads is nobody else's business.
    if changes := _changes(before, person, [name for name in fields if name != "language"]):
        record(Deed("posts.person_changed", person, region_of(person), changes=changes), by=by)


@transaction.atomic
def deactivate(person: User, *, by: User) -> None:
    """Take a person's access away: he is signed out everywhere, and his posts are vacant."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if not employs(by.rights, person):
        raise PermissionDenied
    if person == by:
        raise ValidationError(_("You cannot take your own access away; ask another administrator."))
    if not person.is_active:
        return
    person.is_active = False
    # A session is tied to the password: without it none comes back when access does.
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    deeds = []
    current = Holding.objects.filter(person=person).current()
    for post in Post.objects.filter(holdings__in=current).select_related("office").order_by("pk"):
        # Not asked for each post: whoever ends the access ends all that he had with it.
        Post.objects.select_for_update().get(pk=post.pk)
        held = _held(post)
        # Somebody may have handed it over a moment ago.
        if held and held.person == person:
            held.until = max(held.since, timezone.localdate())
            held.save(update_fields=["until"])
            deeds.append(_vacated(post, held))
    record_all([*deeds, Deed("posts.person_deactivated", person, region_of(person))], by=by)


@transaction.atomic
def activate(person: User, *, by: User) -> None:
    """Give a person access again; he sets a new password by a link."""
    person = User.objects.select_for_update().get(pk=person.pk)
    _check_person(person, by)
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(Deed("posts.person_activated", person, region_of(person)), by=by)


@transaction.atomic
def invite(person: User, *, by: User) -> None:
    """Remember that a link to set the person's password was asked for."""
    _check_person(person, by)
    if not person.is_active:
        raise ValidationError(_("Give this person access again first."))
    record(Deed("posts.person_invited", person, region_of(person)), by=by)


@transaction.atomic
def drop_second_factor(person: User, *, by: User) -> None:
    """Take away the second factor of somebody who lost his telephone and his codes."""
    _check_person(person, by)
    if person == by:
        raise ValidationError(_("Change your own second factor on its page."))
    gone, _each = Authenticator.objects.filter(user=person).delete()
    if gone:
        record(Deed("posts.second_factor_removed", person, region_of(person)), by=by)
