//! The themes (主题) that lists name in words. A list may name others: they are taken as they are.

use protocol::catalogue::{Text, Theme};

/// Code, Chinese name, English name, in the order in which kiosks show them.
const USUAL: &[(&str, &str, &str)] = &[
    ("start-business", "开办企业", "Starting a business"),
    ("permits", "经营许可", "Business permits"),
    ("birth", "出生", "Birth"),
    ("education", "教育", "Education"),
    ("employment", "就业", "Employment"),
    ("social-insurance", "社保", "Social insurance"),
    ("medical", "医疗", "Medical care"),
    ("marriage", "婚育", "Marriage and family"),
    ("housing", "住房", "Housing"),
    ("residence", "户籍居住", "Residence"),
    ("exit-entry", "出入境", "Exit and entry"),
    ("transport", "交通", "Transport"),
    ("elderly", "养老", "Old age"),
    ("disability", "助残", "Disability support"),
    ("relief", "救助", "Social assistance"),
    ("veterans", "退役军人", "Veterans"),
    ("tax", "税务", "Tax"),
    ("construction", "工程建设", "Construction"),
    ("environment", "生态环保", "Environment"),
    ("culture-sport", "文体旅游", "Culture, sport and tourism"),
    ("legal", "法律服务", "Legal services"),
    ("death", "殡葬", "Funeral services"),
];

/// The theme of that name or code. A name that is not among the usual ones makes a theme whose code is the name.
pub fn named(name_or_code: &str) -> Theme {
    match USUAL.iter().find(|(code, zh, en)| [*code, *zh, *en].contains(&name_or_code)) {
        Some((code, zh, en)) => Theme { code: (*code).to_owned(), name: Text::new(*zh, *en) },
        None => Theme { code: name_or_code.to_owned(), name: Text::new(name_or_code, "") },
    }
}

/// Where the theme stands among the others; those that are not usual come last.
pub fn place(code: &str) -> usize {
    USUAL.iter().position(|(known, _, _)| *known == code).unwrap_or(USUAL.len())
}
