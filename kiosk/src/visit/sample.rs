//! A small hall for tests.

use protocol::catalogue::{
    Catalogue, Department, Fee, Hall, HallKind, IdentityRule, Item, ItemType, Line, Offer, Opening, RequiredDocument,
    Text, Theme,
};
use protocol::queue::{Ticket, TicketState, Wait};

fn item(code: &str, zh: &str, en: &str, identity: IdentityRule) -> Item {
    Item {
        code: code.to_owned(),
        version: 1,
        name: Text::new(zh, en),
        department: "market".to_owned(),
        item_type: ItemType::Permit,
        themes: vec!["business".to_owned()],
        identity,
        statutory_days: 20,
        promised_days: 8,
        usual_minutes: 10,
        sample: true,
        ..Item::default()
    }
}

fn document(key: &str, zh: &str, en: &str, mandatory: bool, copies: u8) -> RequiredDocument {
    RequiredDocument {
        key: key.to_owned(),
        name: Text::new(zh, en),
        mandatory,
        originals: 1,
        copies,
        ..RequiredDocument::default()
    }
}

/// Three services: anybody's, one by card or phone, one by card only; and one that is closed.
pub(crate) fn catalogue() -> Catalogue {
    let mut food = item("food", "食品经营许可", "Food business licence", IdentityRule::Optional);
    food.documents = vec![
        document("d1", "申请表", "Application form", true, 0),
        document("d2", "营业执照", "Business licence", false, 2),
    ];
    food.fees = vec![Fee { name: Text::new("工本费", "Licence fee"), amount: 1250, ..Fee::default() }];
    let offer = |item: &str, common, open| Offer {
        item: item.to_owned(),
        line: "A".to_owned(),
        open,
        windows: vec![3, 4],
        common,
    };
    Catalogue {
        revision: "r1".to_owned(),
        hall: Hall {
            code: "district".to_owned(),
            name: Text::new("福田区行政服务大厅", "Futian District Service Hall"),
            kind: HallKind::District,
            address: Text::default(),
            phone: String::new(),
            hours: vec![
                Opening { weekdays: vec![1, 2, 3, 4, 5], from: "09:00".to_owned(), to: "12:00".to_owned() },
                Opening { weekdays: vec![1, 2, 3, 4, 5], from: "14:00".to_owned(), to: "18:00".to_owned() },
            ],
            one_ticket_per_person: false,
        },
        departments: vec![Department {
            code: "market".to_owned(), name: Text::new("市场监管局", "Market regulation")
        }],
        themes: vec![Theme { code: "business".to_owned(), name: Text::new("开办企业", "Starting a business") }],
        lines: vec![Line { letter: "A".to_owned(), name: Text::new("综合", "General") }],
        items: vec![
            food,
            item("birth", "出生登记", "", IdentityRule::CardOrPhone),
            item("house", "公房租赁", "Public housing", IdentityRule::Card),
            item("shut", "停办事项", "", IdentityRule::Optional),
        ],
        offers: vec![offer("food", 1, true), offer("birth", 2, true), offer("house", 0, true), offer("shut", 3, false)],
    }
}

/// A waiting ticket for the food licence, taken on 2026-11-24 at 09:30.
pub(crate) fn ticket(number: &str, ahead: i64) -> Ticket {
    Ticket {
        id: 7,
        hall: "district".to_owned(),
        day: "2026-11-24".to_owned(),
        number: number.to_owned(),
        line: "A".to_owned(),
        item: "food".to_owned(),
        item_version: 1,
        item_name: Text::new("食品经营许可", "Food business licence"),
        state: TicketState::Waiting,
        taken_at: 1_795_483_800_000,
        window: None,
        called_at: None,
        calls: 0,
        ahead,
        wait: Wait { from_minutes: Some(6), to_minutes: Some(12) },
        follow_code: "AbCdEfGhIjKlMnOpQrStUv".to_owned(),
        follow_url: "http://127.0.0.1:8080/t/AbCdEfGhIjKlMnOpQrStUv".to_owned(),
    }
}
