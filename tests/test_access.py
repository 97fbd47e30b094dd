"""Who gets in where: every address, every part, written down by hand.

A new address without a line here fails. The sample objects belong to a tie of ID-NT that is
for its own region only; at the end, what sharing and publishing open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.cases.actions import migrate_case, set_limit
from kembar.apps.cases.feed import make_feed
from kembar.apps.cases.models import Case, CasePaper, LimitSetting
from kembar.apps.commitments.models import Import as CommitmentImport
from kembar.apps.commitments.models import Turn
from kembar.apps.investment.models import Gift, Interest, Stage, Verification
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import stored
from kembar.apps.programmes.models import Document
from kembar.apps.rates.actions import add_rate
from kembar.apps.rates.models import Rate
from kembar.apps.regions.models import Boundary, BoundaryImport, Figure, FigureImport, Indicator
from kembar.apps.scouting.actions import close_region, note_sector
from kembar.apps.scouting.models import Closed, SectorClaim
from kembar.apps.ties.actions import remark_on
from kembar.apps.ties.models import Attachment, Conflict, Import, Tie
from kembar.apps.tourism.models import Arrival, Seats, TourismImport
from tests.apps.cases.test_books import without_exploration
from tests.apps.cases.things import a_case, tell, told
from tests.apps.commitments.things import a_commitment, it_became
from tests.apps.investment.offer_things import an_offer
from tests.apps.investment.things import a_file, a_lead_of, a_link, verified
from tests.apps.programmes.things import (
    a_milestone,
    a_programme,
    a_risk,
    an_activity,
    an_amount,
)
from tests.apps.regions.things import ROW, a_square, collected, hand_in_boundary, load
from tests.apps.scouting.things import a_decision, a_study
from tests.apps.ties.things import a_claim, a_region, a_source, a_tie, an_event
from tests.apps.tourism.things import FLIGHTS, a_campaign, a_limit, a_site
from tests.apps.tourism.things import ROW as ROW_OF_ARRIVALS
from tests.apps.tourism.things import load as load_counts
from tests.people import a_person, a_post
from tests.test_access_walk import addresses

pytestmark = pytest.mark.django_db

PARTS = {
    "desk": (Role.DESK, "ID-NT"),
    "agency": (Role.AGENCY, "ID-NT"),
    "head": (Role.HEAD, "ID-NT"),
    "ministry": (Role.MINISTRY, "ID"),
    "partner": (Role.PARTNER, "CN-JX"),
    "auditor": (Role.AUDITOR, "ID-NT"),
    "administrator": (Role.ADMINISTRATOR, "ID-NT"),
    "visitor": None,
    "stranger": (Role.DESK, "ID-BA"),
}

# desk, agency, head, ministry, partner, auditor, administrator, visitor, stranger.
# 302 for the visitor leads to the sign-in page; 404 does not tell that there is anything.
# fmt: off
TABLE = """
front                           302 302 302 302 200 302 200 200 302
today                           200 200 200 200 403 200 403 302 200

ties:ties                       200 200 200 200 200 200 200 200 200
ties:new                        200 403 403 403 403 403 403 302 200
ties:import                     200 403 403 403 403 403 403 302 200
ties:import_template            200 403 403 403 403 403 403 302 200
ties:import_review              200 403 403 403 403 403 403 302 404
ties:import_refused             200 403 403 403 403 403 403 302 404
ties:export                     200 200 200 200 403 200 403 302 200
ties:tie                        200 200 200 200 404 200 404 404 404
ties:timeline                   200 200 200 200 404 200 404 404 404
ties:claims                     200 200 200 200 404 200 404 404 404
ties:new_claim                  200 200 403 403 403 403 403 302 404
ties:change_claim               200 200 403 403 403 403 403 302 404
ties:withdraw_claim             200 200 403 403 403 403 403 302 404
ties:history                    200 200 200 200 403 200 404 302 404
ties:change                     200 403 403 403 403 403 403 302 404
ties:share                      200 403 200 403 403 403 403 302 404
ties:remark              POST   403 403 422 422 403 403 403 302 403
ties:new_event                  200 200 403 403 403 403 403 302 404
ties:new_conflict               200 200 403 403 403 403 403 302 404
ties:event                      200 200 200 200 404 200 404 404 404
ties:change_event               200 200 403 403 403 403 403 302 404
ties:withdraw_event             200 200 403 403 403 403 403 302 404
ties:attachment                 200 200 200 200 404 200 404 404 404
ties:settle                     200 403 403 403 403 403 403 302 404
ties:answer                     200 403 403 403 403 403 403 302 404

cases:of_tie                    200 200 200 200 404 200 404 404 404
cases:new                       200 403 403 403 403 403 403 302 404
cases:case                      200 200 200 200 404 200 404 404 404
cases:rules                     200 200 200 200 404 200 404 404 404
cases:change                    200 403 403 403 403 403 403 302 404
cases:share                     200 403 200 403 403 403 403 302 404
cases:close                     200 403 403 403 403 403 403 302 404
cases:answer                    200 200 403 403 403 403 403 302 404
cases:set_day                   200 200 403 403 403 403 403 302 404
cases:act                       200 200 200 200 404 200 404 404 404
cases:record                    200 200 200 200 403 403 403 302 404
cases:override                  403 403 200 403 403 403 403 302 403
cases:tick               POST   302 302 403 403 403 403 403 302 404
cases:link_claims               200 200 403 403 403 403 403 302 404
cases:entry                     302 302 302 302 404 302 404 404 404
cases:annul                     200 200 403 403 403 403 403 302 404
cases:paper                     200 200 200 200 404 200 404 404 404
cases:cases                     200 200 200 200 200 200 200 200 200
cases:waiting                   200 200 200 200 200 200 200 200 200
cases:review                    403 403 200 200 403 403 403 302 403
cases:rulebooks                 200 200 200 200 200 200 200 200 200
cases:rulebook                  200 200 200 200 200 200 200 200 200
cases:limits                    200 200 200 200 200 200 200 200 200
cases:limit                     403 403 403 200 403 403 403 302 403
cases:drop_limit                403 403 403 200 403 403 403 302 403
cases:change_rulebook           200 403 403 403 403 403 403 302 404
cases:undo_rulebook             200 403 403 403 403 403 403 302 404
cases:on_paper                  200 200 200 200 404 200 404 404 404
cases:feeds                     200 200 200 200 200 200 200 302 200
cases:make_feed          POST   302 404 404 404 404 404 404 302 404
cases:withdraw_feed      POST   302 404 404 404 404 404 404 302 404
cases:feed                      200 200 200 200 200 200 200 200 200

investment:offers               200 200 200 200 200 200 200 200 200
investment:new_offer            200 200 403 403 403 403 403 302 200
investment:offer                200 200 200 200 404 200 404 404 404
investment:prospectus           200 200 200 200 404 200 404 404 404
investment:prospectus_pdf       200 200 200 200 404 200 404 404 404
investment:change_offer         200 200 403 403 403 403 403 302 404
investment:offer_state          200 200 403 403 403 403 403 302 404
investment:file_paper           200 200 403 403 403 403 403 302 404
investment:withdraw_paper       200 200 403 403 403 403 403 302 404
investment:share_offer          200 403 200 403 403 403 403 302 404
investment:offer_paper          200 200 200 200 403 200 403 302 404
investment:of_tie               200 200 200 200 404 200 404 404 404
investment:leads                200 200 200 200 403 200 403 302 200
investment:new_lead             200 200 403 403 403 403 403 302 200
investment:lead                 200 200 200 200 404 200 404 404 404
investment:change_lead          200 200 403 403 403 403 403 302 404
investment:new_contact          200 200 403 403 403 403 403 302 404
investment:move          POST   422 422 403 403 403 403 403 302 404
investment:move_back            200 200 403 403 403 403 403 302 404
investment:end_lead             200 200 403 403 403 403 403 302 404
investment:resume_lead          302 302 403 403 403 403 403 302 404
investment:new_yield            200 200 403 403 403 403 403 302 404
investment:verify               403 403 200 200 403 403 403 302 403
investment:ask_investor         200 200 403 403 403 403 403 302 404
investment:lead_history         200 200 200 200 403 200 404 302 404
investment:withdraw_yield       200 200 403 403 403 403 403 302 404
investment:yield_file           200 200 200 200 404 200 404 404 404
investment:verification_file    200 200 200 200 404 200 404 404 404
investment:confirm              200 200 200 200 200 200 200 200 200
investment:withdraw_link POST   302 302 403 403 403 403 403 302 404
investment:companies            200 200 200 200 403 200 403 302 200
investment:new_company          200 200 403 403 403 403 403 302 200
investment:company              200 200 200 200 404 200 404 404 404
investment:change_company       200 200 403 403 403 403 403 302 404
investment:company_proof        200 200 200 200 404 200 404 404 404
investment:interests            200 200 200 200 403 200 403 302 200
investment:new_interest         200 200 200 200 403 403 403 302 200
investment:change_interest      200 403 403 403 403 403 403 302 404
investment:confirm_end          403 403 200 200 403 403 403 302 403
investment:gifts                200 200 200 200 403 200 403 302 200
investment:new_gift             200 200 200 200 403 403 403 302 200
investment:change_gift          200 200 200 200 403 403 403 302 404
programmes:programmes           200 200 200 200 200 200 200 200 200
programmes:culture              200 200 200 200 200 200 200 200 200
programmes:of_tie               200 200 200 200 404 200 404 404 404
programmes:new                  200 200 403 403 403 403 403 302 404
programmes:programme            200 200 200 200 404 200 404 404 404
programmes:change               200 200 403 403 403 403 403 302 404
programmes:share                200 403 200 403 403 403 403 302 404
programmes:stop                 200 200 403 403 403 403 403 302 404
programmes:resume               200 200 403 403 403 403 403 302 404
programmes:history              200 200 200 200 403 200 404 302 404
programmes:money                200 200 200 200 403 200 403 302 404
programmes:people               200 200 200 200 404 200 404 404 404
programmes:new_activity         200 200 403 403 403 403 403 302 404
programmes:new_milestone        200 200 403 403 403 403 403 302 404
programmes:new_amount           200 200 403 403 403 403 403 302 404
programmes:new_risk             200 200 403 403 403 403 403 302 404
programmes:new_papers           200 200 403 403 403 403 403 302 404
programmes:activity             200 200 200 200 404 200 404 404 404
programmes:change_activity      200 200 403 403 403 403 403 302 404
programmes:did                  200 200 403 403 403 403 403 302 404
programmes:drop                 200 200 403 403 403 403 403 302 404
programmes:take_up              200 200 403 403 403 403 403 302 404
programmes:look                 200 200 403 403 403 403 403 302 404
programmes:milestone            302 302 302 302 404 302 404 404 404
programmes:change_milestone     200 200 403 403 403 403 403 302 404
programmes:drop_milestone       200 200 403 403 403 403 403 302 404
programmes:amount               302 302 302 302 403 302 403 302 404
programmes:risk                 302 302 302 302 403 302 403 302 404
programmes:change_amount        200 200 403 403 403 403 403 302 404
programmes:drop_amount          200 200 403 403 403 403 403 302 404
programmes:change_risk          200 200 403 403 403 403 403 302 404
programmes:close_risk           200 200 403 403 403 403 403 302 404
programmes:take_off_paper       200 200 403 403 403 403 403 302 404
programmes:paper                200 200 200 200 403 200 403 302 404

commitments:commitments         200 200 200 200 200 200 200 200 200
commitments:import              200 200 403 403 403 403 403 302 200
commitments:import_template     200 200 403 403 403 403 403 302 200
commitments:import_review       200 404 403 403 403 403 403 302 404
commitments:import_refused      200 404 403 403 403 403 403 302 404
commitments:export              200 200 200 200 403 200 403 302 200
commitments:of_tie              200 200 200 200 404 200 404 404 404
commitments:new                 200 200 403 403 403 403 403 302 404
commitments:commitment          200 200 200 200 404 200 404 404 404
commitments:change              200 200 403 403 403 403 403 302 404
commitments:assign       POST   422 422 403 403 403 403 403 302 404
commitments:share               200 403 200 403 403 403 403 302 404
commitments:turn                200 200 403 403 403 403 403 302 404
commitments:evidence            200 200 200 200 404 200 404 404 404

tourism:tourism                 200 200 200 200 200 200 200 200 200
tourism:of_tie                  200 200 200 200 404 200 404 404 404
tourism:new_campaign            200 200 403 403 403 403 403 302 404
tourism:campaign                200 200 200 200 404 200 404 404 404
tourism:change_campaign         200 200 403 403 403 403 403 302 404
tourism:withdraw_campaign       200 200 403 403 403 403 403 302 404
tourism:new_site                200 200 403 403 403 403 403 302 200
tourism:site                    200 200 200 200 404 200 404 404 404
tourism:change_site             200 200 403 403 403 403 403 302 404
tourism:new_limit               200 200 403 403 403 403 403 302 404
tourism:withdraw_limit          200 200 403 403 403 403 403 302 404
tourism:withdraw_arrival        200 200 403 403 403 403 403 302 404
tourism:withdraw_seats          200 200 403 403 403 403 403 302 404
tourism:review                  200 404 403 403 403 403 403 302 404
tourism:refused                 200 404 403 403 403 403 403 302 404
tourism:import_arrivals         200 200 403 403 403 403 403 302 200
tourism:import_seats            200 200 403 403 403 403 403 302 200
tourism:import_limits           200 200 403 403 403 403 403 302 200
tourism:template_arrivals       200 200 403 403 403 403 403 302 200
tourism:template_seats          200 200 403 403 403 403 403 302 200
tourism:template_limits         200 200 403 403 403 403 403 302 200
tourism:region                  200 200 200 200 200 200 200 200 200
tourism:arrivals                200 200 200 200 200 200 200 200 200
tourism:seats                   200 200 200 200 200 200 200 200 200
tourism:export_arrivals         200 200 200 200 200 200 200 200 200
tourism:export_seats            200 200 200 200 200 200 200 200 200
tourism:export_limits           200 200 200 200 200 200 200 200 200

rates:rates                     200 200 200 200 200 200 200 200 200
rates:new                       200 200 403 200 403 403 403 302 200
rates:rate                      200 200 403 403 403 403 403 302 403
rates:drop                      200 200 403 403 403 403 403 302 403

boards:portfolio                200 200 200 200 403 200 403 302 200
boards:office                   200 200 200 200 403 200 403 302 200
boards:of_tie                   200 200 200 200 403 200 403 302 404

ledger:claims                   200 200 200 200 200 200 200 200 200
ledger:claim                    200 200 200 200 404 200 404 404 404
ledger:judge                    200 403 403 200 403 403 403 302 404
ledger:add_evidence             200 200 403 403 403 403 403 302 404
ledger:sources                  200 200 200 200 403 200 403 302 200
ledger:new_source               200 200 403 403 403 403 403 302 200
ledger:source                   200 200 200 200 404 200 404 404 404
ledger:change_source            200 200 403 403 403 403 403 302 404
ledger:source_file              200 200 200 200 404 200 404 404 404

scouting:studies                200 200 200 200 200 200 200 200 200
scouting:new                    200 403 403 403 403 403 403 302 200
scouting:study                  200 200 200 200 404 200 404 404 404
scouting:save_weights    POST   302 403 403 403 403 403 403 302 404
scouting:change                 200 403 403 403 403 403 403 302 404
scouting:share                  200 403 200 403 403 403 403 302 404
scouting:remark          POST   422 403 422 422 403 403 403 302 404
scouting:decide                 200 403 200 403 403 403 403 302 404
scouting:record                 200 200 200 200 404 200 404 404 404
scouting:history                200 200 200 200 403 200 404 302 404
scouting:candidate              200 200 200 200 404 200 404 404 404
scouting:decision               200 200 200 200 404 200 404 404 404
scouting:again                  200 200 200 200 404 200 404 404 404
scouting:decision_json          200 200 200 200 404 200 404 404 404
scouting:decision_paper         200 200 200 200 404 200 404 404 404
scouting:closed                 200 200 200 200 403 200 403 302 200
scouting:close                  403 403 403 200 403 403 403 302 403
scouting:open                   403 403 403 200 403 403 403 302 403
scouting:test_claim             200 200 403 403 403 403 403 302 404
scouting:note_sector            200 200 403 403 403 403 403 302 404
scouting:drop_sector            200 200 403 403 403 403 403 302 404

regions:regions                 200 200 200 200 200 200 200 200 200
regions:compare                 200 200 200 200 200 200 200 200 200
regions:sources                 200 200 200 200 200 200 200 200 200
regions:indicators              200 200 200 200 200 200 200 200 200
regions:new_indicator           200 403 403 200 403 403 403 302 200
regions:import_figures          200 403 403 200 403 403 403 302 200
regions:figures_template        200 403 403 200 403 403 403 302 200
regions:figures_example         200 403 403 200 403 403 403 302 200
regions:review_figures          200 403 403 404 403 403 403 302 404
regions:refused_figures         200 403 403 404 403 403 403 302 404
regions:withdraw_figure         200 403 403 200 403 403 403 302 403
regions:import_boundaries       200 403 403 200 403 403 403 302 200
regions:review_boundaries       200 403 403 404 403 403 403 302 404
regions:withdraw_boundary       200 403 403 200 403 403 403 302 403
regions:region                  200 200 200 200 200 200 200 200 200
regions:like                    200 200 200 200 200 200 200 200 200
regions:figures                 200 200 200 200 200 200 200 200 200
regions:remove                  403 403 403 403 403 403 200 302 403
regions:boundaries              200 200 200 200 200 200 200 200 200
search:search                   200 200 200 200 200 200 200 200 200

posts:posts                     200 200 200 200 403 200 200 302 200
posts:me                        200 200 200 200 200 200 200 302 200
posts:add_post                  403 403 403 403 403 403 200 302 403
posts:add_office                403 403 403 403 403 403 200 302 403
posts:office                    403 403 403 403 403 403 200 302 403
posts:person                    200 200 200 200 403 200 200 302 404
posts:change_person             403 403 403 403 403 403 200 302 403
posts:invitation                403 403 403 403 403 403 200 302 403
posts:deactivate         POST   403 403 403 403 403 403 302 302 403
posts:activate           POST   403 403 403 403 403 403 302 302 403
posts:second_factor      POST   403 403 403 403 403 403 302 302 403
posts:post                      200 200 200 200 403 200 200 302 404
posts:change_post               403 403 403 403 403 403 200 302 403
posts:fill               VACANT 403 403 403 403 403 403 200 302 403
posts:hand_over                 403 403 403 403 403 403 200 302 403
posts:vacate                    403 403 403 403 403 403 200 302 403

audit:history                   200 200 200 200 403 200 200 302 200
audit:table                     200 200 200 200 403 200 200 302 200

set_language                    302 302 302 302 302 302 302 302 302

account_login                   302 302 302 302 302 302 302 200 302
account_logout                  200 200 200 200 200 200 200 302 200
account_inactive                200 200 200 200 200 200 200 200 200
account_signup                  302 302 302 302 302 302 302 200 302
account_reauthenticate          200 200 200 200 200 200 200 302 200
account_change_password         200 200 200 200 200 200 200 302 200
account_set_password            302 302 302 302 302 302 302 302 302
account_reset_password          200 200 200 200 200 200 200 200 200
account_reset_password_done     200 200 200 200 200 200 200 200 200
account_reset_password_from_key 200 200 200 200 200 200 200 200 200
account_reset_password_from_key_done 200 200 200 200 200 200 200 200 200
mfa_index                       200 200 200 200 200 200 200 302 200
mfa_authenticate                302 302 302 302 302 302 302 302 302
mfa_reauthenticate              302 302 302 302 302 302 302 302 302
mfa_activate_totp               302 302 302 302 302 302 302 302 302
mfa_deactivate_totp             404 404 404 404 404 404 404 302 404
mfa_view_recovery_codes         404 404 404 404 404 404 404 302 404
mfa_generate_recovery_codes     302 302 302 302 302 302 302 302 302
mfa_download_recovery_codes     404 404 404 404 404 404 404 302 404
openid_connect_login            404 404 404 404 404 404 404 404 404
openid_connect_callback         404 404 404 404 404 404 404 404 404
socialaccount_login_cancelled   200 200 200 200 200 200 200 200 200
"""
# fmt: on

# The same for a tie and its event, claim and source that are shared with the partner, and for
# ones that are published. Administrators keep people, not ties: they read like visitors.
SHARED = """
commitments:of_tie              200 200 200 200 200 200 404 404 404
commitments:commitment          200 200 200 200 200 200 404 404 404
commitments:evidence            200 200 200 200 200 200 404 404 404
commitments:change              200 200 403 403 403 403 403 302 404
tourism:of_tie                  200 200 200 200 200 200 404 404 404
tourism:campaign                200 200 200 200 200 200 404 404 404
tourism:site                    200 200 200 200 404 200 404 404 404
boards:of_tie                   200 200 200 200 403 200 403 302 404
investment:offer                200 200 200 200 200 200 404 404 404
investment:prospectus_pdf       200 200 200 200 200 200 404 404 404
investment:offer_paper          200 200 200 200 403 200 403 302 404
investment:of_tie               200 200 200 200 200 200 404 404 404
investment:lead                 200 200 200 200 404 200 404 404 404
programmes:of_tie               200 200 200 200 200 200 404 404 404
programmes:programme            200 200 200 200 200 200 404 404 404
programmes:people               200 200 200 200 200 200 404 404 404
programmes:activity             200 200 200 200 200 200 404 404 404
programmes:money                200 200 200 200 403 200 403 302 404
programmes:paper                200 200 200 200 403 200 403 302 404
programmes:change               200 200 403 403 403 403 403 302 404
cases:of_tie                    200 200 200 200 200 200 404 404 404
cases:case                      200 200 200 200 200 200 404 404 404
cases:act                       200 200 200 200 200 200 404 404 404
cases:record                    200 200 200 200 403 403 403 302 404
cases:entry                     302 302 302 302 404 302 404 404 404
cases:paper                     200 200 200 200 404 200 404 404 404
cases:override                  403 403 200 403 403 403 403 302 403
ties:tie                        200 200 200 200 200 200 404 404 404
ties:timeline                   200 200 200 200 200 200 404 404 404
ties:claims                     200 200 200 200 200 200 404 404 404
ties:event                      200 200 200 200 200 200 404 404 404
ties:attachment                 200 200 200 200 200 200 404 404 404
ledger:claim                    200 200 200 200 200 200 404 404 404
ledger:source                   200 200 200 200 200 200 404 404 404
ledger:source_file              200 200 200 200 200 200 404 404 404
scouting:study                  200 200 200 200 200 200 404 404 404
scouting:candidate              200 200 200 200 200 200 404 404 404
scouting:record                 200 200 200 200 200 200 404 404 404
scouting:decision               200 200 200 200 200 200 404 404 404
scouting:again                  200 200 200 200 200 200 404 404 404
scouting:decision_json          200 200 200 200 200 200 404 404 404
scouting:change                 200 403 403 403 403 403 403 302 404
scouting:history                200 200 200 200 403 200 404 302 404
ties:change                     200 403 403 403 403 403 403 302 404
ties:history                    200 200 200 200 403 200 404 302 404
ties:settle                     200 403 403 403 403 403 403 302 404
"""
PUBLISHED = """
commitments:of_tie              200 200 200 200 200 200 200 200 200
commitments:commitment          200 200 200 200 200 200 200 200 200
commitments:evidence            200 200 200 200 200 200 200 200 200
commitments:change              200 200 403 403 403 403 403 302 403
commitments:turn                200 200 403 403 403 403 403 302 403
commitments:assign       POST   422 422 403 403 403 403 403 302 403
commitments:share               200 403 200 403 403 403 403 302 403
tourism:of_tie                  200 200 200 200 200 200 200 200 200
tourism:campaign                200 200 200 200 200 200 200 200 200
tourism:change_campaign         200 200 403 403 403 403 403 302 403
tourism:site                    200 200 200 200 200 200 200 200 200
tourism:change_site             200 200 403 403 403 403 403 302 403
tourism:withdraw_limit          200 200 403 403 403 403 403 302 403
tourism:withdraw_arrival        200 200 403 403 403 403 403 302 403
boards:of_tie                   200 200 200 200 403 200 403 302 404
investment:offer                200 200 200 200 200 200 200 200 200
investment:prospectus_pdf       200 200 200 200 200 200 200 200 200
investment:change_offer         200 200 403 403 403 403 403 302 403
investment:offer_paper          200 200 200 200 403 200 403 302 404
investment:of_tie               200 200 200 200 200 200 200 200 200
investment:lead                 200 200 200 200 404 200 404 404 404
investment:company              200 200 200 200 404 200 404 404 404
investment:yield_file           200 200 200 200 404 200 404 404 404
programmes:of_tie               200 200 200 200 200 200 200 200 200
programmes:programme            200 200 200 200 200 200 200 200 200
programmes:people               200 200 200 200 200 200 200 200 200
programmes:activity             200 200 200 200 200 200 200 200 200
programmes:money                200 200 200 200 403 200 403 302 403
programmes:paper                200 200 200 200 403 200 403 302 404
programmes:change               200 200 403 403 403 403 403 302 403
cases:of_tie                    200 200 200 200 200 200 200 200 200
cases:case                      200 200 200 200 200 200 200 200 200
cases:act                       200 200 200 200 200 200 200 200 200
cases:record                    200 200 200 200 403 403 403 302 403
cases:change                    200 403 403 403 403 403 403 302 403
cases:entry                     302 302 302 302 404 302 404 404 404
cases:annul                     200 200 403 403 403 403 403 302 404
cases:paper                     200 200 200 200 404 200 404 404 404
ties:tie                        200 200 200 200 200 200 200 200 200
ties:timeline                   200 200 200 200 200 200 200 200 200
ties:claims                     200 200 200 200 200 200 200 200 200
ties:event                      200 200 200 200 200 200 200 200 200
ties:attachment                 200 200 200 200 200 200 200 200 200
ledger:claim                    200 200 200 200 200 200 200 200 200
ledger:source                   200 200 200 200 200 200 200 200 200
ledger:source_file              200 200 200 200 200 200 200 200 200
scouting:study                  200 200 200 200 404 200 404 404 404
scouting:candidate              200 200 200 200 404 200 404 404 404
scouting:record                 200 200 200 200 404 200 404 404 404
scouting:decision               200 200 200 200 200 200 200 200 200
scouting:again                  200 200 200 200 200 200 200 200 200
scouting:decision_json          200 200 200 200 200 200 200 200 200
scouting:change                 200 403 403 403 403 403 403 302 404
scouting:test_claim             200 200 403 403 403 403 403 302 403
scouting:note_sector            200 200 403 403 403 403 403 302 403
scouting:drop_sector            200 200 403 403 403 403 403 302 403
ties:change                     200 403 403 403 403 403 403 302 403
ties:share                      200 403 200 403 403 403 403 302 403
ties:history                    200 200 200 200 403 200 200 302 403
ties:remark              POST   403 403 422 422 403 403 403 302 403
ties:new_event                  200 200 403 403 403 403 403 302 403
ties:change_event               200 200 403 403 403 403 403 302 403
ties:withdraw_event             200 200 403 403 403 403 403 302 403
ties:new_claim                  200 200 403 403 403 403 403 302 403
ties:change_claim               200 200 403 403 403 403 403 302 403
ties:withdraw_claim             200 200 403 403 403 403 403 302 403
ties:new_conflict               200 200 403 403 403 403 403 302 403
ties:settle                     200 403 403 403 403 403 403 302 403
ties:answer                     200 403 403 403 403 403 403 302 403
ledger:judge                    200 403 403 200 403 403 403 302 403
ledger:add_evidence             200 200 403 403 403 403 403 302 403
ledger:change_source            200 200 403 403 403 403 403 302 403
"""


@dataclass(frozen=True)
class Line:
    name: str
    how: str
    expected: dict[str, int]


def lines(table: str) -> list[Line]:
    found = []
    for row in filter(None, table.splitlines()):
        name, *rest = row.split()
        how = rest.pop(0) if not rest[0].isdigit() else ""
        found.append(Line(name, how, dict(zip(PARTS, map(int, rest), strict=True))))
    return found


@dataclass(frozen=True)
class House:
    """People of every part, and one object for every address."""

    people: dict[str, User | None]
    tie: Tie
    keys: dict[str, dict[str, Any]]
    vacant: Post

    def path(self, line: Line) -> str:
        keys = {"pk": self.vacant.pk} if line.how == "VACANT" else self.keys.get(line.name, {})
        return reverse(line.name, kwargs=keys)

    def statuses(self, line: Line) -> dict[str, int]:
        found = {}
        for part, person in self.people.items():
            browser = Client()
            if person:
                browser.force_login(person)
            ask = browser.post if line.how == "POST" else browser.get
            response = ask(self.path(line))
            if response.status_code == 302 and person is None and line.name not in FOREIGN:
                assert response["Location"].startswith("/account/login/"), response["Location"]
            found[part] = response.status_code
        return found


FOREIGN = {"set_language", "front"} | {
    line.name
    for line in lines(TABLE)
    if line.name.startswith(("account_", "mfa_", "openid_", "socialaccount_"))
}


def a_figure_and_a_boundary(at_work: Client) -> tuple[Figure, Boundary]:
    """Bring in one of each for ID-NT, as its desk does."""
    Indicator.objects.create(code="poverty_rate", unit="%", name={"en": "Poverty rate"})
    load(at_work, ROW)
    page = hand_in_boundary(at_work, collected(a_square(124.2, -9.9, code="ID-NT")))
    at_work.post(page.request["PATH_INFO"])
    return Figure.objects.get(), Boundary.objects.get()


def a_change_of_rulebooks(case: Case) -> int:
    """Take a case to another version, fill in a limit, and return the key of the change."""
    source = a_source(audience="published", address="https://example.org/limits")
    set_limit(
        LimitSetting(country="ID", key="dprd_days", days=30, source=source),
        seen=None,
        old={},
        by=None,
    )
    change = migrate_case(
        case,
        home=without_exploration(),
        partner=case.partner_book,
        reason=Text(en="A new law."),
        seen=case.version,
        by=None,
    )
    return change.pk


def a_lead_with_all(tie: Tie, desk: User) -> tuple[dict[str, int], str]:
    """Return the keys for the addresses of a lead that is to be verified, and an investor's link.

    Its company has a proof, its figures and its verification a file each.
    """
    lead = a_lead_of(a_post(), Stage.VERIFYING, tie=tie)
    lead.company.proof, lead.company.proof_name = stored(a_file().kept), "licence.pdf"
    lead.company.save()
    verification = verified(lead)
    Verification.objects.filter(pk=verification.pk).update(file=stored(a_file().kept), name="v.pdf")
    what = Text(en="A vase")
    interest = Interest.objects.create(
        person=desk, company=lead.company, what=what, since="2025-01-01"
    )
    gift = Gift.objects.create(owner_code="ID-NT", way="given", on="2025-01-01", what=what)
    token = a_link(lead)
    on_a_lead = (
        *("lead", "change_lead", "new_contact", "move", "move_back", "end_lead", "resume_lead"),
        *("new_yield", "verify", "ask_investor", "lead_history"),
    )
    figures = lead.yields.get().pk
    keys = {
        **dict.fromkeys(on_a_lead, lead.pk),
        **dict.fromkeys(("withdraw_yield", "yield_file"), figures),
        **dict.fromkeys(("company", "change_company", "company_proof"), lead.company_id),
        "verification_file": verification.pk,
        "withdraw_link": lead.confirmations.get().pk,
        "change_interest": interest.pk,
        "confirm_end": interest.pk,
        "change_gift": gift.pk,
    }
    return keys, token


def a_promise_with_all(tie: Tie, at_work: Client, audience: str) -> dict[str, dict[str, Any]]:
    """Return the keys for the addresses of a kept promise, and of a table of promises."""
    promise = a_commitment(tie, audience=audience)
    it_became(promise, "kept", file=(a_file().kept, "letter.pdf"))
    table = SimpleUploadedFile("p.csv", b"home_code,partner_code,number\nID-NT,CN-JX,9\n")
    at_work.post(reverse("commitments:import"), {"file": table})
    of_promise = ("commitment", "change", "assign", "share")
    loaded = {"pk": CommitmentImport.objects.get().pk}
    return {
        **{f"commitments:{name}": {"pk": tie.pk} for name in ("of_tie", "new")},
        **{f"commitments:{name}": {"pk": promise.pk} for name in of_promise},
        "commitments:turn": {"pk": promise.pk, "kind": "reopened"},
        "commitments:evidence": {"pk": Turn.objects.get().pk},
        **{f"commitments:{name}": loaded for name in ("import_review", "import_refused")},
    }


def tourism_with_all(tie: Tie, at_work: Client, audience: str) -> dict[str, dict[str, Any]]:
    """Return the keys for the addresses of tourism: one record of each kind in ID-NT."""
    campaign, site = a_campaign(tie, audience=audience), a_site(audience=audience)
    load_counts(at_work, ROW_OF_ARRIVALS, audience=audience)
    load_counts(at_work, FLIGHTS, kind="seats", audience=audience)
    limit = a_limit(site, 100, "day", source=a_source(audience=audience))
    of = {
        campaign: ("campaign", "change_campaign", "withdraw_campaign"),
        site: ("site", "change_site", "new_limit"),
        limit: ("withdraw_limit",),
        Arrival.objects.get(): ("withdraw_arrival",),
        Seats.objects.get(): ("withdraw_seats",),
        tie: ("of_tie", "new_campaign"),
        TourismImport.objects.order_by("pk")[0]: ("review", "refused"),
    }
    exports = (f"export_{kind}" for kind in TourismImport.Kind.values)
    return {
        **{f"tourism:{name}": {"pk": record.pk} for record, names in of.items() for name in names},
        **{
            f"tourism:{name}": {"code": "ID-NT"}
            for name in ("region", "arrivals", "seats", *exports)
        },
    }


def a_house(audience: str) -> House:
    people = {part: (a_person(*held) if held else None) for part, held in PARTS.items()}
    desk, ministry = people["desk"], people["ministry"]
    assert desk and ministry
    # Whom the administrator deactivates must be nobody of the table, nor hold the post of it.
    looked_after, holder = a_person(Role.AUDITOR), a_person(Role.AUDITOR)
    tie = a_tie(audience=audience)
    source = a_source(audience=audience)
    claim = a_claim(tie, audience=audience, source=source)
    event = an_event(tie, audience=audience)
    an_event(tie, "Never", contradicts=[event])
    remark = remark_on(tie, "Is there a budget?", by=ministry)
    at_work = Client()
    at_work.force_login(desk)
    pdf = b"%PDF-1.7\n%%EOF\n"
    kept = {"title_en": "Letter", "on": "2025", "kind": "letter", "confidence": "O"}
    at_work.post(
        reverse("ties:new_event", args=[tie.pk]),
        {**kept, "audience": audience, "attached": SimpleUploadedFile("letter.pdf", pdf)},
    )
    at_work.post(
        reverse("ledger:change_source", args=[source.pk]),
        {
            "publisher": "K",
            "kind": "press",
            "language": "id",
            "reliability": "fair",
            "audience": audience,
            "version": 1,
            "attached": SimpleUploadedFile("k.pdf", pdf),
        },
    )
    table = SimpleUploadedFile("ties.csv", b"home,partner,kind\nID-NT,nowhere,friendly\n")
    at_work.post(reverse("ties:import"), {"file": table})
    figure, boundary = a_figure_and_a_boundary(at_work)
    post = Holding.objects.get(person=holder).post
    partner_code = "CN-JX" if audience == "shared" else ""
    a_region("ID-BA")
    study = a_study(audience=audience, partner_code=partner_code)
    decision = a_decision(study, by=desk)
    closed = Closed(
        keeper_code="ID", region=a_region("CN-XJ"), reason=Text(en="R"), basis=Text(en="B")
    )
    close_region(closed, by=ministry)
    note = SectorClaim(claim=claim, region=a_region("CN-JX"), sector="tourism", role="strength")
    note_sector(note, by=desk)
    make_feed(desk.current_holdings[0], by=desk)
    case = a_case(tie, audience=audience, by=desk)
    tell(case, told("noted", "loi", "2026-01-20", papers=["loi"]), by=desk)
    of_lead, token = a_lead_with_all(tie, desk)
    offer = an_offer(tie=tie, audience=audience, by=desk)
    handed_in = {"code": "map", "attached": SimpleUploadedFile("map.pdf", pdf)}
    at_work.post(reverse("investment:file_paper", args=[offer.pk]), handed_in)
    of_offer = ("offer", "prospectus", "prospectus_pdf", "offer_state", "file_paper")
    of = {
        "ties": {"pk": tie.pk},
        "event": {"pk": event.pk},
        "import": {"pk": Import.objects.get().pk},
        "claim": {"pk": claim.pk},
        "source": {"pk": source.pk},
        "person": {"pk": looked_after.pk},
        "post": {"pk": post.pk},
    }
    of_case = ("review", "change_rulebook", "on_paper")
    ties = ("tie", "timeline", "claims", "new_claim", "history", "change", "share", "remark")
    programme = a_programme(tie, audience=audience)
    activity, milestone = an_activity(programme), a_milestone(programme)
    line, risk = an_amount(programme), a_risk(programme)
    page = SimpleUploadedFile("plan.pdf", pdf)
    at_work.post(reverse("programmes:new_papers", args=[programme.pk]), {"documents": page})
    rate = Rate(base="CNY", quote="IDR", on="2026-01-05", value="2280.55")
    rate.source = a_source(audience="published")
    add_rate(rate, by=desk)
    keys = {
        **a_promise_with_all(tie, at_work, audience),
        **tourism_with_all(tie, at_work, audience),
        **{f"rates:{name}": {"pk": rate.pk} for name in ("rate", "drop")},
        "boards:of_tie": of["ties"],
        **{f"programmes:{name}": of["ties"] for name in ("of_tie", "new")},
        **{
            f"programmes:{name}": {"pk": programme.pk}
            for name in (
                *("programme", "change", "share", "stop", "resume", "history", "money", "people"),
                *("new_activity", "new_milestone", "new_amount", "new_risk", "new_papers"),
            )
        },
        **{
            f"programmes:{name}": {"pk": activity.pk}
            for name in ("activity", "change_activity", "did", "drop", "take_up", "look")
        },
        **{
            f"programmes:{name}": {"pk": part.pk}
            for part, names in (
                (milestone, ("milestone", "change_milestone", "drop_milestone")),
                (line, ("amount", "change_amount", "drop_amount")),
                (risk, ("risk", "change_risk", "close_risk")),
                (Document.objects.get(), ("paper", "take_off_paper")),
            )
            for name in names
        },
        **{f"ties:{name}": of["ties"] for name in (*ties, "new_event", "new_conflict")},
        **{f"ties:{name}": of["event"] for name in ("event", "change_event", "withdraw_event")},
        **{f"ties:{name}": of["import"] for name in ("import_review", "import_refused")},
        **{f"cases:{name}": of["ties"] for name in ("of_tie", "new")},
        "investment:of_tie": of["ties"],
        **{
            f"investment:{name}": {"pk": offer.pk}
            for name in (*of_offer, "change_offer", "share_offer")
        },
        **{
            f"investment:{name}": {"pk": offer.papers.get().pk}
            for name in ("offer_paper", "withdraw_paper")
        },
        "investment:confirm": {"token": token},
        **{f"investment:{name}": {"pk": pk} for name, pk in of_lead.items()},
        **{
            f"cases:{name}": {"pk": case.pk}
            for name in ("case", "rules", "change", "share", "close", *of_case)
        },
        **{
            f"cases:{name}": {"pk": case.pk, "code": "loi"}
            for name in ("act", "override", "tick", "link_claims")
        },
        "cases:rulebook": {"code": "id-ksdpl", "version": "2026.1"},
        **{
            f"cases:{name}": {"country": "ID", "key": "dprd_days"}
            for name in ("limit", "drop_limit")
        },
        "cases:undo_rulebook": {"pk": a_change_of_rulebooks(case)},
        **{
            f"cases:{name}": {"pk": desk.current_holdings[0].pk}
            for name in ("make_feed", "withdraw_feed")
        },
        "cases:feed": {"token": make_feed(looked_after.current_holdings[0], by=looked_after)},
        "cases:record": {"pk": case.pk, "code": "loi", "kind": "noted"},
        "cases:answer": {"pk": case.pk, "key": "relations"},
        "cases:set_day": {"pk": case.pk, "moment": "target"},
        **{f"cases:{name}": {"pk": case.entries.get().pk} for name in ("entry", "annul")},
        "cases:paper": {"pk": CasePaper.objects.get().pk},
        "ties:attachment": {"pk": Attachment.objects.get().pk},
        "ties:settle": {"pk": Conflict.objects.get().pk},
        "ties:answer": {"pk": remark.pk},
        **{f"ties:{name}": of["claim"] for name in ("change_claim", "withdraw_claim")},
        **{f"ledger:{name}": of["claim"] for name in ("claim", "judge", "add_evidence")},
        **{f"ledger:{name}": of["source"] for name in ("source", "change_source", "source_file")},
        **{
            f"regions:{n}": {"code": "ID-NT"}
            for n in ("region", "like", "figures", "boundaries", "remove")
        },
        **{
            f"regions:{name}": {"pk": FigureImport.objects.get().pk}
            for name in ("review_figures", "refused_figures")
        },
        "regions:review_boundaries": {"pk": BoundaryImport.objects.get().pk},
        "regions:withdraw_figure": {"pk": figure.pk},
        "regions:withdraw_boundary": {"pk": boundary.pk},
        **{
            f"scouting:{name}": {"pk": study.pk}
            for name in (
                *("study", "save_weights", "change", "share"),
                *("remark", "decide", "record", "history"),
            )
        },
        "scouting:candidate": {"pk": study.pk, "code": "CN-HI"},
        **{
            f"scouting:{name}": {"pk": decision.pk}
            for name in ("decision", "again", "decision_json")
        },
        "scouting:decision_paper": {"pk": decision.pk, "language": "id", "form": "docx"},
        "scouting:open": {"pk": closed.pk},
        "scouting:drop_sector": {"pk": note.pk},
        **{f"scouting:{name}": of["claim"] for name in ("test_claim", "note_sector")},
        "posts:office": {"pk": Office.objects.get(pk=post.office_id).pk},
        **{
            f"posts:{name}": of["person"]
            for name in (
                *("person", "change_person", "invitation"),
                *("deactivate", "activate", "second_factor"),
            )
        },
        **{
            f"posts:{name}": of["post"]
            for name in ("post", "change_post", "fill", "hand_over", "vacate")
        },
        "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
        "openid_connect_login": {"provider_id": "oidc"},
        "openid_connect_callback": {"provider_id": "oidc"},
    }
    return House(people, tie, keys, a_post(Role.DESK))


def different(table: str, audience: str) -> dict[str, dict[str, str]]:
    """Return what is other than the table says: address, part, expected and found."""
    house = a_house(audience)
    wrong = {}
    for line in lines(table):
        found = house.statuses(line)
        if found != line.expected:
            wrong[line.name] = {
                part: f"{line.expected[part]} expected, {found[part]} found"
                for part in PARTS
                if found[part] != line.expected[part]
            }
    return wrong


def test_every_address_stands_in_the_table() -> None:
    named = {name for _path, name, _view in addresses()}

    assert named - {line.name for line in lines(TABLE)} == set()
    assert {line.name for line in lines(TABLE)} - named == set()


def test_everybody_gets_in_where_the_table_says_and_nowhere_else() -> None:
    assert different(TABLE, "own") == {}


def test_sharing_opens_the_shared_records_to_the_partner_only() -> None:
    assert different(SHARED, "shared") == {}


def test_publishing_opens_the_published_records_to_everybody_to_read() -> None:
    assert different(PUBLISHED, "published") == {}


def test_an_administrator_looks_after_nobody_of_another_region() -> None:
    house = a_house("own")
    browser = Client()
    browser.force_login(a_person(Role.ADMINISTRATOR, "ID-BA"))

    found = {
        line.name: (browser.post if line.how == "POST" else browser.get)(
            house.path(line)
        ).status_code
        for line in lines(TABLE)
        if line.name in house.keys and line.name.startswith("posts:")
    }

    assert set(found.values()) == {404}, found


def test_somebody_without_a_post_gets_in_nowhere_but_to_his_own_page() -> None:
    house = a_house("own")
    browser = Client()
    browser.force_login(User.objects.create_user("new@example.org", "kupang-nanchang-2025"))

    for line in lines(TABLE):
        if line.name in FOREIGN or line.name == "posts:me":
            continue
        ask = browser.post if line.how == "POST" else browser.get
        # To the public part he has no more access than a visitor.
        expected = line.expected["visitor"] if line.expected["visitor"] != 302 else 403
        assert ask(house.path(line)).status_code == expected, line.name
