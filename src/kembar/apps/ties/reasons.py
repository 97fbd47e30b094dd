"""Why each fact of a tie's health matters, with the source, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kembar.apps.kit.partial_dates import readable
from kembar.apps.ties.health import Factor, Sleep, Status
from kembar.apps.ties.models import Tie
from kembar.apps.ties.queries import Overview
from kembar.engines.dates import PartialDate


@dataclass(frozen=True)
class Reason:
    """Why a factor matters, and the study or report that shows it."""

    name: Promise | str
    why: Promise | str
    source: str
    address: str


REASONS: dict[Factor, Reason] = {
    Factor.OWNER: Reason(
        gettext_lazy("An owner in office"),
        gettext_lazy(
            "Semarang–Beihai signed in 2008 and nothing followed: nobody at home took the next"
            " step. A post that owns the tie stays when people change."
        ),
        "Semarang–Beihai",
        "https://adoc.pub/kegagalan-kerjasama-sister-city-kota-semarang-dengan-kota-be.html",
    ),
    Factor.CONTACT: Reason(
        gettext_lazy("Contact at its own rhythm"),
        gettext_lazy(
            "West Java's tourism work with South Australia stayed weak for want of regular"
            " contact. Each tie is measured by its own usual gap."
        ),
        "Jawa Barat–South Australia",
        "https://www.jabarprov.go.id/En/index.php/news/5217/"
        "Visit_Australia_Governor_Aher_Strengthen_Sister_Province_Cooperation",
    ),
    Factor.NEXT_EVENT: Reason(
        gettext_lazy("A dated next event"),
        gettext_lazy(
            "Ties that lived had something in the calendar, such as the yearly race from Darwin"
            " to Ambon."
        ),
        "Ambon–Darwin",
        "https://jherrym88.wordpress.com",
    ),
    Factor.FUNDING: Reason(
        gettext_lazy("A funding line"),
        gettext_lazy("In Denpasar, funds meant for the ties were moved elsewhere."),
        "Denpasar",
        "http://jurnal.kemendagri.go.id/index.php/jbp/article/view/953",
    ),
    Factor.DOING_BODY: Reason(
        gettext_lazy("A body that does the work"),
        gettext_lazy(
            "Ambon–Vlissingen lived on through a volunteer foundation outside the town hall,"
            " whoever was mayor."
        ),
        "Ambon–Vlissingen",
        "https://en.indonesia.nl/updates/news/economy/the-success-story-of-the-25-years-"
        "sister-city-cooperation-between-ambon-and-vlissingen",
    ),
    Factor.THEME: Reason(
        gettext_lazy("A narrow theme"),
        gettext_lazy(
            "Surabaya–Kitakyushu kept to one theme and won grants for it; the ministries asked"
            " Manado to spell out each activity with Qingdao."
        ),
        "Surabaya–Kitakyushu",
        "https://etd.repository.ugm.ac.id/penelitian/detail/218103",
    ),
    Factor.RENEWAL: Reason(
        gettext_lazy("A renewal date"),
        gettext_lazy(
            "The MoUs of Manado and Bitung with Davao had expired before they were renewed: the"
            " Indonesian consul had to tell the partner's mayor."
        ),
        "Manado, Bitung–Davao",
        "https://www.tempo.co/internasional/pameran-dagang-kjri-2017-akan-ramaikan-hut-davao-"
        "city-1315512",
    ),
}


SLEEP_NAMES: dict[Sleep, Promise | str] = {
    Sleep.AWAKE: gettext_lazy("Awake"),
    Sleep.DROWSY: gettext_lazy("Drowsy"),
    Sleep.ASLEEP: gettext_lazy("Asleep"),
    Sleep.OVER: gettext_lazy("Over"),
}


def finding(factor: Factor, status: Status, tie: Tie, view: Overview) -> str:
    """Return in a few words what was found on one factor."""
    say = {
        Factor.OWNER: _owner,
        Factor.CONTACT: _contact,
        Factor.NEXT_EVENT: _next_event,
        Factor.FUNDING: _funding,
        Factor.DOING_BODY: _doing_body,
        Factor.THEME: _theme,
        Factor.RENEWAL: _renewal,
    }
    return say[factor](status, tie, view)


def _day(value: object) -> str:
    return readable(PartialDate.from_date(value))  # type: ignore[arg-type]  # always a date here


def _owner(status: Status, tie: Tie, view: Overview) -> str:
    if view.owner_holding:
        return str(view.owner_holding.person)
    return _("The post is vacant") if status == Status.WEAK else _("No post named")


def _contact(status: Status, tie: Tie, view: Overview) -> str:
    days = view.health.silent_days
    if days is None:
        return _("No dated contact")
    silent = ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    if tie.rhythm_days is None:
        return silent
    usual = ngettext("usual gap %(count)s day", "usual gap %(count)s days", tie.rhythm_days) % {
        "count": tie.rhythm_days
    }
    return f"{silent} · {usual}"


def _next_event(status: Status, tie: Tie, view: Overview) -> str:
    return _day(tie.next_event) if status == Status.GOOD else _("Nothing dated")


def _funding(status: Status, tie: Tie, view: Overview) -> str:
    return str(tie.funding) or _("Not known")


def _doing_body(status: Status, tie: Tie, view: Overview) -> str:
    return str(tie.doing_body) or _("Not known")


def _theme(status: Status, tie: Tie, view: Overview) -> str:
    if tie.theme:
        return str(tie.theme)
    count = len(tie.sectors)
    if not count:
        return _("No theme named")
    return ngettext("%(count)s sector", "%(count)s sectors", count) % {"count": count}


def _renewal(status: Status, tie: Tie, view: Overview) -> str:
    if status == Status.NOT_YET:
        return _("Not yet signed")
    return readable(tie.renewal) if tie.renewal else _("No date")
