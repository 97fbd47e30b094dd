"""People come and go; posts stay. A person holds a post for a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.rights import NO_RIGHTS, Rights, Role, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.text import TranslatedField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def visible_to(self, user: object) -> models.QuerySet[User]:
        """Return the people who hold or held a post that a reader may see."""
        seen = Holding.objects.looked_after_from(rights_of(user).regions("posts.read"))
        return self.filter(pk__in=seen.values("person"))


class User(AbstractUser, Versioned):
    """A person who signs in. What he may do comes from the posts he holds."""

    username = None  # type: ignore[assignment]  # people sign in by e-mail
    first_name = None  # type: ignore[assignment]  # one field: names differ in order and number
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()  # type: ignore[misc,assignment]  # ours asks for e-mail

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("posts:person", args=[self.pk])

    @cached_property
    def current_holdings(self) -> list[Holding]:
        held = Holding.objects.filter(person=self).current()
        return list(held.select_related("post__office").order_by("since", "pk"))

    @cached_property
    def rights(self) -> Rights:
        """The rights of the posts held now: one query a request."""
        if not self.is_active:
            return NO_RIGHTS
        seats = [(held.post.role, held.post.office) for held in self.current_holdings]
        return Rights(
            frozenset((role, office.region_code) for role, office in seats),
            frozenset((o.region_code, o.home_code) for role, o in seats if role == Role.PARTNER),
        )

    def may(self, permission: str, code: str | None = None) -> bool:
        return self.rights.may(permission, code)


def rights_of(user: object) -> Rights:
    """Return what a person, or a visitor who has not signed in, may do."""
    return user.rights if isinstance(user, User) else NO_RIGHTS


class OfficeQuerySet(models.QuerySet["Office"]):
    def looked_after_from(self, codes: Iterable[str]) -> Self:
        """Offices of these regions and below, and the partners' offices they look after."""
        return self.filter(_looked_after_from("", codes))


def _looked_after_from(path: str, codes: Iterable[str]) -> Q:
    codes = list(codes)
    partners = Q(**{f"{path}kind": Office.Kind.PARTNER})
    return (~partners & within(f"{path}region_code", codes)) | (
        partners & within(f"{path}home_code", codes)
    )


class Office(Versioned):
    """A region's office or agency, a ministry, or a partner's office."""

    class Kind(models.TextChoices):
        REGION = "region", _("Regional office")
        AGENCY = "agency", _("Regional agency")
        MINISTRY = "ministry", _("Ministry")
        PARTNER = "partner", _("Partner's office")

    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    region_code = models.CharField(
        _("region"),
        max_length=40,
        blank=True,
        db_index=True,
        help_text=_("ID-NT for a province, ID for a national ministry, empty for everywhere."),
    )
    # A partner's people have no administrator of their own here: somebody at home keeps the list.
    home_code = models.CharField(
        _("looked after by"), max_length=40, blank=True, db_index=True, editable=False
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def keeper_code(self) -> str:
        """The region whose administrators look after this office and its posts."""
        return self.home_code if self.kind == self.Kind.PARTNER else self.region_code


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: object) -> Self:
        return self.looked_after_from(rights_of(user).regions("posts.read"))

    def looked_after_from(self, codes: Iterable[str]) -> Self:
        """Posts of these regions and below, and those of the partners they look after."""
        return self.filter(_looked_after_from("office__", codes))


class Post(Versioned):
    """A seat in an office. It outlives the persons who hold it."""

    title = TranslatedField(_("title"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=15, choices=Role)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("posts:post", args=[self.pk])


class HoldingQuerySet(models.QuerySet["Holding"]):
    def current(self) -> Self:
        return self.filter(until=None)

    def looked_after_from(self, codes: Iterable[str]) -> Self:
        return self.filter(_looked_after_from("post__office__", codes))


class Holding(models.Model):
    """A person in a post, from a day until another."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(User, models.PROTECT, related_name="holdings")
    since = models.DateField(_("since"), default=date.today)
    until = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("holding of a post")
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(until=None),
                name="holding_one_at_a_time",
                violation_error_message=_("This post is held by somebody: hand it over instead."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="holding_ends_after_it_began",
                violation_error_message=_("A holding cannot end before it began."),
            ),
        ]


class Sent(models.Model):
    """A form that somebody sent, and where it led, for a day (see `once`)."""

    # A hash of the person, the address, the page it was sent from and what was typed.
    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)
    answer = models.JSONField(default=dict)
