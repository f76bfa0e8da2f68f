//! Errors as `application/problem+json` (RFC 9457) with a stable `code`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error body. `title` and `detail` are sentences for a person, in the language asked for by `Accept-Language` (Chinese by default).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:hall:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence that is the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code that programs act on.
    pub code: Code,
    /// What happened this time, for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The rows, fields or documents concerned, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One bad field or row of a request or an imported file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field's JSON name, or `line 12, column name`.
    pub place: String,
    pub reason: String,
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $status:literal, $zh:literal, $en:literal;)*) => {
        /// The stable codes. Old programs read a code they do not know as `Unknown`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        pub enum Code {
            $(#[serde(rename = $text)] $variant,)*
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* Code::Unknown => "unknown" }
            }

            /// The HTTP status it travels under.
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)* Code::Unknown => 500 }
            }

            /// The sentence for a person, in Chinese.
            pub fn title_zh(self) -> &'static str {
                match self { $(Code::$variant => $zh,)* Code::Unknown => "出现未知错误" }
            }

            /// The sentence for a person, in English.
            pub fn title_en(self) -> &'static str {
                match self { $(Code::$variant => $en,)* Code::Unknown => "An unknown error occurred" }
            }
        }
    };
}

codes! {
    BadRequest = "bad-request", 400, "请求内容无法识别", "The request could not be understood";
    BodyTooLarge = "body-too-large", 413, "提交的内容过大", "The request is too large";
    InvalidField = "invalid-field", 422, "填写的内容有误", "A field is not valid";
    InvalidIdNumber = "invalid-id-number", 422, "身份证号码有误，请核对", "The ID number is not valid";
    InvalidPhone = "invalid-phone", 422, "手机号码有误，请核对", "The phone number is not valid";
    Unauthenticated = "unauthenticated", 401, "请先登录", "Please sign in";
    WrongPassword = "wrong-password", 401, "用户名或密码不正确", "Wrong user name or password";
    Forbidden = "forbidden", 403, "您没有此项权限", "You may not do this";
    NotFound = "not-found", 404, "没有找到", "Not found";
    UnknownHall = "unknown-hall", 404, "没有这个大厅", "There is no such hall";
    UnknownItem = "unknown-item", 404, "没有这个事项", "There is no such service";
    UnknownTicket = "unknown-ticket", 404, "没有这个号", "There is no such ticket";
    UnknownWindow = "unknown-window", 404, "没有这个窗口", "There is no such window";
    UnknownCase = "unknown-case", 404, "没有这个办件", "There is no such case";
    UnknownNotice = "unknown-notice", 404, "没有这份文书，请核对编码", "There is no such paper: check the code";
    UnknownSignal = "unknown-signal", 404, "没有这个监察信号", "There is no such signal";
    UnknownDraft = "unknown-draft", 404, "该事项没有草稿", "There is no draft of this service";
    UnknownTask = "unknown-task", 404, "没有这个待办任务", "There is no such task";
    UnknownFile = "unknown-file", 404, "没有这个文件", "There is no such file";
    FileType = "file-type", 415, "不接收这种文件", "This kind of file is not taken";
    FileTooLarge = "file-too-large", 413, "文件过大", "The file is too large";
    FileDigest = "file-digest", 422, "文件在传输中损坏，请重新上传", "The file was damaged on its way, send it again";
    FilesFull = "files-full", 409, "该号上传的文件已达上限", "No more files can be added to this ticket";
    TooManyRequests = "too-many-requests", 429, "操作太频繁，请稍候再试", "Too many requests, wait a moment";
    HallClosed = "hall-closed", 409, "大厅现在不取号", "The hall is closed";
    ItemClosed = "item-closed", 409, "该事项现在不能取号", "This service is closed at present";
    IdentityRequired = "identity-required", 422, "该事项需要先核验身份", "This service needs your identity";
    AlreadyWaiting = "already-waiting", 409, "您已取过该事项的号，正在等候", "You already hold a waiting ticket for this service";
    WindowNotOpen = "window-not-open", 409, "窗口尚未开启", "The window is not open";
    WindowTaken = "window-taken", 409, "该窗口已由其他工作人员使用", "Another clerk is at this window";
    WindowBusy = "window-busy", 409, "窗口正在办理上一个号", "The window is still serving a ticket";
    NobodyWaiting = "nobody-waiting", 409, "现在没有人等候", "Nobody is waiting";
    NoCurrentTicket = "no-current-ticket", 409, "窗口当前没有叫到的号", "The window has no ticket at present";
    TicketCalledElsewhere = "ticket-called-elsewhere", 409, "该号已由其他窗口呼叫", "Another window has called this ticket";
    TicketFinished = "ticket-finished", 409, "该号已经办结", "This ticket is finished";
    TicketNotCalled = "ticket-not-called", 409, "该号尚未呼叫", "This ticket has not been called";
    WrongState = "wrong-state", 409, "办件当前状态不允许此操作", "The case's state does not allow this";
    DocumentsMissing = "documents-missing", 409, "必要材料不齐，不能受理", "Mandatory documents are missing";
    CorrectionAlreadyGiven = "correction-already-given", 409, "补正告知只能一次", "The correction notice has already been given";
    OpinionRequired = "opinion-required", 422, "请填写意见或理由", "An opinion or reason is required";
    IntakeOver = "intake-over", 409, "五个工作日已过，申请视为已受理", "Five working days have passed: the application counts as accepted";
    NotAllowedByItem = "not-allowed-by-item", 409, "事项规定不允许", "The service does not allow this";
    TakenByAnother = "taken-by-another", 409, "该任务由其他人员承办", "This task is somebody else's";
    AnsweredBySystem = "answered-by-system", 409, "该部门由其业务系统办理", "The department answers through its own system";
    BranchPaused = "branch-paused", 409, "特别程序期间不能办理", "A special procedure is under way";
    CountersignAwaited = "countersign-awaited", 409, "等待加签", "A countersignature is awaited";
    DeferredOutstanding = "deferred-outstanding", 409, "容缺材料尚未补齐", "Deferred papers are outstanding";
    SamePerson = "same-person", 403, "申请人与批准人不得为同一人", "Whoever asked does not approve";
    Vetoed = "vetoed", 409, "部门已否决，不能准予", "A department's veto cannot be overruled";
    WithdrawalPending = "withdrawal-pending", 409, "申请人已申请撤回，等待确认", "The applicant's withdrawal awaits confirmation";
    AlreadyDone = "already-done", 409, "已经办过", "This was done already";
    AlreadyDue = "already-due", 409, "时限已过", "The time limit has passed";
    NotAColleague = "not-a-colleague", 422, "不是本部门的在岗人员", "Not a colleague to whom this can go";
    UnknownAbsence = "unknown-absence", 404, "没有这条休假记录", "There is no such absence";
    AbsenceDates = "absence-dates", 422, "休假日期有误，请核对", "The days of the absence are not right";
    AbsenceOverlaps = "absence-overlaps", 409, "这段时间已登记休假", "An absence is registered for these days already";
    SubstituteIsOneself = "substitute-is-oneself", 422, "代理人不能是本人", "Nobody stands in for themselves";
    SubstituteLacksRole = "substitute-lacks-role", 409, "代理人没有相应的岗位权限", "The substitute lacks a role of the person";
    SubstituteAbsent = "substitute-absent", 409, "代理人同期休假", "The substitute is away at the same time";
    StandsIn = "stands-in", 409, "同期须代理他人，请先另行安排", "The person stands in for somebody at that time";
    NotInBulk = "not-in-bulk", 409, "该事项不能批量审批", "This service is not decided in bulk";
    TaskClosed = "task-closed", 409, "该任务已经结束", "This task is closed";
    SignerIsReviewer = "signer-is-reviewer", 403, "审查人不得签批同一办件", "The reviewer may not sign the same case";
    DraftChanged = "draft-changed", 409, "草稿已被他人修改，请重新载入", "Somebody else has changed the draft: load it again";
    DraftOutdated = "draft-outdated", 409, "草稿所依据的版本已不是现行版本", "The version that the draft was made from is no longer in force";
    DraftNotChecked = "draft-not-checked", 409, "草稿尚未通过检查", "The draft has not been checked";
    ItemUnfit = "item-unfit", 422, "事项尚不符合发布要求", "The service may not be published yet";
    PurposeRequired = "purpose-required", 422, "请填写查询目的", "A lookup needs a purpose";
    UnknownDocument = "unknown-document", 404, "该事项没有这项材料", "The service has no such document";
    DocumentNotShared = "document-not-shared", 409, "该材料没有可查询的共享数据，请向申请人收取", "This document cannot be looked up, ask the applicant for it";
    ProviderNotConnected = "provider-not-connected", 409, "该共享数据尚未接通，请向申请人收取材料", "This register is not connected, ask the applicant for the document";
    NoNumber = "no-number", 409, "办件中没有可用于查询的证件号码", "The application holds no number to look up by";
    WhichNumber = "which-number", 409, "办件中有多个号码，请选择一个", "The application holds several numbers, choose one";
    ForeignNumber = "foreign-number", 403, "该号码不属于本办件，不得查询", "This number is not of the application and may not be looked up";
    IdempotencyKeyReused = "idempotency-key-reused", 422, "同一请求编号用于了不同的请求", "The idempotency key was used for another request";
    NoEvidenceKey = "no-evidence-key", 409, "服务器没有签名密钥，不能出具案卷", "The server has no signing key and makes no dossiers";
    UnknownSender = "unknown-sender", 401, "不认识的发送方或密钥", "The sender or its key is not known";
    WrongSignature = "wrong-signature", 401, "签名不正确", "The signature does not fit the message";
    MessageStale = "message-stale", 401, "报文的发送时间不在允许的范围内", "The message was sent too long ago, or its clock is ahead";
    MessageIdReused = "message-id-reused", 409, "同一报文编号用于了不同的内容", "The message id was used for another message";
    UnknownMessageKind = "unknown-message-kind", 422, "没有这种报文", "There is no such kind of message";
    EarlierMessageMissing = "earlier-message-missing", 425, "前一报文尚未收到，请稍后重发", "An earlier message has not come yet, send this one again later";
    UnknownMessage = "unknown-message", 404, "没有这个报文", "There is no such message";
    AlreadyFetched = "already-fetched", 410, "该文件已取走", "This file was fetched already";
    MessageNotStuck = "message-not-stuck", 409, "该报文没有停发", "This message is not stuck";
    Busy = "busy", 503, "系统繁忙，请稍候再试", "The server is busy, try again";
    Internal = "internal", 500, "服务器内部错误，已记录", "Internal error, it has been logged";
}

impl Problem {
    /// A problem with the code's own Chinese or English title.
    pub fn new(code: Code, detail: impl Into<String>, english: bool) -> Self {
        Problem {
            kind: format!("urn:hall:problem:{}", code.as_str()),
            title: if english { code.title_en() } else { code.title_zh() }.to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }
}
