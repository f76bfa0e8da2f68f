//! From a notice to its paper: the wording of each kind, in both languages.

mod course;
mod intake;
mod outcome;

use protocol::catalogue::Text;

use crate::error::NoticeError;
use crate::notice::{CaseFacts, Kind, Notice, Remedies};
use crate::paper::{Block, Closing, Fact, Paper, Scan};
use crate::qr::Modules;
use crate::words;

pub(crate) fn paper(notice: &Notice) -> Result<Paper, NoticeError> {
    needs(&notice.department.zh, "发文机关", "department")?;
    needs(&notice.number, "文号", "number of the paper")?;
    needs(&notice.addressee.name, "当事人姓名或名称", "addressee's name")?;
    needs(&notice.case.number, "办件编号", "case number")?;
    needs(&notice.case.item.zh, "事项名称", "name of the item")?;
    let body = body(notice)?;
    let verification = match &notice.verification {
        None => None,
        Some(verification) => Some(Scan {
            qr: Modules::of(&verification.address)?,
            text: Text::new(
                "核验方法：扫描二维码，或者打开网址并输入验证码，即可核对本文书是否真实、是否仍然有效。",
                "To verify that this paper is real and still in force, scan the QR, or open the address and enter the code.",
            ),
            address: Text::new(format!("验证码：{}　网址：{}", verification.code, verification.address), ""),
        }),
    };
    Ok(Paper {
        department: notice.department.clone(),
        title: body.title,
        number: notice.number.clone(),
        date: [notice.issued.year(), notice.issued.month().into(), notice.issued.day().into()],
        addressee: Text::new(format!("{}：", notice.addressee.name), ""),
        blocks: body.blocks,
        closing: Closing { department: notice.department.clone(), date: words::date(notice.issued) },
        verification,
        contact: contact(notice),
        sample: notice.sample,
        english: notice.english,
    })
}

fn contact(notice: &Notice) -> Text {
    let mut zh = Vec::new();
    let mut en = "";
    if let Some(contact) = &notice.contact {
        zh.push(format!("地址：{}", contact.place.zh));
        zh.push(format!("电话：{}", contact.phone));
        en = &contact.place.en;
    }
    if let Some(handler) = &notice.handler {
        zh.push(format!("经办人：{handler}"));
    }
    Text::new(zh.join("　"), en)
}

/// Title and text, which differ by kind.
struct Body {
    title: Text,
    blocks: Vec<Block>,
}

fn body(notice: &Notice) -> Result<Body, NoticeError> {
    match &notice.kind {
        Kind::Receipt { documents, answer_within, silence_accepts } => {
            intake::receipt(notice, documents, *answer_within, *silence_accepts)
        }
        Kind::Correction { requests, basis, due, otherwise } => {
            intake::correction(notice, requests, basis, *due, otherwise)
        }
        Kind::Acceptance { accepted, deemed, basis, statutory, promised, due, documents, deferred } => {
            let clock = intake::AcceptedClock {
                accepted: *accepted,
                deemed: *deemed,
                statutory: *statutory,
                promised: *promised,
                due: *due,
            };
            Ok(intake::acceptance(notice, basis, &clock, documents, deferred))
        }
        Kind::NonAcceptance { ground, reason, basis, remedies } => {
            intake::non_acceptance(notice, ground, reason, basis, remedies)
        }
        Kind::SpecialProcedure { procedure, basis, from, planned, until, used, budget } => {
            let pause = course::Pause { from: *from, planned: *planned, until: *until, used: *used, budget: *budget };
            course::special_procedure(notice, procedure, basis, &pause)
        }
        Kind::Extension { reason, basis, approved_by, by, former_due, due } => {
            course::extension(notice, reason, basis, approved_by, *by, *former_due, *due)
        }
        Kind::Grant { decided, basis, content, certificates, conditions, deliver_within, remedies } => {
            let terms = outcome::Terms { content, certificates, conditions, deliver_within: *deliver_within };
            Ok(outcome::grant(notice, *decided, basis, &terms, remedies))
        }
        Kind::Refusal { decided, reason, basis, remedies } => {
            outcome::refusal(notice, *decided, reason, basis, remedies)
        }
        Kind::Delivery { papers, method, place, delivered } => {
            outcome::delivery(notice, papers, method, place, *delivered)
        }
        Kind::Ending { ending, on, reason, basis, consequences, remedies } => {
            outcome::ending(notice, ending, *on, reason, basis, consequences, remedies)
        }
    }
}

fn needs(text: &str, zh: &str, en: &str) -> Result<(), NoticeError> {
    if text.trim().is_empty() {
        return Err(NoticeError::Incomplete { missing: Text::new(zh, en) });
    }
    Ok(())
}

fn fact(zh: &str, en: &str, value: Text) -> Fact {
    Fact::new(Text::new(zh, en), value)
}

/// A value that is the same in every language.
fn same(value: &str) -> Text {
    Text::new(value, "")
}

/// What every paper says of the case and of the people behind it.
fn case_facts(notice: &Notice) -> Vec<Fact> {
    let CaseFacts { received, query_code, .. } = &notice.case;
    let mut facts = who_and_what(notice);
    facts.push(fact("收件日期", "Received on", words::date(*received)));
    if let Some(code) = query_code {
        facts.push(fact("查询码", "Query code", same(code)));
    }
    facts
}

fn who_and_what(notice: &Notice) -> Vec<Fact> {
    let CaseFacts { number, item, .. } = &notice.case;
    let addressee = &notice.addressee;
    let name = match &addressee.identity {
        Some(identity) => format!("{}（{identity}）", addressee.name),
        None => addressee.name.clone(),
    };
    let mut facts = vec![
        fact("办件编号", "Case number", same(number)),
        fact("事项名称", "Item", item.clone()),
        fact("申请人", "Applicant", same(&name)),
    ];
    if let Some(agent) = &addressee.agent {
        facts.push(fact("代理人", "Agent", same(agent)));
    }
    facts
}

fn reason_block(reason: &Text) -> Result<Block, NoticeError> {
    needs(&reason.zh, "理由", "reason")?;
    Ok(Block::reason(reason))
}

/// What may be done against this paper; nothing where the caller names no way.
fn remedy_block(remedies: &Remedies, paper: &Text) -> Option<Block> {
    let mut zh = Vec::new();
    let mut en = Vec::new();
    if let Some(review) = &remedies.review {
        let within = words::period(review.within);
        zh.push(format!("自收到本{}之日起{}内向{}申请行政复议", paper.zh, within.zh, review.authority.zh));
        en.push(format!(
            "apply to {} for administrative review within {} of receiving it",
            review.authority.pick(true),
            within.en
        ));
    }
    if let Some(litigation) = &remedies.litigation {
        let within = words::period(litigation.within);
        zh.push(format!("自收到本{}之日起{}内向{}提起行政诉讼", paper.zh, within.zh, litigation.authority.zh));
        en.push(format!(
            "bring an action before {} within {} of receiving it",
            litigation.authority.pick(true),
            within.en
        ));
    }
    if zh.is_empty() {
        return None;
    }
    Some(Block::paragraph(
        format!("如对本{}不服，可以{}。", paper.zh, zh.join("，也可以")),
        format!("Whoever disagrees with this {} may {}.", paper.en, en.join(", or ")),
    ))
}
