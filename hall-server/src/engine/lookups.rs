//! Lookups in the writer: allowed or refused by the rules against the case as it stands, logged before anybody is asked, and
//! closed with what became of them.

use domain::cases::{Asker, BranchState, CaseChange, CaseEvent, Moment};
use domain::lookups::{self, Allowed, LookupRefusal, NumberKind, Office, Standing, Wanted};
use protocol::case::{CaseAction, Step};
use protocol::catalogue::Text;
use protocol::lookup::LookupOutcome;
use protocol::staff::User;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::cases::Who;
use super::cell::Cell;
use super::command::{Answer, EngineError, Request};
use super::run::canonical;
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
    pub document: String,
    /// The document's provider, where this server has it.
    pub provider: Option<Connected>,
    pub number: Option<String>,
}

/// A provider as the rules and the log know it.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The data's name for people.
    pub data: Text,
    pub number: NumberKind,
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
        let document = row.case.documents.iter().find(|document| document.key == ask.document);
        let shared_source = document.map(|document| document.shared_source.as_str());
        let wanted = Wanted {
            asker: &ask.asker,
            purpose: &ask.purpose,
            shared_source,
            provider: ask.provider.as_ref().map(|provider| provider.number),
            number: ask.number.as_deref(),
        };
        let calendar = self.shared.calendar();
        let moment = Moment { now: self.now, calendar: &calendar };
        let outcome = lookups::check(&standing(&row, &moment), &wanted, moment.today());
        let (hall, department) = match outcome.as_ref().map(|allowed| &allowed.office) {
            Ok(Office::Hall(hall)) => (hall.clone(), String::new()),
            Ok(Office::Department(department)) => (String::new(), department.clone()),
            Err(_) => (ask.asker.hall.clone().unwrap_or_default(), ask.asker.department.clone().unwrap_or_default()),
        };
        let provider = shared_source.unwrap_or_default().to_owned();
        let change = match &outcome {
            Ok(_) => CaseChange::LookupAsked {
                lookup: ask.id.clone(),
                document: ask.document.clone(),
                provider: provider.clone(),
                office: if hall.is_empty() { department.clone() } else { hall.clone() },
            },
            Err(refusal) => CaseChange::LookupRefused {
                lookup: ask.id.clone(),
                document: ask.document.clone(),
                refusal: refusal.code().to_owned(),
            },
        };
        self.writes.lookups.push(LookupRow {
            id: ask.id.clone(),
            case_no: ask.case_no.clone(),
            item: row.case.item.clone(),
            item_version: row.case.item_version,
            document: ask.document.clone(),
            provider,
            data: ask.provider.as_ref().map(|provider| provider.data.clone()).unwrap_or_default(),
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
        self.log(cell, request, &ask.case_no, change);
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
        let step = Step::Pull { document: end.document.clone(), lookup: end.id.clone() };
        let pulled = match &end.content {
            // Refused where the case was closed or decided on in the meantime.
            Some(content) => self.taken(row, &Asker::System, step).ok().map(|taken| (content, taken)),
            None => None,
        };
        let outcome = if end.content.is_some() && pulled.is_none() { LookupOutcome::CaseClosed } else { end.outcome };
        let document_digest =
            pulled.as_ref().map(|(content, _)| crate::hex(&Sha256::digest(content))).unwrap_or_default();
        let change = CaseChange::DataLookedUp {
            lookup: end.id.clone(),
            document: end.document.clone(),
            provider: end.provider.clone(),
            outcome: outcome_text(outcome).to_owned(),
            request_digest: end.request_digest.clone(),
            response_digest: end.response_digest.clone(),
            document_digest: document_digest.clone(),
            duration_ms: end.duration_ms,
        };
        self.log(cell, request, &end.case_no, change);
        self.writes.lookup_answers.push(AnswerRow {
            lookup: end.id.clone(),
            outcome,
            request_digest: end.request_digest.clone(),
            response_digest: end.response_digest.clone(),
            answered_at: self.now,
            duration_ms: end.duration_ms,
        });
        if let Some((content, (row, event))) = pulled {
            self.writes.pulled.push(PulledRow {
                lookup: end.id.clone(),
                case_no: end.case_no.clone(),
                document: end.document.clone(),
                content: content.clone(),
                digest: document_digest,
                pulled_at: self.now,
            });
            let row = self.put_case(cell, request, Who::asks(request), row, &event);
            self.share(cell, request, Who::asks(request), &row);
        }
        Ok(Answer::Lookup(Granted { id: end.id.clone(), allowed: None }))
    }

    fn log(&mut self, cell: &mut Cell, request: &Request, case_no: &str, change: CaseChange) {
        let event = CaseEvent { case_no: case_no.to_owned(), change };
        self.draft_event(cell, request, Who::asks(request), format!("case:{case_no}"), event.kind(), canonical(&event));
    }
}

/// What the rules of lookups ask of a case.
fn standing<'a>(row: &'a CaseRow, moment: &Moment<'_>) -> Standing<'a> {
    let case = &row.case;
    Standing {
        hall: &case.hall,
        open: case.allowed(&Asker::System, moment).contains(&CaseAction::Pull),
        accepted: case.accepted_at.is_some(),
        departments: case
            .terms
            .branches
            .iter()
            .map(|b| b.department.as_str())
            .chain([case.department.as_str()])
            .collect(),
        reviewing: case
            .current_branches()
            .filter(|branch| branch.state == BranchState::Open)
            .map(|branch| branch.department.as_str())
            .collect(),
        applicant_name: &row.applicant.name,
        applicant_number: &row.applicant.id_number,
        form: row.form.values().map(String::as_str).collect(),
    }
}
