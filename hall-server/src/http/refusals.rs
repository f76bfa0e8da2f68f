//! Refusals of the rules as problems: the stable code, and a sentence that says what happened this time.

use domain::cases::CaseRefusal;
use domain::lookups::LookupRefusal;
use domain::queue::Refusal;
use domain::supervision::SignalRefusal;
use protocol::catalogue::Text;
use protocol::problem::Code;

use super::problem::ApiError;
use crate::engine::EngineError;

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let new = ApiError::new;
        match error {
            EngineError::UnknownHall(hall) => {
                new(Code::UnknownHall).detail(format!("没有大厅 {hall}"), format!("There is no hall {hall}"))
            }
            EngineError::UnknownItem(item) => new(Code::UnknownItem)
                .detail(format!("本大厅不办理事项 {item}"), format!("This hall does not handle item {item}")),
            EngineError::ItemClosed(item) => new(Code::ItemClosed)
                .detail(format!("事项 {item} 现在不取号"), format!("No tickets are taken for item {item} at present")),
            EngineError::IdentityRequired { needed, .. } => {
                let zh =
                    if needed == "an ID card" { "请刷身份证" } else { "请刷身份证或填写手机号码" };
                new(Code::IdentityRequired).detail(zh, format!("This service needs {needed}"))
            }
            EngineError::Queue(refusal) => refusal.into(),
            EngineError::TicketNotCalled(number) => new(Code::TicketNotCalled)
                .detail(format!("{number} 号尚未叫到窗口"), format!("Ticket {number} has not been called yet")),
            EngineError::UnknownCase(case_no) => {
                new(Code::UnknownCase).detail(format!("没有办件 {case_no}"), format!("There is no case {case_no}"))
            }
            EngineError::Case { refusal, .. } => refusal.into(),
            EngineError::Answers { item, errors } => {
                let sentences: Vec<Text> = errors.iter().map(|error| error.sentence(&item)).collect();
                let joined = |english| {
                    let all: Vec<&str> = sentences.iter().map(|sentence| sentence.pick(english)).collect();
                    all.join(if english { " " } else { "；" })
                };
                errors.iter().fold(new(Code::InvalidField).detail(joined(false), joined(true)), |problem, error| {
                    problem.field("answers", error.to_string())
                })
            }
            EngineError::Package(what) => new(Code::ItemClosed)
                .detail(format!("该一件事暂不能办理：{what}"), format!("This package cannot be opened: {what}")),
            EngineError::ReceivedOn(day) => {
                new(Code::InvalidField).field("received_on", format!("{day} is after today"))
            }
            EngineError::UnknownSubmission(_) => new(Code::NotFound),
            EngineError::SubmittedAlready(_) => {
                new(Code::AlreadyDone).detail("该申请已提交", "The application was sent already")
            }
            EngineError::UnknownSignal(_) => new(Code::UnknownSignal),
            EngineError::Signal { refusal, .. } => refusal.into(),
            EngineError::Lookup(refusal) => refusal.into(),
            EngineError::KeyReused => new(Code::IdempotencyKeyReused),
            EngineError::Busy | EngineError::Stopped => new(Code::Busy),
            EngineError::Storage(error) => {
                tracing::error!(error = &*error as &dyn std::error::Error, "storage failed");
                new(Code::Busy)
            }
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let new = ApiError::new;
        match refusal {
            Refusal::HallClosed => new(Code::HallClosed)
                .detail("大厅不在取号时间内", "The hall issues tickets only within its opening hours"),
            Refusal::UnknownLine(line) => {
                new(Code::UnknownItem).detail(format!("没有队列 {line}"), format!("There is no line {line}"))
            }
            Refusal::UnknownWindow(window) => {
                new(Code::UnknownWindow).detail(format!("没有 {window} 号窗口"), format!("There is no window {window}"))
            }
            Refusal::UnknownTicket(number) => new(Code::UnknownTicket)
                .detail(format!("今天没有 {number} 号"), format!("There is no ticket {number} today")),
            Refusal::WindowNotOpen(window) => new(Code::WindowNotOpen)
                .detail(format!("{window} 号窗口尚未开启或已暂停"), format!("Window {window} is closed or paused")),
            Refusal::WindowTaken { window, clerk } => new(Code::WindowTaken)
                .detail(format!("{window} 号窗口由 {clerk} 使用"), format!("Window {window} is in use by {clerk}")),
            Refusal::WindowBusy { window, number } => new(Code::WindowBusy).detail(
                format!("{window} 号窗口还有 {number} 号"),
                format!("Window {window} still has ticket {number}"),
            ),
            Refusal::NobodyWaiting(_) => new(Code::NobodyWaiting),
            Refusal::NoCurrentTicket(window) => new(Code::NoCurrentTicket).detail(
                format!("{window} 号窗口当前没有可办理的号"),
                format!("Window {window} has no ticket for this"),
            ),
            Refusal::CalledElsewhere { number, window } => new(Code::TicketCalledElsewhere)
                .detail(format!("{number} 号在 {window} 号窗口"), format!("Ticket {number} is at window {window}")),
            Refusal::Finished(number) => {
                new(Code::TicketFinished).detail(format!("{number} 号已经办结"), format!("Ticket {number} is finished"))
            }
            Refusal::AlreadyWaiting(number) => {
                new(Code::AlreadyWaiting).detail(format!("您的号是 {number}"), format!("Your ticket is {number}"))
            }
        }
    }
}

impl From<LookupRefusal> for ApiError {
    fn from(refusal: LookupRefusal) -> Self {
        let new = ApiError::new;
        match refusal {
            LookupRefusal::Forbidden => new(Code::Forbidden).detail(
                "只有受理前的收件窗口和正在审查的部门可以查询；本次尝试已记录",
                "Only the hall's clerk before acceptance and the departments reviewing now may look data up; the attempt is logged",
            ),
            LookupRefusal::CaseClosed => new(Code::WrongState),
            LookupRefusal::NoPurpose => new(Code::PurposeRequired)
                .field("purpose", "4–200 characters")
                .detail("查询目的须为 4 至 200 字", "The purpose has 4 to 200 characters"),
            LookupRefusal::PersonalPurpose => new(Code::PurposeRequired).field("purpose", "no names, no numbers").detail(
                "查询目的会显示在申请人的进度页上，请勿写姓名、证件号码或电话",
                "The purpose is shown on the applicant's page: write no names, ID or telephone numbers in it",
            ),
            LookupRefusal::UnknownDocument => new(Code::UnknownDocument),
            LookupRefusal::NotShared => new(Code::DocumentNotShared),
            LookupRefusal::NotConnected => new(Code::ProviderNotConnected),
            LookupRefusal::NoNumber => new(Code::NoNumber),
            LookupRefusal::WhichNumber => new(Code::WhichNumber),
            LookupRefusal::ForeignNumber => new(Code::ForeignNumber),
        }
    }
}

impl From<CaseRefusal> for ApiError {
    fn from(refusal: CaseRefusal) -> Self {
        let new = ApiError::new;
        let document = |code, key: String, reason: &str| new(code).field(format!("documents.{key}"), reason);
        match refusal {
            CaseRefusal::WrongState => new(Code::WrongState),
            CaseRefusal::Forbidden => new(Code::Forbidden),
            CaseRefusal::DocumentsMissing(keys) => {
                keys.into_iter().fold(new(Code::DocumentsMissing), |error, key| error.field(key, "missing"))
            }
            CaseRefusal::UnknownDocument(key) => document(Code::InvalidField, key, "unknown document"),
            CaseRefusal::NotDeferrable(key) => document(Code::NotAllowedByItem, key, "may not be deferred"),
            CaseRefusal::NoCommitment(key) => document(Code::NotAllowedByItem, key, "no commitment may stand for it"),
            CaseRefusal::PulledByLookupOnly(key) => document(Code::NotAllowedByItem, key, "only a lookup pulls it"),
            CaseRefusal::NotOutstanding(key) => document(Code::InvalidField, key, "not outstanding"),
            CaseRefusal::CorrectionAlreadyGiven => new(Code::CorrectionAlreadyGiven),
            CaseRefusal::IntakeOver(due) => new(Code::IntakeOver)
                .detail(format!("告知期限为 {due}"), format!("A notice could be given until {due}")),
            CaseRefusal::IntakeRunning(due) | CaseRefusal::LapseNotDue(due) => {
                new(Code::WrongState).detail(format!("期限至 {due}"), format!("The time runs until {due}"))
            }
            CaseRefusal::TextRequired => new(Code::OpinionRequired),
            CaseRefusal::TaskClosed => new(Code::TaskClosed),
            CaseRefusal::TakenByAnother(who) => {
                new(Code::TakenByAnother).detail(format!("由 {who} 承办"), format!("{who} has it"))
            }
            CaseRefusal::AnsweredBySystem => new(Code::AnsweredBySystem),
            CaseRefusal::BranchPaused => new(Code::BranchPaused),
            CaseRefusal::CountersignAwaited => new(Code::CountersignAwaited),
            CaseRefusal::DeferredOutstanding(keys) => {
                keys.into_iter().fold(new(Code::DeferredOutstanding), |error, key| error.field(key, "outstanding"))
            }
            CaseRefusal::SignerIsReviewer => new(Code::SignerIsReviewer),
            CaseRefusal::SamePerson => new(Code::SamePerson),
            CaseRefusal::Vetoed => new(Code::Vetoed),
            CaseRefusal::WithdrawalPending => new(Code::WithdrawalPending),
            CaseRefusal::SpecialNotAllowed => new(Code::NotAllowedByItem)
                .detail("该事项未规定此特别程序", "The service does not provide for this special procedure"),
            CaseRefusal::SpecialTooLong(days) => new(Code::NotAllowedByItem)
                .detail(format!("特别程序最长 {days} 天"), format!("A special procedure lasts {days} days at most")),
            CaseRefusal::SpecialAlready => {
                new(Code::AlreadyDone).detail("已有特别程序", "A special procedure is asked for or open already")
            }
            CaseRefusal::ExtensionTooLong(days) => new(Code::NotAllowedByItem)
                .detail(format!("最多延期 {days} 天"), format!("The extension is {days} days at most")),
            CaseRefusal::ExtendedAlready => {
                new(Code::AlreadyDone).detail("只能延期一次", "The case was extended already")
            }
            CaseRefusal::AlreadyDue(due) => {
                new(Code::AlreadyDue).detail(format!("期限为 {due}"), format!("It was due on {due}"))
            }
            CaseRefusal::NotAColleague(to) => {
                new(Code::NotAColleague).detail(format!("{to} 不是本部门人员"), format!("{to} is not a colleague"))
            }
            CaseRefusal::AskedAlready => new(Code::AlreadyDone),
            CaseRefusal::NoFee => new(Code::InvalidField).field("amount", "more than nothing"),
            CaseRefusal::FileAlready => new(Code::AlreadyDone).field("file", "attached already"),
            CaseRefusal::UnknownFile => new(Code::InvalidField).field("file", "unknown file"),
        }
    }
}

impl From<SignalRefusal> for ApiError {
    fn from(refusal: SignalRefusal) -> Self {
        match refusal {
            SignalRefusal::WrongState => ApiError::new(Code::WrongState)
                .detail("该信号当前状态不允许此操作", "The signal's state does not allow this"),
            SignalRefusal::Forbidden => ApiError::new(Code::Forbidden),
            SignalRefusal::TextRequired => ApiError::new(Code::OpinionRequired),
        }
    }
}
