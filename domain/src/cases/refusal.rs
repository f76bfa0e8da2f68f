//! Why a step is refused. The case stays as it was.

use jiff::civil::Date;
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaseRefusal {
    #[error("the case's state does not allow this")]
    WrongState,
    #[error("the asker may not do this")]
    Forbidden,
    #[error("mandatory documents are missing")]
    DocumentsMissing(Vec<String>),
    #[error("the item has no document {0}")]
    UnknownDocument(String),
    #[error("document {0} may not be deferred")]
    NotDeferrable(String),
    #[error("no commitment may stand for document {0}")]
    NoCommitment(String),
    #[error("only a lookup can say that document {0} was pulled")]
    PulledByLookupOnly(String),
    #[error("document {0} is not outstanding")]
    NotOutstanding(String),
    #[error("the correction notice was given already")]
    CorrectionAlreadyGiven,
    #[error("the five working days for a notice ended on {0}: the application counts as accepted")]
    IntakeOver(Date),
    #[error("the five working days for a notice run until {0}")]
    IntakeRunning(Date),
    #[error("an opinion or reason is required")]
    TextRequired,
    #[error("the department's review is closed")]
    TaskClosed,
    #[error("the review is {0}'s")]
    TakenByAnother(String),
    #[error("the department's own system answers")]
    AnsweredBySystem,
    #[error("the branch stands still for a special procedure")]
    BranchPaused,
    #[error("a countersignature is awaited")]
    CountersignAwaited,
    #[error("deferred papers are outstanding")]
    DeferredOutstanding(Vec<String>),
    #[error("the signer had a say in the review")]
    SignerIsReviewer,
    #[error("whoever asked does not approve")]
    SamePerson,
    #[error("a department's veto is not overruled")]
    Vetoed,
    #[error("the applicant's withdrawal awaits confirmation")]
    WithdrawalPending,
    #[error("the item does not allow this special procedure")]
    SpecialNotAllowed,
    #[error("a special procedure may last {0} days at most")]
    SpecialTooLong(u16),
    #[error("a special procedure is asked for or open already")]
    SpecialAlready,
    #[error("the case may be extended by {0} days at most")]
    ExtensionTooLong(u16),
    #[error("the case was extended already")]
    ExtendedAlready,
    #[error("the case was due on {0}")]
    AlreadyDue(Date),
    #[error("{0} is not a colleague to whom this can go")]
    NotAColleague(String),
    #[error("the colleague is asked already")]
    AskedAlready,
    #[error("a fee is more than nothing")]
    NoFee,
    #[error("the file is attached already")]
    FileAlready,
    #[error("the document has no such file")]
    UnknownFile,
    #[error("the notice has not been open long enough to lapse; it may on {0}")]
    LapseNotDue(Date),
}
