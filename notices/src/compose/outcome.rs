//! The papers at the end: decisions, delivery, and the other ways in which a case ends.

use jiff::civil::Date;
use protocol::catalogue::Text;

use super::{Body, case_facts, fact, needs, reason_block, remedy_block, same, who_and_what};
use crate::error::NoticeError;
use crate::notice::{Certificate, Delivered, Ending, Notice, Period, Remedies};
use crate::paper::{Block, Column, Field};
use crate::words;

/// What is granted, and how.
pub(super) struct Terms<'a> {
    pub(super) content: &'a Text,
    pub(super) certificates: &'a [Certificate],
    pub(super) conditions: &'a [Text],
    pub(super) deliver_within: Option<Period>,
}

pub(super) fn grant(notice: &Notice, decided: Date, basis: &[Text], terms: &Terms<'_>, remedies: &Remedies) -> Body {
    let (received, decided, under) = (words::date(notice.case.received), words::date(decided), words::under(basis));
    let matter = &notice.case.matter;
    let mut blocks = vec![Block::paragraph(
        format!(
            "你（单位）于{}提出的“{}”申请，经审查，符合法定条件、标准。{}决定准予{}。",
            received.zh, notice.case.item.zh, under.zh, matter.zh
        ),
        format!(
            "Your application for {} of {} has been examined and meets the conditions in law. {} granted.",
            notice.case.item.pick(true),
            received.en,
            words::capital(&format!("{}it is", under.en))
        ),
    )];
    let mut facts = case_facts(notice);
    facts.push(fact("决定日期", "Decided on", decided));
    if !terms.content.zh.is_empty() {
        facts.push(fact("准予内容", "What is granted", terms.content.clone()));
    }
    for certificate in terms.certificates {
        facts.push(fact("证照名称", "Certificate", certificate.name.clone()));
        facts.push(fact("证照编号", "Certificate number", same(&certificate.number)));
        facts.push(fact("有效期", "Valid", validity(certificate)));
    }
    blocks.push(Block::Facts { facts });
    if !terms.conditions.is_empty() {
        blocks.push(Block::paragraph("请遵守下列要求：", "The following must be kept to:"));
        for (index, condition) in terms.conditions.iter().enumerate() {
            let number = index + 1;
            let en = if condition.en.is_empty() { String::new() } else { format!("({number}) {}", condition.en) };
            blocks.push(Block::Statement {
                label: Text::default(),
                text: Text::new(format!("（{number}）{}", condition.zh), en),
            });
        }
    }
    if let Some(within) = terms.deliver_within.map(words::period) {
        blocks.push(Block::paragraph(
            format!("自作出本决定之日起{}内，向你（单位）颁发、送达有关证照或者批准文件。", within.zh),
            format!("The certificate or approval is handed over within {} of this decision.", within.en),
        ));
    }
    blocks.extend(remedy_block(remedies, &Text::new("决定书", "decision")));
    Body { title: decision_title("准予", "Decision to Grant", matter), blocks }
}

pub(super) fn refusal(
    notice: &Notice,
    decided: Date,
    reason: &Text,
    basis: &[Text],
    remedies: &Remedies,
) -> Result<Body, NoticeError> {
    let (received, decided, under) = (words::date(notice.case.received), words::date(decided), words::under(basis));
    let matter = &notice.case.matter;
    let Some(remedy) = remedy_block(remedies, &Text::new("决定书", "decision")) else {
        return Err(NoticeError::Incomplete { missing: Text::new("救济途径", "remedies") });
    };
    let mut blocks = vec![Block::paragraph(
        format!(
            "你（单位）于{}提出的“{}”申请，经审查，不符合法定条件、标准。{}决定不予{}。",
            received.zh, notice.case.item.zh, under.zh, matter.zh
        ),
        format!(
            "Your application for {} of {} has been examined and does not meet the conditions in law. {} refused.",
            notice.case.item.pick(true),
            received.en,
            words::capital(&format!("{}it is", under.en))
        ),
    )];
    let mut facts = case_facts(notice);
    facts.push(fact("决定日期", "Decided on", decided));
    blocks.push(Block::Facts { facts });
    blocks.push(reason_block(reason)?);
    blocks.push(remedy);
    Ok(Body { title: decision_title("不予", "Decision to Refuse", matter), blocks })
}

pub(super) fn delivery(
    notice: &Notice,
    papers: &[Delivered],
    method: &Text,
    place: &Text,
    delivered: Option<Date>,
) -> Result<Body, NoticeError> {
    if papers.is_empty() {
        return Err(NoticeError::Incomplete { missing: Text::new("送达的文书", "papers delivered") });
    }
    let mut facts = who_and_what(notice);
    facts.push(fact("送达方式", "How delivered", method.clone()));
    facts.push(fact("送达地点", "Where delivered", place.clone()));
    if let Some(delivered) = delivered {
        facts.push(fact("送达日期", "Delivered on", words::date(delivered)));
    }
    let blocks = vec![
        Block::paragraph("现将下列文书送达你（单位），请签收。", "The following papers are handed over; please sign."),
        Block::Facts { facts },
        Block::Table {
            columns: vec![
                Column::narrow("序号", "No."),
                Column::wide("文书、证照名称", "Paper", 4),
                Column::wide("编号", "Number", 3),
                Column::narrow("份数", "Copies"),
            ],
            rows: papers
                .iter()
                .enumerate()
                .map(|(index, paper)| {
                    vec![
                        same(&(index + 1).to_string()),
                        paper.name.clone(),
                        same(&paper.number),
                        same(&paper.copies.to_string()),
                    ]
                })
                .collect(),
        },
        Block::Fields {
            fields: vec![
                Field {
                    label: Text::new("受送达人签名或者盖章", "Recipient's signature or seal"), dated: true
                },
                Field {
                    label: Text::new("代收人签名及与受送达人的关系", "Signed for by, and relation to the recipient"),
                    dated: true,
                },
                Field { label: Text::new("送达人签名", "Signature of who delivers"), dated: true },
                Field { label: Text::new("备注", "Remarks"), dated: false },
            ],
        },
    ];
    Ok(Body { title: Text::new("送达回证", "Receipt of Delivery"), blocks })
}

pub(super) fn ending(
    notice: &Notice,
    ending: &Ending,
    on: Date,
    reason: &Text,
    basis: &[Text],
    consequences: &[Text],
    remedies: &Remedies,
) -> Result<Body, NoticeError> {
    let (received, on, under) = (words::date(notice.case.received), words::date(on), words::under(basis));
    let (item, matter) = (&notice.case.item, &notice.case.matter);
    let (title, name, zh, en) = match ending {
        Ending::Withdrawn => (
            Text::new("撤回申请通知书", "Notice of Withdrawal"),
            Text::new("通知书", "notice"),
            format!("同意撤回，自{}起停止办理", on.zh),
            format!("its withdrawal is confirmed and work on it stops as from {}", on.en),
        ),
        Ending::Lapsed => (
            Text::new("视为撤回申请通知书", "Notice of Deemed Withdrawal"),
            Text::new("通知书", "notice"),
            format!("自{}起视为撤回申请", on.zh),
            format!("it counts as withdrawn as from {}", on.en),
        ),
        Ending::Terminated => (
            Text::new("终止办理通知书", "Notice of Termination"),
            Text::new("通知书", "notice"),
            format!("决定自{}起终止办理", on.zh),
            format!("it is terminated as from {}", on.en),
        ),
        Ending::Revoked { decision } => {
            needs(decision, "被撤销决定的文号", "number of the decision that is revoked")?;
            (
                decision_title("撤销", "Decision to Revoke", matter),
                Text::new("决定书", "decision"),
                format!("决定自{}起撤销{decision}{}决定", on.zh, matter.zh),
                format!("the decision {decision} is revoked as from {}", on.en),
            )
        }
    };
    let mut blocks = vec![Block::paragraph(
        format!("你（单位）于{}提出的“{}”申请，{}{zh}。", received.zh, item.zh, under.zh),
        format!("Concerning your application for {} of {}: {}{en}.", item.pick(true), received.en, under.en),
    )];
    blocks.push(Block::Facts { facts: case_facts(notice) });
    blocks.push(reason_block(reason)?);
    blocks.extend(consequences.iter().map(|text| Block::Paragraph { text: text.clone() }));
    blocks.extend(remedy_block(remedies, &name));
    Ok(Body { title, blocks })
}

fn decision_title(zh: &str, en: &str, matter: &Text) -> Text {
    let matter_en = if matter.en.is_empty() { String::new() } else { format!(" {}", matter.en) };
    Text::new(format!("{zh}{}决定书", matter.zh), format!("{en}{matter_en}"))
}

fn validity(certificate: &Certificate) -> Text {
    let until = certificate.until.map_or_else(|| Text::new("长期", "without limit"), words::date);
    match certificate.from.map(words::date) {
        Some(from) => Text::new(format!("{}至{}", from.zh, until.zh), format!("{} to {}", from.en, until.en)),
        None => until,
    }
}
