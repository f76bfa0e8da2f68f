//! The papers of the window: receipt, correction, acceptance, non-acceptance.

use jiff::civil::Date;
use protocol::catalogue::Text;

use super::{Body, case_facts, fact, needs, reason_block, remedy_block};
use crate::error::NoticeError;
use crate::notice::{Deferred, Document, Due, Ground, Notice, Period, Remedies, Request};
use crate::paper::{Block, Column};
use crate::words;

pub(super) fn receipt(
    notice: &Notice,
    documents: &[Document],
    answer_within: Option<Period>,
    silence_accepts: bool,
) -> Result<Body, NoticeError> {
    if documents.is_empty() {
        return Err(NoticeError::Incomplete { missing: Text::new("收到的材料", "documents received") });
    }
    let copies: u32 = documents.iter().map(|document| document.copies).sum();
    let date = words::date(notice.case.received);
    let mut blocks = vec![
        Block::paragraph(
            format!(
                "{}收到你（单位）提交的“{}”申请材料，共{}项、{copies}份，清单如下：",
                date.zh,
                notice.case.item.zh,
                documents.len()
            ),
            format!(
                "On {} we received your application for {}: {} in {}, listed below.",
                date.en,
                notice.case.item.pick(true),
                words::counted(count(documents.len()), "document", "documents"),
                words::counted(copies, "copy", "copies")
            ),
        ),
        Block::Facts { facts: case_facts(notice) },
        document_table(documents),
    ];
    if let Some(within) = answer_within.map(words::period) {
        let (zh, en) = if silence_accepts {
            (
                "；逾期不告知的，自收到申请材料之日起即为受理",
                " If you hear nothing by then, the application counts as accepted from the day the documents came in.",
            )
        } else {
            ("", "")
        };
        blocks.push(Block::paragraph(
            format!("自收到申请材料之日起{}内，将告知你（单位）是否受理{zh}。", within.zh),
            format!("You will be told within {} of that day whether the application is accepted.{en}", within.en),
        ));
    }
    blocks.push(Block::paragraph(
        "本凭证只证明收到上述材料，不表示申请已经受理。请妥善保管，凭本凭证查询办理进度、领取结果。",
        "This receipt says only that the documents came in, not that the application is accepted. Keep it: it serves to \
         follow the case and to collect the result.",
    ));
    Ok(Body { title: Text::new("收件凭证", "Receipt"), blocks })
}

pub(super) fn correction(
    notice: &Notice,
    requests: &[Request],
    basis: &[Text],
    due: Option<Date>,
    otherwise: &Text,
) -> Result<Body, NoticeError> {
    if requests.is_empty() {
        return Err(NoticeError::Incomplete {
            missing: Text::new("需要补正的材料", "documents to be corrected")
        });
    }
    for request in requests {
        needs(&request.document.zh, "材料名称", "name of a document")?;
        needs(&request.reason.zh, "补正理由", "reason for asking")?;
    }
    let date = words::date(notice.case.received);
    let under = words::under(basis);
    let mut blocks = vec![
        Block::paragraph(
            format!(
                "你（单位）于{}提交的“{}”申请材料不齐全或者不符合法定形式。{}现一次性告知需要补正的全部内容，共{}项。",
                date.zh,
                notice.case.item.zh,
                under.zh,
                requests.len()
            ),
            format!(
                "The documents you handed in on {} for {} are incomplete or not in the required form. {} listed below, \
                 once and in full: {}.",
                date.en,
                notice.case.item.pick(true),
                words::capital(&format!("{}everything that must be corrected is", under.en)),
                words::counted(count(requests.len()), "document", "documents")
            ),
        ),
        Block::Facts { facts: case_facts(notice) },
        Block::Table {
            columns: vec![
                Column::narrow("序号", "No."),
                Column::wide("材料名称", "Document", 4),
                Column::wide("需要补正的内容和理由", "What is needed and why", 5),
            ],
            rows: requests
                .iter()
                .enumerate()
                .map(|(index, request)| vec![ordinal(index), request.document.clone(), request.reason.clone()])
                .collect(),
        },
    ];
    if let Some(due) = due.map(words::date) {
        let more = if otherwise.zh.is_empty() {
            "。".to_owned()
        } else {
            format!("；逾期未补正的，{}。", otherwise.zh)
        };
        let more_en =
            if otherwise.zh.is_empty() { ".".to_owned() } else { format!("; otherwise: {}.", otherwise.pick(true)) };
        blocks.push(Block::paragraph(
            format!("请于{}前补正{more}", due.zh),
            format!("Please hand in what is needed by {}{more_en}", due.en),
        ));
    }
    blocks.push(Block::paragraph(
        "按照本告知书补正全部材料的，依法予以受理。除补交的材料本身仍不符合要求外，不再要求补正其他内容。",
        "Once everything in this notice is handed in, the application will be accepted. Nothing else will be asked for, \
         unless what is handed in is itself not in order.",
    ));
    Ok(Body { title: Text::new("补正告知书", "Notice of Correction"), blocks })
}

/// When an accepted case began and when it must end.
pub(super) struct AcceptedClock {
    pub(super) accepted: Date,
    pub(super) deemed: bool,
    pub(super) statutory: Option<Period>,
    pub(super) promised: Option<Period>,
    pub(super) due: Due,
}

pub(super) fn acceptance(
    notice: &Notice,
    basis: &[Text],
    clock: &AcceptedClock,
    documents: &[Document],
    deferred: &[Deferred],
) -> Body {
    let date = words::date(notice.case.received);
    let accepted = words::date(clock.accepted);
    let under = words::under(basis);
    let item = &notice.case.item;
    let opening = if clock.deemed {
        Block::paragraph(
            format!(
                "你（单位）于{}提出“{}”申请，我单位未在规定期限内告知是否受理。{}该申请自{}起即为受理。",
                date.zh, item.zh, under.zh, accepted.zh
            ),
            format!(
                "You applied for {} on {} and were not told in time whether the application is accepted. {} accepted as \
                 from {}.",
                item.pick(true),
                date.en,
                words::capital(&format!("{}it counts as", under.en)),
                accepted.en
            ),
        )
    } else {
        Block::paragraph(
            format!(
                "你（单位）于{}提出的“{}”申请，经审查，属于本机关职权范围，申请符合受理条件。{}决定自{}起予以受理。",
                date.zh, item.zh, under.zh, accepted.zh
            ),
            format!(
                "Your application for {} of {} lies within this department's powers and meets the conditions. {} accepted \
                 as from {}.",
                item.pick(true),
                date.en,
                words::capital(&format!("{}it is", under.en)),
                accepted.en
            ),
        )
    };
    let mut facts = case_facts(notice);
    facts.push(fact("受理日期", "Accepted on", accepted));
    if let Some(statutory) = clock.statutory {
        facts.push(fact("法定办结时限", "Time limit by law", words::period(statutory)));
    }
    if let Some(promised) = clock.promised {
        facts.push(fact("承诺办结时限", "Promised time limit", words::period(promised)));
    }
    facts.push(fact("办结期限", "Due by", words::due(clock.due)));
    let mut blocks = vec![opening, Block::Facts { facts }];
    if clock.due.provisional {
        blocks.push(Block::paragraph(
            "办结期限跨越尚未公布放假安排的年度，暂按现有日历推算，以公布后的安排为准。",
            "The due date crosses a year whose public holidays are not published yet; it will follow the published \
             arrangement.",
        ));
    }
    if !documents.is_empty() {
        blocks.push(Block::paragraph("已收取的材料：", "Documents received:"));
        blocks.push(document_table(documents));
    }
    if !deferred.is_empty() {
        blocks.push(Block::paragraph(
            "以下材料容缺受理，请在期限前补交：",
            "The following documents may come later, by the day given:",
        ));
        blocks.push(Block::Table {
            columns: vec![
                Column::narrow("序号", "No."),
                Column::wide("材料名称", "Document", 1),
                Column::narrow("补交期限", "Due by"),
            ],
            rows: deferred
                .iter()
                .enumerate()
                .map(|(index, one)| vec![ordinal(index), one.document.clone(), words::date(one.due)])
                .collect(),
        });
    }
    blocks.push(Block::paragraph(
        "依法需要听证、检验、检测、鉴定、专家评审等特别程序的，所需时间不计入上述时限，并将另行书面告知。",
        "Time needed for hearings, inspections, tests, appraisals or expert reviews does not count; you will be told in \
         writing.",
    ));
    Body { title: Text::new("受理通知书", "Notice of Acceptance"), blocks }
}

pub(super) fn non_acceptance(
    notice: &Notice,
    ground: &Ground,
    reason: &Text,
    basis: &[Text],
    remedies: &Remedies,
) -> Result<Body, NoticeError> {
    let date = words::date(notice.case.received);
    let under = words::under(basis);
    let title = match ground {
        Ground::NotRequired => Text::new("不受理通知书", "Notice that No Acceptance Is Needed"),
        Ground::NotCompetent { .. } | Ground::Other => Text::new("不予受理通知书", "Notice of Non-acceptance"),
    };
    let (why, why_en, decision) = match ground {
        Ground::NotRequired => ("所申请的事项依法不需要办理", "what you apply for needs no approval", "不受理"),
        Ground::NotCompetent { .. } => {
            ("所申请的事项依法不属于本机关职权范围", "the matter lies outside this department's powers", "不予受理")
        }
        Ground::Other => ("申请依法不予受理", "the application cannot be accepted by law", "不予受理"),
    };
    let opening = Block::paragraph(
        format!(
            "你（单位）于{}提出的“{}”申请，经审查，{why}。{}决定{decision}。",
            date.zh, notice.case.item.zh, under.zh
        ),
        format!(
            "Your application for {} of {} has been examined: {why_en}. {} not accepted.",
            notice.case.item.pick(true),
            date.en,
            words::capital(&format!("{}it is", under.en))
        ),
    );
    let mut blocks = vec![opening, Block::Facts { facts: case_facts(notice) }];
    blocks.push(reason_block(reason)?);
    if let Ground::NotCompetent { competent } = ground {
        needs(&competent.zh, "有权机关", "competent authority")?;
        blocks.push(Block::paragraph(
            format!("请向{}申请。", competent.zh),
            format!("Please apply to {}.", competent.pick(true)),
        ));
    }
    blocks.extend(remedy_block(remedies, &Text::new("通知书", "notice")));
    Ok(Body { title, blocks })
}

fn document_table(documents: &[Document]) -> Block {
    Block::Table {
        columns: vec![
            Column::narrow("序号", "No."),
            Column::wide("材料名称", "Document", 5),
            Column::narrow("形式", "Form"),
            Column::narrow("份数", "Copies"),
            Column::wide("备注", "Remark", 3),
        ],
        rows: documents
            .iter()
            .enumerate()
            .map(|(index, document)| {
                vec![
                    ordinal(index),
                    document.name.clone(),
                    document.form.clone(),
                    Text::new(document.copies.to_string(), ""),
                    document.remark.clone(),
                ]
            })
            .collect(),
    }
}

fn ordinal(index: usize) -> Text {
    Text::new((index + 1).to_string(), "")
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
