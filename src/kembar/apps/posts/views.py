"""Pages about offices, posts and the people who hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from kembar.apps.accounts.adapters import mail_works
from kembar.apps.accounts.forms import MeForm
from kembar.apps.accounts.invitations import link_for, mail_link
from kembar.apps.accounts.models import Office, Post, User
from kembar.apps.accounts.once import once
from kembar.apps.kit.access import SIGNED_IN, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.forms import VersionedForm
from kembar.apps.kit.paging import page_number
from kembar.apps.posts import actions, queries
from kembar.apps.posts.forms import (
    OfficeForm,
    PersonForm,
    PostForm,
    SeekForm,
    SomebodyForm,
    VacateForm,
)

# Whose link the next page shows, once: the link itself is made there and kept nowhere.
INVITED = "posts_invited"


def _reader(request: HttpRequest) -> User:
    """Return the person who asks; `@allow` has seen to it that there is one."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def _saved(form: BaseForm, act: Callable[[], Any]) -> Any:
    """Act if the form is right; what the action says is wrong is put beside its field.

    Of a form whose record somebody else has changed, the page says how it stands now.
    """
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return act() or True
    except ValidationError as error:
        for name, errors in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields else None, errors)
    except StaleError as error:
        assert isinstance(form, VersionedForm)  # noqa: S101  # only such a form has seen a version
        tell_of_change(form, error)
        form.is_stale = True
    return None


def _form_page(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    if getattr(form, "is_stale", False):
        status = 409
    return render(request, template, {"form": form, **context}, status=status)


# Lists and pages -----------------------------------------------------------------------


@allow("posts.read")
def posts(request: HttpRequest) -> HttpResponse:
    given = request.GET
    listed = queries.list_posts(
        _reader(request),
        region=given.get("region", "").strip()[:100],
        role=given.get("role", ""),
        text=given.get("q", "").strip()[:100],
        number=page_number(request),
    )
    form = SeekForm(given)
    form.is_valid()
    return render(request, "posts/posts.html", {"list": listed, "page": listed.page, "form": form})


def _post_page(request: HttpRequest, pk: int, *, manage: bool = False) -> queries.PostPage:
    try:
        page = queries.post_page(_reader(request), pk)
    except Post.DoesNotExist as error:
        raise Http404 from error
    if manage and not page.may_manage:
        raise PermissionDenied
    return page


@allow("posts.read")
def post(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/post.html", {"view": _post_page(request, pk)})


def _person_page(request: HttpRequest, pk: int, *, manage: bool = False) -> queries.PersonPage:
    try:
        page = queries.person_page(_reader(request), pk)
    except User.DoesNotExist as error:
        raise Http404 from error
    if manage and not page.may_manage:
        raise PermissionDenied
    return page


@allow("posts.read")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/person.html", {"view": _person_page(request, pk)})


@allow(SIGNED_IN)
def me(request: HttpRequest) -> HttpResponse:
    reader = _reader(request)
    # The form writes into its record, and the page bar shows the person: so it has a copy.
    form = MeForm(request.POST or None, instance=User.objects.get(pk=reader.pk))
    person = form.instance
    if _saved(form, lambda: _change_person(form, by=reader)):
        with override(person.language or None):
            messages.success(request, _("Saved."))
        response = redirect("posts:me")
        # A language chosen in the page bar would go before the one chosen here.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    return _form_page(request, "posts/me.html", form, posts=queries.my_posts(reader))


def _change_person(form: MeForm | PersonForm, *, by: User) -> None:
    person, fields = form.instance, form.Meta.fields
    actions.change_person(person, seen=form.seen(), fields=fields, by=by)


# Offices -------------------------------------------------------------------------------


@allow("posts.manage")
@once
def add_office(request: HttpRequest) -> HttpResponse:
    reader = _reader(request)
    form = OfficeForm(request.POST or None, user=reader)
    office = form.instance
    if _saved(form, lambda: actions.add_office(office, home=form.home_code(), by=reader)):
        messages.success(request, _("The office is added. Now give it its posts."))
        return redirect(f"/posts/new/?office={office.pk}")
    return _form_page(request, "posts/office_form.html", form)


@allow("posts.manage")
def change_office(request: HttpRequest, pk: int) -> HttpResponse:
    reader = _reader(request)
    mine = Office.objects.looked_after_from(reader.rights.regions(actions.MANAGE))
    office = get_object_or_404(mine, pk=pk)
    form = OfficeForm(request.POST or None, instance=office, user=reader)

    def act() -> None:
        actions.change_office(office, home=form.home_code(), seen=form.seen(), by=reader)

    if _saved(form, act):
        messages.success(request, _("The office is changed."))
        return redirect("posts:posts")
    return _form_page(request, "posts/office_form.html", form, office=office)


# Posts ---------------------------------------------------------------------------------


@allow("posts.manage")
@once
def add_post(request: HttpRequest) -> HttpResponse:
    initial = {"office": request.GET.get("office")}
    form = PostForm(request.POST or None, initial=initial, user=_reader(request))
    post = form.instance
    if _saved(form, lambda: actions.add_post(post, by=_reader(request))):
        messages.success(request, _("The post is added. Now say who holds it."))
        return redirect("posts:fill", pk=post.pk)
    return _form_page(request, "posts/post_form.html", form)


@allow("posts.manage")
def change_post(request: HttpRequest, pk: int) -> HttpResponse:
    page = _post_page(request, pk, manage=True)
    form = PostForm(request.POST or None, instance=page.post, user=_reader(request))
    if _saved(form, lambda: actions.change_post(page.post, seen=form.seen(), by=_reader(request))):
        messages.success(request, _("The post is changed."))
        return redirect(page.post)
    return _form_page(request, "posts/post_form.html", form, post=page.post)


@allow("posts.manage")
@once
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    page = _post_page(request, pk, manage=True)
    if page.holder and request.method == "GET":
        return redirect("posts:hand_over", pk=pk)
    form = SomebodyForm(request.POST or None, user=_reader(request))

    def act() -> actions.Filled:
        given = form.cleaned_data
        return actions.fill(
            page.post, form.somebody(), since=given["on"], note=given["note"], by=_reader(request)
        )

    if filled := _saved(form, act):
        return _welcome(request, filled)
    return _form_page(request, "posts/fill.html", form, view=page)


@allow("posts.manage")
@once
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    page = _post_page(request, pk, manage=True)
    if page.holder is None and request.method == "GET":
        return redirect("posts:fill", pk=pk)
    initial = {"seen": page.holder and page.holder.pk}
    form = SomebodyForm(request.POST or None, user=_reader(request), initial=initial)

    def act() -> actions.Filled:
        given = form.cleaned_data
        return actions.hand_over(
            page.post,
            form.somebody(),
            on=given["on"],
            note=given["note"],
            seen=given["seen"] or 0,
            by=_reader(request),
        )

    if filled := _saved(form, act):
        return _welcome(request, filled)
    return _form_page(request, "posts/hand_over.html", form, view=page)


@allow("posts.manage")
@once
def vacate(request: HttpRequest, pk: int) -> HttpResponse:
    page = _post_page(request, pk, manage=True)
    if page.holder is None and request.method == "GET":
        return redirect(page.post)
    initial = {"seen": page.holder and page.holder.pk}
    form = VacateForm(request.POST or None, initial=initial)

    def act() -> None:
        given = form.cleaned_data
        actions.vacate(page.post, on=given["on"], seen=given["seen"], by=_reader(request))

    if _saved(form, act):
        messages.success(request, _("The post is vacant. What goes with it waits for the next."))
        return redirect(page.post)
    return _form_page(request, "posts/vacate.html", form, view=page)


def _welcome(request: HttpRequest, filled: actions.Filled) -> HttpResponse:
    """Go to the link for a new person, else back to the post."""
    holding = filled.holding
    names = {"person": str(holding.person), "post": str(holding.post)}
    said = _("%(person)s now holds the post “%(post)s”.") % names
    messages.success(request, said, extra_tags=request.path)
    if not filled.is_new:
        return redirect(holding.post)
    _show_link(request, holding.person)
    return redirect("posts:invitation", pk=holding.person.pk)


def _show_link(request: HttpRequest, person: User) -> None:
    request.session[INVITED] = person.pk
    if mail_works():
        mail_link(person, request)


# People --------------------------------------------------------------------------------


@allow("posts.manage")
def change_person(request: HttpRequest, pk: int) -> HttpResponse:
    page = _person_page(request, pk, manage=True)
    form = PersonForm(request.POST or None, instance=page.person)
    if _saved(form, lambda: _change_person(form, by=_reader(request))):
        messages.success(request, _("Saved."))
        return redirect(page.person)
    return _form_page(request, "posts/person_form.html", form, view=page)


@allow("posts.manage")
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    page = _person_page(request, pk, manage=True)
    if request.method == "POST":
        return _do(request, page, actions.invite, "", then=lambda: _show_link(request, page.person))
    is_shown = request.session.pop(INVITED, None) == pk and page.person.is_active
    context = {
        "view": page,
        "link": link_for(page.person, request) if is_shown else "",
        "days": queries.link_days(),
        "is_mailed": is_shown and mail_works(),
    }
    return render(request, "posts/invitation.html", context)


@require_POST
@allow("posts.manage")
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    page = _person_page(request, pk)
    done = _("Access is taken away, also where signed in. The posts are vacant now.")
    return _do(request, page, actions.deactivate, done)


@require_POST
@allow("posts.manage")
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    page = _person_page(request, pk, manage=True)
    return _do(request, page, actions.activate, "", then=lambda: _show_link(request, page.person))


@require_POST
@allow("posts.manage")
def drop_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    page = _person_page(request, pk, manage=True)
    return _do(request, page, actions.drop_second_factor, _("The second factor is removed."))


def _do(
    request: HttpRequest,
    page: queries.PersonPage,
    act: Callable[..., None],
    done: str,
    then: Callable[[], None] | None = None,
) -> HttpResponse:
    """Act on a person and say so; with `then`, go on to the link by which he signs in."""
    try:
        act(page.person, by=_reader(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(page.person)
    if done:
        messages.success(request, done)
    if then is None:
        return redirect(page.person)
    page.person.refresh_from_db()
    then()
    return redirect("posts:invitation", pk=page.person.pk)
