//! Special procedures (特别程序) and the extension (延期): what moves a due date.

use protocol::Millis;
use protocol::catalogue::SpecialKind;

use super::Taken;
use crate::cases::clock::{Budget, Ledger};
use crate::cases::{
    Asker, Case, CaseChange, CaseRefusal, CaseState, Extension, Moment, SpecialProcedure, SpecialState,
};

impl Case {
    /// Asked for by a reviewer; a department's own system reports what its leader has approved already.
    pub(super) fn ask_special(
        &mut self,
        asker: &Asker<'_>,
        kind: SpecialKind,
        days: u16,
        reason: String,
        moment: &Moment<'_>,
    ) -> Taken {
        let rules = &self.terms.special_procedures;
        let rule = rules.iter().find(|rule| rule.kind == kind).ok_or(CaseRefusal::SpecialNotAllowed)?;
        if days == 0 || rule.longest_days > 0 && days > rule.longest_days {
            return Err(CaseRefusal::SpecialTooLong(rule.longest_days));
        }
        let branch = self.special_place(asker)?;
        self.special_procedures.push(SpecialProcedure {
            kind,
            branch: branch.clone(),
            reason: reason.clone(),
            planned_days: days,
            asked_by: asker.name(),
            asked_for: asker.on_behalf_of().map(str::to_owned),
            asked_at: moment.now,
            state: SpecialState::Asked,
        });
        if matches!(asker, Asker::Department { .. }) {
            let place = self.special_procedures.len() - 1;
            return self.open_special(place, asker, moment);
        }
        let department = branch.unwrap_or_else(|| self.department.clone());
        Ok(CaseChange::SpecialAsked { department, special: kind, days, reason })
    }

    pub(super) fn approve_special(&mut self, asker: &Asker<'_>, moment: &Moment<'_>) -> Taken {
        let asked = self.asked_special(asker).ok_or(CaseRefusal::Forbidden)?.clone();
        let place = self.special_procedures.iter().position(|s| *s == asked).ok_or(CaseRefusal::WrongState)?;
        self.open_special(place, asker, moment)
    }

    /// The clock stands still from today: the branch's, and the case's where no other branch works on.
    fn open_special(&mut self, place: usize, asker: &Asker<'_>, moment: &Moment<'_>) -> Taken {
        let today = moment.today();
        let unit = self.terms.unit;
        let special = &mut self.special_procedures[place];
        let budget = Budget { days: u32::from(special.planned_days), unit };
        let planned_end = Ledger::start(today).due(budget, moment.calendar).map_or(today, |due| due.date);
        special.state = SpecialState::Open { by: asker.name(), at: moment.now, planned_end };
        let (kind, branch) = (special.kind, special.branch.clone());
        match &branch {
            Some(department) => {
                self.open_branch(department)?.ledger.pause(today, kind);
                if let CaseState::Accepted { since, .. } = self.state {
                    self.state = CaseState::InReview { since };
                }
                self.settle(moment);
            }
            None => {
                for ledger in [&mut self.ledger, &mut self.decision_ledger].into_iter().flatten() {
                    ledger.pause(today, kind);
                }
                let before = Box::new(self.state.clone());
                self.state = CaseState::Special { since: moment.now, before };
            }
        }
        Ok(CaseChange::SpecialOpened {
            department: branch.unwrap_or_else(|| self.department.clone()),
            special: kind,
            planned_end,
            stops_case: matches!(self.state, CaseState::Special { .. }),
        })
    }

    pub(super) fn decline_special(&mut self, asker: &Asker<'_>, reason: String, now: Millis) -> Taken {
        let asked = self.asked_special(asker).ok_or(CaseRefusal::Forbidden)?.clone();
        let department = asked.branch.clone().unwrap_or_else(|| self.department.clone());
        if let Some(special) = self.special_procedures.iter_mut().find(|special| **special == asked) {
            special.state = SpecialState::Declined { by: asker.name(), reason: reason.clone(), at: now };
        }
        Ok(CaseChange::SpecialDeclined { department, reason })
    }

    /// Today is a new day 0.
    pub(super) fn close_special(&mut self, asker: &Asker<'_>, result: String, moment: &Moment<'_>) -> Taken {
        let open = self.closable_special(asker, moment).ok_or(CaseRefusal::Forbidden)?.clone();
        let today = moment.today();
        if let Some(special) = self.special_procedures.iter_mut().find(|special| **special == open)
            && let SpecialState::Open { at, .. } = special.state
        {
            special.state =
                SpecialState::Closed { by: asker.name(), opened_at: at, at: moment.now, result: result.clone() };
        }
        if let Some(department) = &open.branch
            && let Ok(branch) = self.open_branch(department)
        {
            branch.ledger.resume(today);
        }
        if let CaseState::Special { before, .. } = &self.state {
            self.state = (**before).clone();
            for ledger in [&mut self.ledger, &mut self.decision_ledger].into_iter().flatten() {
                ledger.resume(today);
            }
        }
        let department = open.branch.unwrap_or_else(|| self.department.clone());
        Ok(CaseChange::SpecialClosed { department, special: open.kind, result })
    }

    pub(super) fn extend(&mut self, asker: &Asker<'_>, days: u16, reason: String, now: Millis) -> Taken {
        if days == 0 || days > self.terms.extension_days {
            return Err(CaseRefusal::ExtensionTooLong(self.terms.extension_days));
        }
        self.extension = Some(Extension { at: now, by: asker.name(), days, reason: reason.clone() });
        Ok(CaseChange::CaseExtended { days, reason })
    }
}
