//! Refusals of the rules as problems: the stable code, and a sentence that says what happened this time.

use domain::cases::CaseRefusal;
use domain::queue::Refusal;
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
            EngineError::MessageNotStuck(_) => new(Code::MessageNotStuck),
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

impl From<CaseRefusal> for ApiError {
    fn from(refusal: CaseRefusal) -> Self {
        let new = ApiError::new;
        match refusal {
            CaseRefusal::WrongState => new(Code::WrongState),
            CaseRefusal::Forbidden => new(Code::Forbidden),
            CaseRefusal::DocumentsMissing(keys) => {
                keys.into_iter().fold(new(Code::DocumentsMissing), |error, key| error.field(key, "missing"))
            }
            CaseRefusal::UnknownDocument(key) => {
                new(Code::InvalidField).field(format!("documents.{key}"), "unknown document")
            }
            CaseRefusal::CorrectionAlreadyGiven => new(Code::CorrectionAlreadyGiven),
            CaseRefusal::OpinionRequired => new(Code::OpinionRequired),
            CaseRefusal::TaskClosed => new(Code::TaskClosed),
            CaseRefusal::SignerIsReviewer => new(Code::SignerIsReviewer),
        }
    }
}
