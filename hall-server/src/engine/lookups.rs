//! Lookups in the writer: allowed or refused by the rules against the case as it stands, logged before anybody is asked, and
//! closed with what became of them.

use domain::cases::{Case, CaseEvent, CaseState, TaskFor};
use domain::civil;
use domain::lookups::{self, Allowed, LookupRefusal, NumberKind, Office, Standing, Wanted};
use protocol::case::TaskKind;
use protocol::catalogue::{RequiredDocument, Text};
use protocol::lookup::LookupOutcome;
use protocol::staff::User;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::cell::Cell;
use super::command::{Answer, EngineError, Request};
use crate::store::cases::CaseRow;
use crate::store::lookups::{AnswerRow, LookupRow, PulledRow, outcome_text};

/// A lookup that somebody wants.
#[derive(Debug, Clone)]
pub struct AskLookup {
    pub id: String,
    /// Stands before the request in its digest, so that a digest in the history gives no number away.
    pub salt: String,
    pub case_no: String,
    pub asker: User,
    pub purpose: String,
    /// As it was asked for, known or not.
    pub document_key: String,
    /// The document in the case's item version.
    pub document: Option<RequiredDocument>,
    /// The document's provider, where this server has it: its data's name, and by what it is asked.
    pub provider: Option<(Text, NumberKind)>,
    pub number: Option<String>,
}

/// What became of a lookup.
#[derive(Debug, Clone)]
pub struct EndLookup {
    pub id: String,
    pub case_no: String,
    pub document: String,
    pub provider: String,
    pub outcome: LookupOutcome,
    pub request_digest: String,
    pub response_digest: String,
    pub duration_ms: i64,
    /// The document pulled, as JSON, where something was found. Personal data.
    pub content: Option<String>,
}

/// A lookup that is allowed and logged.
#[derive(Debug, Clone)]
pub struct Granted {
    pub id: String,
    /// The number to ask by, and for whom; `None` where nobody is to be asked: it was done before, or is done now.
    pub allowed: Option<Allowed>,
}

impl Batch<'_> {
    pub(super) fn ask_lookup(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        ask: &AskLookup,
    ) -> Result<Answer, EngineError> {
        let row = self.cases.get(&ask.case_no).cloned().ok_or_else(|| EngineError::UnknownCase(ask.case_no.clone()))?;
        let wanted = Wanted {
            asker: &ask.asker,
            purpose: &ask.purpose,
            document: ask.document.as_ref(),
            provider: ask.provider.as_ref().map(|(_, kind)| *kind),
            number: ask.number.as_deref(),
        };
        let outcome = lookups::check(&standing(&row), &wanted, civil::day(self.now));
        let (hall, department) = match outcome.as_ref().map(|allowed| &allowed.office) {
            Ok(Office::Hall(hall)) => (hall.clone(), String::new()),
            Ok(Office::Department(department)) => (String::new(), department.clone()),
            Err(_) => (ask.asker.hall.clone().unwrap_or_default(), ask.asker.department.clone().unwrap_or_default()),
        };
        let provider = ask.document.as_ref().map(|document| document.shared_source.clone()).unwrap_or_default();
        let event = match &outcome {
            Ok(_) => CaseEvent::LookupAsked {
                case_no: ask.case_no.clone(),
                lookup: ask.id.clone(),
                document: ask.document_key.clone(),
                provider: provider.clone(),
                office: if hall.is_empty() { department.clone() } else { hall.clone() },
            },
            Err(refusal) => CaseEvent::LookupRefused {
                case_no: ask.case_no.clone(),
                lookup: ask.id.clone(),
                document: ask.document_key.clone(),
                refusal: refusal.code().to_owned(),
            },
        };
        self.writes.lookups.push(LookupRow {
            id: ask.id.clone(),
            case_no: ask.case_no.clone(),
            item: row.case.item.clone(),
            item_version: row.case.item_version,
            document: ask.document_key.clone(),
            provider,
            data: ask.provider.as_ref().map(|(data, _)| data.clone()).unwrap_or_default(),
            // What was refused for naming somebody is not kept either.
            purpose: match outcome {
                Err(LookupRefusal::PersonalPurpose) => String::new(),
                _ => ask.purpose.clone(),
            },
            asker: ask.asker.username.clone(),
            hall,
            department,
            asked_at: self.now,
            refusal: outcome.as_ref().err().map(|refusal| refusal.code().to_owned()).unwrap_or_default(),
            salt: ask.salt.clone(),
        });
        self.record(cell, request, &event);
        match outcome {
            Ok(allowed) => Ok(Answer::Lookup(Granted { id: ask.id.clone(), allowed: Some(allowed) })),
            Err(refusal) => Err(EngineError::Lookup(refusal)),
        }
    }

    /// Attaches what was found, unless the case was closed in the meantime.
    pub(super) fn end_lookup(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        end: &EndLookup,
    ) -> Result<Answer, EngineError> {
        let row = self.cases.get(&end.case_no).cloned().ok_or_else(|| EngineError::UnknownCase(end.case_no.clone()))?;
        let attached = end.content.as_ref().filter(|_| is_open(&row.case));
        let outcome = match (&end.content, attached) {
            (Some(_), None) => LookupOutcome::CaseClosed,
            _ => end.outcome,
        };
        let document_digest = attached.map(|content| crate::hex(&Sha256::digest(content))).unwrap_or_default();
        let event = CaseEvent::DataLookedUp {
            case_no: end.case_no.clone(),
            lookup: end.id.clone(),
            document: end.document.clone(),
            provider: end.provider.clone(),
            outcome: outcome_text(outcome).to_owned(),
            request_digest: end.request_digest.clone(),
            response_digest: end.response_digest.clone(),
            document_digest: document_digest.clone(),
            duration_ms: end.duration_ms,
        };
        self.writes.lookup_answers.push(AnswerRow {
            lookup: end.id.clone(),
            outcome,
            request_digest: end.request_digest.clone(),
            response_digest: end.response_digest.clone(),
            answered_at: self.now,
            duration_ms: end.duration_ms,
        });
        if let Some(content) = attached {
            self.writes.pulled.push(PulledRow {
                lookup: end.id.clone(),
                case_no: end.case_no.clone(),
                document: end.document.clone(),
                content: content.clone(),
                digest: document_digest,
                pulled_at: self.now,
            });
            let case = row.case.clone().with_pulled(&end.document);
            self.put_case(cell, request, CaseRow { case, changed_at: self.now, ..row }, &event);
        } else {
            self.record(cell, request, &event);
        }
        Ok(Answer::Lookup(Granted { id: end.id.clone(), allowed: None }))
    }
}

/// What the rules of lookups ask of a case.
fn standing(row: &CaseRow) -> Standing<'_> {
    let case = &row.case;
    Standing {
        hall: &case.hall,
        open: is_open(case),
        accepted: case.accepted_at.is_some(),
        departments: case.review_departments.iter().chain([&case.department]).map(String::as_str).collect(),
        reviewing: case
            .open_tasks()
            .into_iter()
            .filter(|task| task.kind == TaskKind::Review)
            .filter_map(|task| match task.falls_to {
                TaskFor::Department(department, _) => Some(department),
                TaskFor::Hall(_) => None,
            })
            .collect(),
        applicant_name: &row.applicant.name,
        applicant_number: &row.applicant.id_number,
        form: Vec::new(),
    }
}

fn is_open(case: &Case) -> bool {
    matches!(
        case.state,
        CaseState::Received { .. }
            | CaseState::Correction { .. }
            | CaseState::Accepted { .. }
            | CaseState::InReview { .. }
            | CaseState::InApproval { .. }
    )
}
