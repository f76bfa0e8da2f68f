//! A signal (监察信号): a small case of its own, with a recipient, a deadline for the reply, and a review.

use jiff::civil::Date;
use protocol::Millis;
use protocol::case::ClockKind;
use protocol::staff::{Role, User};
use protocol::supervision::{SignalAction, SignalKind, SignalStep};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Raise;
use crate::calendar::Calendar;
use crate::cases::Case;

/// A signal. Raised once per case, rule and round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    pub case_no: String,
    pub hall: String,
    pub rule: String,
    pub kind: SignalKind,
    /// The unit that replies: a department's code; empty for the hall's clerks.
    pub department: String,
    pub round: i64,
    pub clock: Option<ClockKind>,
    pub raised_at: Millis,
    pub reply_due_on: Date,
    pub state: SignalState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SignalState {
    /// A reply is awaited; after a review, another one.
    Open {
        sent_back: Option<Review>,
    },
    Replied {
        reply: Reply,
    },
    Confirmed {
        reply: Reply,
        review: Review,
    },
    Cancelled {
        reply: Option<Reply>,
        review: Review,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub by: String,
    pub at: Millis,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub by: String,
    pub at: Millis,
    pub text: String,
}

/// What happened to a signal, as the hall's events record it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SignalEvent {
    SignalRaised {
        case_no: String,
        rule: String,
        signal: SignalKind,
        department: String,
        round: i64,
        reply_due_on: Date,
    },
    SignalReplied {
        case_no: String,
        rule: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
        round: i64,
        text: String,
    },
    SignalConfirmed {
        case_no: String,
        rule: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
        round: i64,
        text: String,
    },
    SignalSentBack {
        case_no: String,
        rule: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
        round: i64,
        text: String,
    },
    SignalCancelled {
        case_no: String,
        rule: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
        round: i64,
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignalRefusal {
    #[error("the signal's state does not allow this")]
    WrongState,
    #[error("the asker may not do this")]
    Forbidden,
    #[error("a text is required")]
    TextRequired,
}

impl SignalEvent {
    pub fn case_no(&self) -> &str {
        match self {
            SignalEvent::SignalRaised { case_no, .. }
            | SignalEvent::SignalReplied { case_no, .. }
            | SignalEvent::SignalConfirmed { case_no, .. }
            | SignalEvent::SignalSentBack { case_no, .. }
            | SignalEvent::SignalCancelled { case_no, .. } => case_no,
        }
    }

    /// The rule and round of the signal that it happened to, and the unit's department. Events from before the unit was written name
    /// none.
    pub fn place(&self) -> (&str, i64, &str) {
        match self {
            SignalEvent::SignalRaised { rule, round, department, .. }
            | SignalEvent::SignalReplied { rule, round, department, .. }
            | SignalEvent::SignalConfirmed { rule, round, department, .. }
            | SignalEvent::SignalSentBack { rule, round, department, .. }
            | SignalEvent::SignalCancelled { rule, round, department, .. } => (rule, *round, department),
        }
    }

    /// What was written; empty where it was raised.
    pub fn text(&self) -> &str {
        match self {
            SignalEvent::SignalRaised { .. } => "",
            SignalEvent::SignalReplied { text, .. }
            | SignalEvent::SignalConfirmed { text, .. }
            | SignalEvent::SignalSentBack { text, .. }
            | SignalEvent::SignalCancelled { text, .. } => text,
        }
    }

    /// Whether it happened to this signal.
    pub fn is_of(&self, signal: &Signal) -> bool {
        let (rule, round, department) = self.place();
        let raised = matches!(self, SignalEvent::SignalRaised { .. });
        let same_unit = department == signal.department || department.is_empty() && !raised;
        rule == signal.rule && round == signal.round && same_unit
    }

    pub fn kind(&self) -> &'static str {
        match self {
            SignalEvent::SignalRaised { .. } => "signal-raised",
            SignalEvent::SignalReplied { .. } => "signal-replied",
            SignalEvent::SignalConfirmed { .. } => "signal-confirmed",
            SignalEvent::SignalSentBack { .. } => "signal-sent-back",
            SignalEvent::SignalCancelled { .. } => "signal-cancelled",
        }
    }
}

impl SignalState {
    pub fn name(&self) -> protocol::supervision::SignalState {
        use protocol::supervision::SignalState as Name;
        match self {
            SignalState::Open { .. } => Name::Open,
            SignalState::Replied { .. } => Name::Replied,
            SignalState::Confirmed { .. } => Name::Confirmed,
            SignalState::Cancelled { .. } => Name::Cancelled,
        }
    }

    pub fn reply(&self) -> Option<&Reply> {
        match self {
            SignalState::Open { .. } => None,
            SignalState::Replied { reply } | SignalState::Confirmed { reply, .. } => Some(reply),
            SignalState::Cancelled { reply, .. } => reply.as_ref(),
        }
    }

    pub fn review(&self) -> Option<&Review> {
        match self {
            SignalState::Open { sent_back } => sent_back.as_ref(),
            SignalState::Replied { .. } => None,
            SignalState::Confirmed { review, .. } | SignalState::Cancelled { review, .. } => Some(review),
        }
    }
}

impl Signal {
    pub fn raise(case: &Case, raise: Raise, now: Millis, calendar: &Calendar) -> (Signal, SignalEvent) {
        let today = crate::civil::day(now);
        let signal = Signal {
            case_no: case.case_no.clone(),
            hall: case.hall.clone(),
            rule: raise.rule,
            kind: raise.signal,
            department: raise.department.unwrap_or_default(),
            round: raise.round,
            clock: raise.clock,
            raised_at: now,
            reply_due_on: calendar.due(today, u32::from(raise.reply_days)).date,
            state: SignalState::Open { sent_back: None },
        };
        let event = SignalEvent::SignalRaised {
            case_no: signal.case_no.clone(),
            rule: signal.rule.clone(),
            signal: signal.kind,
            department: signal.department.clone(),
            round: signal.round,
            reply_due_on: signal.reply_due_on,
        };
        (signal, event)
    }

    /// Takes a step. Refused, the signal given is to be kept as it was.
    pub fn apply(
        mut self,
        asker: &User,
        step: SignalStep,
        now: Millis,
    ) -> Result<(Signal, SignalEvent), SignalRefusal> {
        let (action, text, blank_allowed) = match step {
            SignalStep::Reply { text } => (SignalAction::Reply, text, false),
            SignalStep::Confirm { text } => (SignalAction::Confirm, text, true),
            SignalStep::SendBack { text } => (SignalAction::SendBack, text, false),
            SignalStep::Cancel { text } => (SignalAction::Cancel, text, false),
        };
        self.may(asker, action)?;
        if !blank_allowed && text.trim().is_empty() {
            return Err(SignalRefusal::TextRequired);
        }
        let by = asker.username.clone();
        let (case_no, rule, round) = (self.case_no.clone(), self.rule.clone(), self.round);
        let department = self.department.clone();
        let review = Review { by: by.clone(), at: now, text: text.clone() };
        let event = match action {
            SignalAction::Reply => {
                self.state = SignalState::Replied { reply: Reply { by, at: now, text: text.clone() } };
                SignalEvent::SignalReplied { case_no, rule, department, round, text }
            }
            SignalAction::Confirm => {
                let reply = self.state.reply().cloned().ok_or(SignalRefusal::WrongState)?;
                self.state = SignalState::Confirmed { reply, review };
                SignalEvent::SignalConfirmed { case_no, rule, department, round, text }
            }
            SignalAction::SendBack => {
                self.state = SignalState::Open { sent_back: Some(review) };
                SignalEvent::SignalSentBack { case_no, rule, department, round, text }
            }
            SignalAction::Cancel => {
                self.state = SignalState::Cancelled { reply: self.state.reply().cloned(), review };
                SignalEvent::SignalCancelled { case_no, rule, department, round, text }
            }
        };
        Ok((self, event))
    }

    /// What somebody may do now.
    pub fn allowed(&self, asker: &User) -> Vec<SignalAction> {
        let all = [SignalAction::Reply, SignalAction::Confirm, SignalAction::SendBack, SignalAction::Cancel];
        all.into_iter().filter(|action| self.may(asker, *action).is_ok()).collect()
    }

    fn may(&self, asker: &User, action: SignalAction) -> Result<(), SignalRefusal> {
        let state_allows = match action {
            SignalAction::Reply => matches!(self.state, SignalState::Open { .. }),
            SignalAction::Confirm | SignalAction::SendBack => matches!(self.state, SignalState::Replied { .. }),
            SignalAction::Cancel => matches!(self.state, SignalState::Open { .. } | SignalState::Replied { .. }),
        };
        if !state_allows {
            return Err(SignalRefusal::WrongState);
        }
        let may = match action {
            SignalAction::Reply => self.is_recipient(asker),
            _ => asker.roles.contains(&Role::Supervisor),
        };
        if may { Ok(()) } else { Err(SignalRefusal::Forbidden) }
    }

    /// The department's leaders and reviewers, or the hall's clerks.
    pub fn is_recipient(&self, asker: &User) -> bool {
        let has = |roles: &[Role]| asker.roles.iter().any(|role| roles.contains(role));
        if self.department.is_empty() {
            return has(&[Role::Clerk]) && asker.hall.as_deref() == Some(&self.hall);
        }
        has(&[Role::Leader, Role::Reviewer, Role::Signer]) && asker.department.as_deref() == Some(&self.department)
    }
}
