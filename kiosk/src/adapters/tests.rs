//! The window after a visit: nothing of the person is left in any property or model.

use std::sync::Arc;
use std::time::Duration;

use hardware::Language;
use jiff::civil::date;
use protocol::case::{CaseState, Progress, ProgressStep, StepState};
use protocol::catalogue::Text;
use protocol::queue::CardKind;
use slint::{ComponentHandle, Model};

use crate::clock::Moment;
use crate::devices::{DeviceNews, ReadCard};
use crate::server::ServerNews;
use crate::shelf::{FrontPage, Shelf};
use crate::taking::{TicketNews, TicketPaper};
use crate::ui::{Browse, Guide, Identify, MainWindow, ProgressView, Screen, Search, Shell, TicketView};
use crate::visit::{Event, Kiosk, News, Settings, Touch, sample};

struct Screens {
    window: MainWindow,
    kiosk: Kiosk,
}

const NOW: Moment =
    Moment { running: Duration::ZERO, civil: date(2026, 11, 24).at(9, 30, 0, 0), epoch: 1_795_483_800_000 };

impl Screens {
    fn open() -> Self {
        i_slint_backend_testing::init_no_event_loop();
        let settings = Settings {
            language: Language::Zh,
            idle: Duration::from_secs(60),
            has_printer: true,
            has_reader: true,
            has_scanner: true,
        };
        let kiosk = Kiosk::new(settings, FrontPage::default(), NOW);
        let mut screens = Screens { window: MainWindow::new().unwrap(), kiosk };
        screens.event(Event::News(Box::new(News::Server(ServerNews::Catalogue(Arc::new(Shelf::new(
            sample::catalogue(),
        )))))));
        screens
    }

    fn event(&mut self, event: Event) {
        self.kiosk.handle(event, NOW);
        super::show(&self.window, &self.kiosk);
    }

    fn touch(&mut self, touch: Touch) {
        self.event(Event::Touch(touch));
    }

    fn news(&mut self, news: News) {
        self.event(Event::News(Box::new(news)));
    }

    /// Every text and row that the screens hold apart from the first page, in a line each.
    fn contents(&self) -> Vec<String> {
        let window = &self.window;
        let (browse, search) = (window.global::<Browse>(), window.global::<Search>());
        let (guide, identify) = (window.global::<Guide>(), window.global::<Identify>());
        let (ticket, progress) = (window.global::<TicketView>(), window.global::<ProgressView>());
        let mut held: Vec<String> = [
            browse.get_group_name(),
            search.get_characters(),
            search.get_letters(),
            guide.get_name(),
            guide.get_department(),
            guide.get_windows(),
            guide.get_hours(),
            guide.get_conditions(),
            guide.get_result(),
            identify.get_service(),
            identify.get_digits(),
            ticket.get_service(),
            ticket.get_number(),
            ticket.get_windows(),
            ticket.get_refusal_detail(),
        ]
        .into_iter()
        .map(String::from)
        .filter(|text| !text.is_empty())
        .collect();
        held.extend(browse.get_groups().iter().map(|row| format!("{row:?}")));
        held.extend(browse.get_services().iter().map(|row| format!("{row:?}")));
        held.extend(search.get_results().iter().map(|row| format!("{row:?}")));
        held.extend(search.get_candidates().iter().map(String::from));
        held.extend(guide.get_documents().iter().map(|row| format!("{row:?}")));
        held.extend(guide.get_fees().iter().map(|row| format!("{row:?}")));
        held.extend(guide.get_week().iter().map(|row| format!("{row:?}")));
        held.extend(progress.get_cases().iter().map(|row| format!("{row:?}")));
        held.extend(progress.get_steps().iter().map(|row| format!("{row:?}")));
        if progress.get_case() != Default::default() {
            held.push(format!("{:?}", progress.get_case()));
        }
        if ticket.get_qr().size().width > 0 {
            held.push("a QR code".to_owned());
        }
        if ticket.get_take_card() {
            held.push("a card".to_owned());
        }
        held
    }
}

#[test]
fn each_screen_is_empty_again_when_the_visit_is_over() {
    let mut screens = Screens::open();
    let card = ReadCard {
        name: "李明".into(),
        id_number: "11010519491231002X".into(),
        kind: CardKind::Resident,
        valid_until: None,
    };
    let mut visits: Vec<(&str, Vec<Event>)> = Vec::new();
    let touches = |touches: &[Touch]| touches.iter().cloned().map(Event::Touch).collect::<Vec<_>>();
    visits.push(("services", touches(&[Touch::Themes, Touch::Group("business".into())])));
    visits.push(("search", touches(&[Touch::Search, Touch::Candidate("食".into()), Touch::Letter('p')])));
    visits.push(("guide", touches(&[Touch::Item("food".into())])));
    let mut phone = touches(&[Touch::Item("birth".into()), Touch::TakeTicket, Touch::ByPhone]);
    phone.extend("13800138000".chars().map(|digit| Event::Touch(Touch::Digit(digit))));
    visits.push(("phone", phone));
    for (screen, events) in visits {
        for event in events {
            screens.event(event);
        }
        assert_ne!(screens.contents(), Vec::<String>::new(), "{screen} shows nothing");
        screens.touch(Touch::Home);
        assert_eq!(screens.contents(), Vec::<String>::new(), "{screen} left something behind");
    }

    // A ticket by card, with everything on it.
    screens.touch(Touch::Item("food".into()));
    screens.touch(Touch::TakeTicket);
    screens.news(News::Device(DeviceNews::Card(card)));
    let ticket = Box::new(sample::ticket("A007", 3));
    screens.news(News::Ticket(TicketNews::Taken {
        visit: screens.kiosk.visit.number,
        ticket,
        paper: TicketPaper::Printed,
    }));
    assert!(screens.contents().contains(&"a QR code".to_owned()));
    assert!(screens.contents().contains(&"a card".to_owned()));
    screens.touch(Touch::Finish);
    assert_eq!(screens.contents(), Vec::<String>::new());

    // Somebody's cases.
    screens.news(News::Device(DeviceNews::Scanned("http://h/c/AbC".into())));
    let case = Progress {
        case_no: "2026-0001".into(),
        item_name: Text::new("食品经营许可", ""),
        department_name: Text::new("市场监管局", ""),
        state: CaseState::InReview,
        text: Text::new("正在审查", ""),
        received_at: NOW.epoch,
        due_on: None,
        missing: vec![Text::new("户口簿", "")],
        steps: vec![ProgressStep { name: Text::new("收件", ""), state: StepState::Done, at: Some(NOW.epoch) }],
    };
    screens.news(News::Progress { visit: screens.kiosk.visit.number, answer: Ok(vec![case]) });
    assert!(screens.contents().iter().any(|row| row.contains("2026-0001")));
    screens.touch(Touch::Home);
    assert_eq!(screens.contents(), Vec::<String>::new());
    let shell = screens.window.global::<Shell>();
    assert_eq!((shell.get_screen(), shell.get_english(), shell.get_large()), (Screen::Idle, false, false));
}

#[test]
fn the_hall_is_named_in_the_language_of_the_visit() {
    let mut screens = Screens::open();
    let name = |screens: &Screens| screens.window.global::<Shell>().get_hall_name().to_string();
    assert_eq!(name(&screens), "福田区行政服务大厅");
    screens.touch(Touch::SwitchLanguage);
    assert_eq!(name(&screens), "Futian District Service Hall");
}
