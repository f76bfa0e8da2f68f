//! The working-day calendar: loaded by an operator, followed by every running server.

use domain::calendar::{Arrangement, Calendar, DaysOff, Notice};
use hall_server::calendar::load::{self, LoadError};
use hall_server::commands::verify::walk;
use hall_server::store::{calendars, events};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::case_stories::accepted;
use crate::support::{Hall, TUESDAY_TEN, until};

fn year_2027() -> Arrangement {
    Arrangement {
        year: 2027,
        notice: Notice { number: "国办发明电〔2026〕1号".to_owned(), date: date(2026, 11, 3) },
        off: vec![DaysOff { name: "元旦".to_owned(), from: date(2027, 1, 1), to: date(2027, 1, 3) }],
        makeup: vec![date(2026, 12, 27)],
    }
}

/// 2026 with one more day off: Monday 30 November.
fn year_2026_corrected() -> Arrangement {
    let mut year = Calendar::published().arrangement(2026).unwrap().clone();
    year.off.push(DaysOff { name: String::new(), from: date(2026, 11, 30), to: date(2026, 11, 30) });
    year
}

async fn put(hall: &Hall, arrangement: Arrangement) -> Result<load::Loaded, LoadError> {
    load::put(&hall.store, arrangement, "notice.toml".to_owned(), "operator:chen", TUESDAY_TEN).await
}

async fn due(hall: &Hall, from: &str, days: u32) -> Value {
    hall.get(&format!("/api/v1/calendar/due?from={from}&days={days}")).await.ok()
}

/// Asks until the server has the version: running servers look once a second.
async fn has_version(hall: &Hall, version: i64) {
    until(async || due(hall, "2026-11-24", 1).await["calendar_version"] == version).await;
}

story! {
    async fn a_year_is_loaded_and_due_dates_stop_being_provisional(hall: &Hall) {
        assert_eq!(due(hall, "2026-12-24", 8).await, json!({ "due_on": "2027-01-05", "provisional": true, "calendar_version": 0 }));
        let unpublished = hall.get("/api/v1/calendar/2027").await.ok();
        assert_eq!(unpublished, json!({ "year": 2027, "published": false, "version": 0, "off": [], "makeup": [], "working_days": 261 }));

        let loaded = put(hall, year_2027()).await.unwrap();
        assert_eq!((loaded.version, loaded.changed), (1, true));
        has_version(hall, 1).await;
        assert_eq!(due(hall, "2026-12-24", 8).await, json!({ "due_on": "2027-01-05", "provisional": false, "calendar_version": 1 }));
        let year = hall.get("/api/v1/calendar/2027").await.ok();
        assert_eq!(year["off"], json!([{ "name": "元旦", "from": "2027-01-01", "to": "2027-01-03" }]));
        assert_eq!((&year["published"], &year["working_days"]), (&json!(true), &json!(260)));
        assert_eq!(year["notice"], json!({ "number": "国办发明电〔2026〕1号", "date": "2026-11-03" }));
        let natural = hall.get("/api/v1/calendar/due?from=2026-12-24&days=8&natural=true").await.ok();
        assert_eq!(natural["due_on"], "2027-01-04");

        let again = put(hall, year_2027()).await.unwrap();
        assert_eq!((again.version, again.changed), (1, false), "what is in force already is no new version");
    }
}

story! {
    async fn loading_a_year_is_an_event_in_every_halls_chain(hall: &Hall) {
        put(hall, year_2027()).await.unwrap();
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let row = calendars::of_year(&mut connection, 2027).await.unwrap().unwrap();
        for code in ["district", "meilin"] {
            let event = events::after(&mut connection, code, 0, 10).await.unwrap().pop().unwrap();
            assert_eq!((event.draft.kind.as_str(), event.draft.actor.as_str()), ("calendar-changed", "operator:chen"));
            assert_eq!(event.draft.subject, "calendar:2027");
            let body: Value = serde_json::from_str(&event.draft.body).unwrap();
            assert_eq!(body, json!({
                "kind": "calendar-changed", "year": 2027, "version": 1, "digest": row.digest,
                "notice": "国办发明电〔2026〕1号", "by": "operator:chen",
            }));
            drop(connection);
            assert_eq!(walk(&hall.store, code).await.unwrap().fault, None);
            connection = hall.store.reader().acquire().await.unwrap();
        }
        drop(connection);
        // The hall goes on behind the event that was written beside it.
        hall.kiosk().await.ticket("13800138000").await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, None);
    }
}

story! {
    async fn a_calendar_edit_moves_the_due_dates_of_open_cases(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        let path = format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap());
        let before = case["due_on"].as_str().unwrap().to_owned();
        assert!(before.as_str() > "2026-11-30", "{before} must lie after the new day off");
        let loaded = put(hall, year_2026_corrected()).await.unwrap();
        assert_eq!(loaded.moved, 1);
        has_version(hall, 1).await;
        let after = desk.person.get(&path).await.ok()["due_on"].as_str().unwrap().to_owned();
        let expected = Calendar::published().due(before.parse().unwrap(), 1).date.to_string();
        assert_eq!(after, expected, "one working day later");
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let row = hall_server::store::cases::one(&mut connection, case["case_no"].as_str().unwrap()).await.unwrap().unwrap();
        assert_eq!(row.due_on, Some(after), "lists sort by it");
    }
}

story! {
    /// Without waiting for the server to look: taking the hall's turn shows it that there is something new.
    async fn what_is_written_after_a_loading_is_reckoned_by_it(hall: &Hall) {
        put(hall, year_2026_corrected()).await.unwrap();
        let (_desk, case) = accepted(hall).await;
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let row = hall_server::store::cases::one(&mut connection, case["case_no"].as_str().unwrap()).await.unwrap().unwrap();
        let calendar = Calendar::published().with(year_2026_corrected()).unwrap();
        assert_eq!(row.due_on, row.case.due(&calendar).map(|due| due.date.to_string()));
        assert_ne!(row.due_on, row.case.due(&Calendar::published()).map(|due| due.date.to_string()));
    }
}

story! {
    async fn a_wrong_arrangement_changes_nothing(hall: &Hall) {
        let mut wrong = year_2027();
        wrong.makeup.push(date(2027, 3, 1));
        let refused = put(hall, wrong).await.unwrap_err();
        assert_eq!(refused.to_string(), "nothing was stored:\n2027-03-01 is a Monday: only a weekend day can be a make-up workday");
        let mut connection = hall.store.reader().acquire().await.unwrap();
        assert_eq!(calendars::version(&mut connection).await.unwrap(), 0);
        assert_eq!(events::after(&mut connection, "district", 0, 10).await.unwrap(), []);
        drop(connection);
        assert_eq!(due(hall, "2026-12-24", 8).await["provisional"], true);
        assert_eq!(hall.get("/api/v1/calendar/soon").await.code(), "invalid-field");
        assert_eq!(hall.get("/api/v1/calendar/due?from=soon&days=1").await.code(), "invalid-field");
        assert_eq!(hall.get("/api/v1/calendar/due?from=2026-11-24&days=36501").await.code(), "invalid-field");
    }
}

story! {
    async fn versions_are_never_changed_or_removed(hall: &Hall) {
        put(hall, year_2027()).await.unwrap();
        let mut corrected = year_2027();
        corrected.makeup.clear();
        assert_eq!(put(hall, corrected.clone()).await.unwrap().version, 2);
        let mut connection = hall.store.reader().acquire().await.unwrap();
        assert_eq!(calendars::of_year(&mut connection, 2027).await.unwrap().unwrap().arrangement, corrected);
        for statement in ["UPDATE calendars SET year = 2028", "DELETE FROM calendars"] {
            let refused = sqlx::query(statement).execute(&mut *connection).await.unwrap_err();
            assert!(refused.to_string().contains("versions of the calendar are not"), "{refused}");
        }
    }
}

story! {
    async fn two_servers_agree_on_a_loaded_year(hall: &Hall) {
        let other = hall.another_server().await;
        put(hall, year_2027()).await.unwrap();
        has_version(hall, 1).await;
        has_version(&other, 1).await;
        for days in [1, 8, 40] {
            assert_eq!(due(hall, "2026-12-20", days).await, due(&other, "2026-12-20", days).await);
        }
        // One that starts afterwards has it from its first answer on.
        let late = hall.another_server().await;
        assert_eq!(due(&late, "2026-12-20", 8).await["calendar_version"], 1);
        late.close().await;
        other.close().await;
    }
}
