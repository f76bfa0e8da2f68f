//! Intake (收件), correction (补正) and acceptance (受理).

use protocol::Millis;
use protocol::case::{CheckedDocument, DocumentStatus, FileRef};
use protocol::catalogue::Handling;

use super::Taken;
use crate::calendar::Calendar;
use crate::cases::clock::Ledger;
use crate::cases::{
    Asker, Case, CaseChange, CaseRefusal, CaseState, Charge, Correction, Document, Moment, Proposal, Ticked,
};
use crate::civil;

impl Case {
    /// By a person, who has five working days from then on; by the hall's silence, as of the day on which it was submitted.
    pub(super) fn receive(&mut self, asker: &Asker<'_>, moment: &Moment<'_>) -> Taken {
        let CaseState::Submitted { since } = self.state else { return Err(CaseRefusal::WrongState) };
        let silently = matches!(asker, Asker::System);
        let from = if silently { civil::day(since) } else { moment.today() };
        self.received_at = moment.now;
        self.unreceived = false;
        self.state = CaseState::Received { since: moment.now, from };
        Ok(CaseChange::CaseReceived {
            application: self.application.clone(),
            item: self.item.clone(),
            item_version: self.item_version,
            ticket: self.ticket,
            answers: self.answers.clone(),
            received_on: None,
        })
    }

    pub(super) fn check_documents(&mut self, checked: &[CheckedDocument]) -> Taken {
        for check in checked {
            let document = self.document(&check.key)?;
            match check.status {
                DocumentStatus::Deferred if !document.deferrable => {
                    return Err(CaseRefusal::NotDeferrable(check.key.clone()));
                }
                DocumentStatus::Committed if !document.commitment => {
                    return Err(CaseRefusal::NoCommitment(check.key.clone()));
                }
                DocumentStatus::Pulled if document.status != DocumentStatus::Pulled => {
                    return Err(CaseRefusal::PulledByLookupOnly(check.key.clone()));
                }
                _ => {}
            }
        }
        let mut ticked = Vec::new();
        for check in checked {
            let document = self.document(&check.key)?;
            if document.status != check.status {
                document.status = check.status;
                ticked.push(Ticked { key: check.key.clone(), status: check.status });
            }
        }
        Ok(CaseChange::DocumentsChecked { missing: self.missing(), ticked })
    }

    /// One notice with the full list; another only where what was supplied for it is itself wrong.
    pub(super) fn notify_correction(&mut self, asker: &Asker<'_>, note: String, now: Millis) -> Taken {
        let documents: Vec<String> = self
            .documents
            .iter()
            .filter(|d| d.status == DocumentStatus::Rejected || d.mandatory && d.status == DocumentStatus::Missing)
            .map(|d| d.key.clone())
            .collect();
        if let Some(first) = self.corrections.first() {
            let supplied_wrong = |key: &String| {
                first.documents.contains(key)
                    && self.documents.iter().any(|d| d.key == *key && d.status == DocumentStatus::Rejected)
            };
            if documents.is_empty() || !documents.iter().all(supplied_wrong) {
                return Err(CaseRefusal::CorrectionAlreadyGiven);
            }
        }
        if documents.is_empty() && note.trim().is_empty() {
            return Err(CaseRefusal::TextRequired);
        }
        self.corrections.push(Correction {
            at: now,
            by: asker.name(),
            documents: documents.clone(),
            note: note.clone(),
        });
        self.state = CaseState::Correction { since: now };
        Ok(CaseChange::CorrectionNotified { documents, note })
    }

    /// Five new working days begin.
    pub(super) fn supply(&mut self, moment: &Moment<'_>) -> Taken {
        self.state = CaseState::Received { since: moment.now, from: moment.today() };
        Ok(CaseChange::PapersSupplied)
    }

    pub(super) fn accept(&mut self, asker: &Asker<'_>, moment: &Moment<'_>) -> Taken {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(CaseRefusal::DocumentsMissing(missing));
        }
        self.accepted_at = Some(moment.now);
        self.accepted_by = asker.name();
        self.ledger = Some(Ledger::start(moment.today()));
        self.after_acceptance(moment);
        let of_status = |status| -> Vec<String> {
            self.documents.iter().filter(|d| d.status == status).map(|d| d.key.clone()).collect()
        };
        Ok(CaseChange::CaseAccepted {
            departments: self.branch_departments(),
            deferred: of_status(DocumentStatus::Deferred),
            committed: of_status(DocumentStatus::Committed),
        })
    }

    /// Accepted by silence, as from the day the papers were received.
    pub(super) fn deem_accepted(&mut self, moment: &Moment<'_>) -> Taken {
        let CaseState::Received { from, .. } = self.state else { return Err(CaseRefusal::WrongState) };
        self.accepted_at = Some(civil::instant(from.at(0, 0, 0, 0)));
        self.deemed = true;
        self.ledger = Some(Ledger::start(from));
        self.after_acceptance(moment);
        Ok(CaseChange::CaseDeemedAccepted { departments: self.branch_departments(), since: from })
    }

    /// Work begins: branches open, or, for what is done in one sitting, the decision lies open at once.
    fn after_acceptance(&mut self, moment: &Moment<'_>) {
        if self.terms.handling == Handling::Immediate && self.terms.branches.is_empty() {
            self.decision_ledger = Some(Ledger::start(moment.today()));
            self.state = CaseState::InApproval { since: moment.now, proposal: Proposal::Grant };
        } else {
            self.open_round(moment);
            self.state = CaseState::Accepted { since: moment.now, returned: None };
        }
    }

    fn branch_departments(&self) -> Vec<String> {
        self.terms.branches.iter().map(|branch| branch.department.clone()).collect()
    }

    pub(super) fn supply_deferred(&mut self, keys: &[String], moment: &Moment<'_>) -> Taken {
        for key in keys {
            if self.document(key)?.status != DocumentStatus::Deferred {
                return Err(CaseRefusal::NotOutstanding(key.clone()));
            }
        }
        if keys.is_empty() {
            return Err(CaseRefusal::TextRequired);
        }
        for key in keys {
            self.document(key)?.status = DocumentStatus::Provided;
        }
        self.settle(moment);
        Ok(CaseChange::DeferredSupplied { documents: keys.to_vec(), outstanding: self.outstanding() })
    }

    pub(super) fn attach_file(&mut self, key: String, file: FileRef) -> Taken {
        let document = self.document(&key)?;
        if document.files.iter().any(|attached| attached.id == file.id) {
            return Err(CaseRefusal::FileAlready);
        }
        document.files.push(file.clone());
        Ok(CaseChange::FileAttached { document: key, file })
    }

    pub(super) fn detach_file(&mut self, key: String, id: &str) -> Taken {
        let document = self.document(&key)?;
        let place = document.files.iter().position(|file| file.id == id).ok_or(CaseRefusal::UnknownFile)?;
        let file = document.files.remove(place);
        Ok(CaseChange::FileDetached { document: key, file })
    }

    pub(super) fn pull(&mut self, key: String, lookup: String) -> Taken {
        self.document(&key)?.status = DocumentStatus::Pulled;
        Ok(CaseChange::DocumentPulled { document: key, lookup })
    }

    /// What is charged is recorded as it is; a fee that the item does not list is supervision's to see.
    pub(super) fn charge_fee(&mut self, asker: &Asker<'_>, name: String, amount: i64, now: Millis) -> Taken {
        if amount <= 0 {
            return Err(CaseRefusal::NoFee);
        }
        let listed = self.terms.fees.iter().any(|(listed, at)| *listed == name && (*at == amount || *at == 0));
        self.charged.push(Charge { at: now, by: asker.name(), name: name.clone(), amount });
        Ok(CaseChange::FeeCharged { name, amount, listed })
    }

    fn document(&mut self, key: &str) -> Result<&mut Document, CaseRefusal> {
        self.documents
            .iter_mut()
            .find(|document| document.key == key)
            .ok_or_else(|| CaseRefusal::UnknownDocument(key.to_owned()))
    }

    /// The day by which the deferred papers must come; `None` where none is outstanding.
    pub fn deferred_due(&self, calendar: &Calendar) -> Option<jiff::civil::Date> {
        let clocks = self.clocks();
        let clock = clocks.iter().find(|clock| clock.kind == protocol::case::ClockKind::Deferred)?;
        clock.due(calendar).map(|due| due.date)
    }
}
