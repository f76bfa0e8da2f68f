//! The phone's pages: a ticket and its applications, a case by its receipt. Nothing here names a person.

use askama::Template;
use protocol::Millis;
use protocol::case::{CaseState, Joint, Progress, StepState};
use protocol::catalogue::Text;
use protocol::lookup::LookupOutcome;
use protocol::queue::{Follow, Ticket, TicketState};

use crate::lookups::view::CitizenLookup;
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::words::Words;
use crate::store::notices::NoticeRow;

/// `/t/{follow_code}`.
#[derive(Debug, Template)]
#[template(path = "phone/follow.html")]
pub struct FollowPage {
    frame: Frame,
    hall_name: String,
    number: String,
    events: String,
    sample: bool,
    part: FollowPart,
}

/// The part of the phone page that changes; the page's script fetches it anew after every event.
#[derive(Debug, Clone, Template)]
#[template(path = "phone/part.html")]
pub struct FollowPart {
    w: Words,
    state_name: &'static str,
    state: &'static str,
    hint: &'static str,
    number: String,
    calls: i64,
    window: Option<String>,
    waiting: bool,
    ahead: i64,
    wait: String,
    service: String,
    taken_at: String,
    cases: Vec<CaseProgress>,
    prepare: Option<PrepareCard>,
}

/// The way to the page on which the holder prepares.
#[derive(Debug, Clone)]
pub struct PrepareCard {
    pub path: String,
    pub stage: PrepareStage,
}

/// How far a preparation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrepareStage {
    Nothing,
    Draft,
    Sent,
}

impl PrepareCard {
    fn lead(&self, w: &Words) -> &'static str {
        match self.stage {
            PrepareStage::Nothing => w.prepare_lead(),
            PrepareStage::Draft => w.prepare_draft_kept(),
            PrepareStage::Sent => w.prepare_sent_note(),
        }
    }

    fn title(&self, w: &Words) -> &'static str {
        if self.stage == PrepareStage::Sent { w.prepare_sent() } else { w.prepare_title() }
    }

    fn button(&self, w: &Words) -> &'static str {
        match self.stage {
            PrepareStage::Nothing => w.prepare_start(),
            PrepareStage::Draft => w.prepare_go_on(),
            PrepareStage::Sent => w.prepare_look(),
        }
    }
}

/// `/c/{query_code}`.
#[derive(Debug, Template)]
#[template(path = "phone/case.html")]
pub struct CasePage {
    frame: Frame,
    now: String,
    case: CaseProgress,
    whole: Option<Whole>,
    lookups: Vec<LookedUp>,
    notices: Vec<Paper>,
    /// Sent from a phone and not received yet.
    submitted: bool,
    withdraw: Withdrawing,
}

/// Whether the application can be withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawing {
    No,
    /// On this page.
    Possible(String),
    /// The department has still to confirm it.
    Asked,
}

/// The application that the case is one of several of.
#[derive(Debug, Clone)]
struct Whole {
    name: String,
    outcome: String,
    decided: String,
    due_on: String,
    explained: String,
    cases: Vec<WholeCase>,
}

#[derive(Debug, Clone)]
struct WholeCase {
    item: String,
    state: &'static str,
    this: bool,
}

/// A paper that the case has issued.
#[derive(Debug, Clone)]
struct Paper {
    name: String,
    issued_at: String,
    href: String,
}

/// Which office looked up what for the case.
#[derive(Debug, Clone)]
struct LookedUp {
    at: String,
    office: String,
    data: String,
    purpose: String,
    outcome: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct CaseProgress {
    pub(super) case_no: String,
    pub(super) item_name: String,
    pub(super) department_name: String,
    pub(super) state_name: String,
    pub(super) text: String,
    pub(super) missing: Vec<String>,
    /// False where `received_at` is when the applicant sent it.
    pub(super) received: bool,
    pub(super) received_at: String,
    pub(super) due_on: Option<String>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) state_name: &'static str,
    pub(super) note: String,
}

impl FollowPage {
    /// `events` is the address of the ticket's event stream.
    pub fn new(frame: Frame, follow: &Follow, events: String, sample: bool) -> Self {
        FollowPage {
            hall_name: follow.hall_name.pick(frame.w.english).to_owned(),
            number: follow.ticket.number.clone(),
            events,
            sample,
            part: FollowPart::new(frame.w, follow),
            frame,
        }
    }

    /// With the way to the preparation, while there is something to prepare.
    #[must_use]
    pub fn with_prepare(mut self, card: Option<PrepareCard>) -> Self {
        self.part = self.part.with_prepare(card);
        self
    }
}

impl FollowPart {
    pub fn new(w: Words, follow: &Follow) -> Self {
        let ticket = &follow.ticket;
        let (state_name, state, hint) = stage(ticket, !follow.cases.is_empty(), w);
        let at_window = matches!(ticket.state, TicketState::Called | TicketState::Serving);
        FollowPart {
            w,
            state_name,
            state,
            hint,
            number: ticket.number.clone(),
            calls: ticket.calls,
            window: ticket.window.filter(|_| at_window).map(|n| w.window(n)),
            waiting: ticket.state == TicketState::Waiting,
            ahead: ticket.ahead,
            wait: w.wait(ticket.wait),
            service: ticket.item_name.pick(w.english).to_owned(),
            taken_at: times::moment(ticket.taken_at, w),
            cases: follow.cases.iter().map(|case| CaseProgress::new(case, w)).collect(),
            prepare: None,
        }
    }

    /// With the way to the preparation, while there is something to prepare.
    #[must_use]
    pub fn with_prepare(mut self, card: Option<PrepareCard>) -> Self {
        self.prepare = card;
        self
    }
}

/// A stage's name in the page, its heading and what it means for the holder.
pub(super) fn stage(ticket: &Ticket, has_cases: bool, w: Words) -> (&'static str, &'static str, &'static str) {
    match ticket.state {
        TicketState::Waiting if ticket.ahead == 0 => ("next", w.state_next(), w.hint_waiting()),
        TicketState::Waiting => ("waiting", w.state_waiting(), w.hint_waiting()),
        TicketState::Called => ("called", w.state_called(), w.hint_called()),
        TicketState::Serving => ("serving", w.state_serving(), w.hint_serving()),
        TicketState::Completed if has_cases => ("completed", w.state_completed(), w.hint_completed()),
        TicketState::Completed => ("completed", w.state_completed(), w.hint_completed_bare()),
        TicketState::NoShow => ("no-show", w.state_no_show(), w.hint_no_show()),
        TicketState::Lapsed => ("lapsed", w.state_lapsed(), w.hint_lapsed()),
        TicketState::Unknown => ("unknown", w.state_unknown(), ""),
    }
}

impl CasePage {
    /// `code` is the receipt's.
    pub fn new(
        frame: Frame,
        code: &str,
        progress: &Progress,
        lookups: &[CitizenLookup],
        notices: &[NoticeRow],
        withdraw: Withdrawing,
        now: Millis,
    ) -> Self {
        let paper = |row: &NoticeRow| Paper {
            name: row.facts.name().pick(frame.w.english).to_owned(),
            issued_at: times::moment(row.issued_at, frame.w),
            href: format!("/c/{code}/notices/{}", row.serial),
        };
        CasePage {
            notices: notices.iter().map(paper).collect(),
            submitted: progress.state == protocol::case::CaseState::Submitted,
            withdraw,
            now: times::moment(now, frame.w),
            case: CaseProgress::new(progress, frame.w),
            whole: None,
            lookups: lookups.iter().map(|lookup| LookedUp::new(lookup, frame.w)).collect(),
            frame,
        }
    }
}

impl CasePage {
    /// With the application as a whole, where it has several cases: their numbers, items and states.
    #[must_use]
    pub fn with_whole(mut self, joint: &Joint, cases: &[(String, Text, CaseState)]) -> Self {
        let w = self.frame.w;
        let promised = joint.clocks.first();
        let due_on = match promised {
            None => w.whole_not_yet().to_owned(),
            Some(clock) => {
                clock.due_on.as_deref().map_or_else(|| w.whole_paused().to_owned(), |due| times::day(due, w))
            }
        };
        // Only a package promises anything as a whole.
        let promises = !joint.item_name.zh.is_empty();
        let case_no = &self.case.case_no;
        self.whole = (cases.len() > 1).then(|| Whole {
            name: joint.item_name.pick(w.english).to_owned(),
            outcome: joint.outcome.name().pick(w.english).to_owned(),
            decided: w.decided_of(joint.decided, joint.cases),
            due_on: if promises { due_on } else { String::new() },
            explained: promised.map(|clock| clock.text.pick(w.english).to_owned()).unwrap_or_default(),
            cases: cases
                .iter()
                .map(|(number, item, state)| WholeCase {
                    item: item.pick(w.english).to_owned(),
                    state: w.case_state(*state),
                    this: number == case_no,
                })
                .collect(),
        });
        self
    }
}

impl LookedUp {
    fn new(lookup: &CitizenLookup, w: Words) -> Self {
        LookedUp {
            at: times::moment(lookup.at, w),
            office: lookup.office.pick(w.english).to_owned(),
            data: lookup.data.pick(w.english).to_owned(),
            purpose: lookup.purpose.clone(),
            outcome: match lookup.outcome {
                LookupOutcome::Found => w.looked_up_found(),
                LookupOutcome::NotFound => w.looked_up_nothing(),
                LookupOutcome::Asked => w.looked_up_asked(),
                _ => w.looked_up_failed(),
            },
        }
    }
}

impl CaseProgress {
    pub(super) fn new(progress: &Progress, w: Words) -> Self {
        let state = serde_json::to_value(progress.state).unwrap_or_default();
        CaseProgress {
            case_no: progress.case_no.clone(),
            item_name: progress.item_name.pick(w.english).to_owned(),
            department_name: progress.department_name.pick(w.english).to_owned(),
            state_name: state.as_str().unwrap_or("unknown").to_owned(),
            text: progress.text.pick(w.english).to_owned(),
            missing: progress.missing.iter().map(|name| name.pick(w.english).to_owned()).collect(),
            received: progress.steps.first().is_none_or(|step| step.state == StepState::Done),
            received_at: times::moment(progress.received_at, w),
            due_on: progress.due_on.as_deref().map(|iso| times::day(iso, w)),
            steps: progress
                .steps
                .iter()
                .map(|step| {
                    let (state_name, word) = match step.state {
                        StepState::Done => ("done", w.step_done()),
                        StepState::Current => ("current", w.step_current()),
                        StepState::Ahead => ("ahead", w.step_ahead()),
                    };
                    let note = step.at.map_or_else(|| word.to_owned(), |at| times::moment(at, w));
                    Step { name: step.name.pick(w.english).to_owned(), state_name, note }
                })
                .collect(),
        }
    }
}
