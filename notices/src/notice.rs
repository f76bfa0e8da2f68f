//! What a paper says, as data. Everything that an office may decide for itself (periods, authorities, legal bases) is
//! in here; the wording around it is in `compose`.

use jiff::civil::Date;
use protocol::catalogue::Text;
use serde::{Deserialize, Serialize};

/// One official paper (文书). The same notice gives the same bytes with the same fonts, so keeping it is keeping the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The department in whose name the paper is issued (发文机关).
    pub department: Text,
    /// The paper's own number (文号), as it is to be printed.
    pub number: String,
    /// The day that stands below the department's name, and in the PDF as its date.
    pub issued: Date,
    pub addressee: Addressee,
    pub case: CaseFacts,
    pub kind: Kind,
    /// English beneath the Chinese. A text without English then stands in Chinese alone.
    pub english: bool,
    /// Who handled it (经办人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// A paper of a demonstration: a line on every page says that it is no official statement.
    #[serde(default)]
    pub sample: bool,
}

/// Whom the paper addresses: the applicant, with the agent who acts for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    pub name: String,
    /// A document number, masked by the caller: it is printed as it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// The case (办件) that the paper belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Case number (办件编号).
    pub number: String,
    /// Name of the item (事项).
    pub item: Text,
    /// What the kind of act is called (事项类型), such as 行政许可; titles of decisions contain it.
    pub matter: Text,
    /// The day on which the documents came in.
    pub received: Date,
    /// What the applicant enters to follow the case (查询码).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_code: Option<String>,
}

/// Where to ask and where to bring documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Hall, window, street address.
    pub place: Text,
    pub phone: String,
}

/// How anybody finds out whether the paper is real and still in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The whole address that the QR holds.
    pub address: String,
    /// What is entered by hand where nothing can scan.
    pub code: String,
}

/// A length of time, as law and item give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub count: u32,
    pub unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日
    WorkingDays,
    /// 日 (calendar days)
    Days,
    /// 个月
    Months,
}

impl Period {
    pub fn working_days(count: u32) -> Self {
        Period { count, unit: Unit::WorkingDays }
    }

    pub fn days(count: u32) -> Self {
        Period { count, unit: Unit::Days }
    }

    pub fn months(count: u32) -> Self {
        Period { count, unit: Unit::Months }
    }
}

/// What an addressee may do against the paper (救济途径). Authorities and periods are the caller's data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedies {
    /// 行政复议
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Remedy>,
    /// 行政诉讼
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub litigation: Option<Remedy>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    pub authority: Text,
    /// Counted from the day on which the paper is received.
    pub within: Period,
}

/// One document (材料) in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub name: Text,
    /// Original, copy, electronic, pulled from another department, replaced by a commitment.
    pub form: Text,
    pub copies: u32,
    #[serde(default)]
    pub remark: Text,
}

/// One document that a correction notice asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub document: Text,
    /// What is wrong and what is needed instead.
    pub reason: Text,
}

/// A document that may come later (容缺材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    pub document: Text,
    pub due: Date,
}

/// Which paper it is, with what only that paper says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Kind {
    /// 收件凭证
    Receipt {
        documents: Vec<Document>,
        /// By when the applicant hears whether the application is accepted.
        #[serde(default)]
        answer_within: Option<Period>,
        /// Silence until then is acceptance.
        silence_accepts: bool,
    },
    /// 补正告知书: once, and everything.
    Correction {
        requests: Vec<Request>,
        basis: Vec<Text>,
        #[serde(default)]
        due: Option<Date>,
        /// What follows if nothing comes by then; only where the item says so.
        #[serde(default)]
        otherwise: Text,
    },
    /// 受理通知书
    Acceptance {
        accepted: Date,
        /// The law's time for an answer had passed in silence.
        deemed: bool,
        basis: Vec<Text>,
        #[serde(default)]
        statutory: Option<Period>,
        #[serde(default)]
        promised: Option<Period>,
        due: Due,
        documents: Vec<Document>,
        deferred: Vec<Deferred>,
    },
    /// 不予受理通知书
    NonAcceptance { ground: Ground, reason: Text, basis: Vec<Text>, remedies: Remedies },
    /// 特别程序告知书
    SpecialProcedure {
        /// Hearing, inspection, expert review, …
        procedure: Text,
        basis: Vec<Text>,
        /// From this day the clock stops.
        from: Date,
        planned: Period,
        #[serde(default)]
        until: Option<Date>,
        used: Period,
        budget: Period,
    },
    /// 延期告知书
    Extension { reason: Text, basis: Vec<Text>, approved_by: Text, by: Period, former_due: Date, due: Due },
    /// 准予行政许可决定书
    Grant {
        decided: Date,
        basis: Vec<Text>,
        /// What is permitted, in the words of the decision.
        #[serde(default)]
        content: Text,
        certificates: Vec<Certificate>,
        conditions: Vec<Text>,
        #[serde(default)]
        deliver_within: Option<Period>,
        remedies: Remedies,
    },
    /// 不予行政许可决定书
    Refusal { decided: Date, reason: Text, basis: Vec<Text>, remedies: Remedies },
    /// 送达回证
    Delivery {
        papers: Vec<Delivered>,
        /// 直接送达, 邮寄送达, …
        method: Text,
        place: Text,
        /// Filled in by hand where it is not known yet.
        #[serde(default)]
        delivered: Option<Date>,
    },
    /// A case ends before its decision, or its decision is taken back.
    Ending {
        ending: Ending,
        on: Date,
        reason: Text,
        basis: Vec<Text>,
        /// What follows for the addressee, such as returning a certificate.
        consequences: Vec<Text>,
        remedies: Remedies,
    },
}

/// A due date. Provisional (暂定) while no arrangement of holidays is published for a day it crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub date: Date,
    pub provisional: bool,
}

/// Why an application is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Ground {
    /// No permission is needed: 不受理.
    NotRequired,
    /// Another authority is competent.
    NotCompetent { competent: Text },
    /// Another reason in law.
    Other,
}

/// A certificate or approval document (证照、批文) that comes with a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub name: Text,
    pub number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// None is without limit (长期).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// One paper handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    pub name: Text,
    pub number: String,
    pub copies: u32,
}

/// How a case ended other than by its decision being delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Ending {
    /// 撤回申请: at the applicant's own wish.
    Withdrawn,
    /// 视为撤回: what was asked for never came.
    Lapsed,
    /// 终止办理
    Terminated,
    /// 撤销: the decision with this number is taken back.
    Revoked { decision: String },
}
