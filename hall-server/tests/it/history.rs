//! History is never changed; and if somebody changes it all the same, `verify` names the first bad row.

use hall_server::commands::verify::{Fault, walk};
use hall_server::store::{Engine, Store, transfer};
use sqlx::{AssertSqlSafe, Row};

use crate::support::database::with_empty;
use crate::support::{Hall, Kind};

async fn some_events(hall: &Hall) {
    let kiosk = hall.kiosk().await;
    let desk = hall.desk("liu", 8).await;
    desk.act("open").await.ok();
    for n in 0..5 {
        kiosk.ticket(&format!("1380013800{n}")).await;
    }
    desk.act("call-next").await.ok();
    assert_eq!(walk(&hall.store, "district").await.unwrap().fault, None);
}

/// What somebody with the database's password could do: switch the triggers off.
async fn tamper(hall: &Hall, statements: &[&str]) {
    let mut tx = hall.store.begin_write().await.unwrap();
    let off = match hall.store.engine() {
        Engine::Sqlite => "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed",
        Engine::Postgres => "ALTER TABLE events DISABLE TRIGGER ALL",
    };
    sqlx::raw_sql(off).execute(&mut *tx).await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe((*statement).to_owned())).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

story! {
    async fn the_database_refuses_to_change_or_remove_events(hall: &Hall) {
        some_events(hall).await;
        for statement in ["UPDATE events SET actor = 'nobody'", "DELETE FROM events"] {
            let refused = sqlx::query(statement).execute(hall.store.reader()).await.unwrap_err();
            assert!(refused.to_string().contains("history"), "{refused}");
        }
    }
}

story! {
    async fn a_changed_row_is_found(hall: &Hall) {
        some_events(hall).await;
        tamper(hall, &["UPDATE events SET at = at + 1 WHERE hall = 'district' AND turn = 3"]).await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, Some(Fault::Changed { turn: 3 }));
    }
}

story! {
    async fn a_removed_row_is_found(hall: &Hall) {
        some_events(hall).await;
        tamper(hall, &["DELETE FROM events WHERE hall = 'district' AND turn = 4"]).await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, Some(Fault::Missing { turn: 4 }));
    }
}

story! {
    async fn a_removed_end_is_found(hall: &Hall) {
        some_events(hall).await;
        tamper(hall, &["DELETE FROM events WHERE hall = 'district' AND turn = 7"]).await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, Some(Fault::End { expected: 7, found: 6 }));
    }
}

story! {
    async fn two_rows_that_changed_places_are_found(hall: &Hall) {
        some_events(hall).await;
        tamper(hall, &[
            "UPDATE events SET turn = -1 WHERE hall = 'district' AND turn = 2",
            "UPDATE events SET turn = 2 WHERE hall = 'district' AND turn = 3",
            "UPDATE events SET turn = 3 WHERE hall = 'district' AND turn = -1",
        ])
        .await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, Some(Fault::Changed { turn: 2 }));
    }
}

story! {
    async fn a_chain_written_anew_from_its_middle_is_found_at_the_seam(hall: &Hall) {
        some_events(hall).await;
        // An event forged with a fitting hash of its own: the next one no longer follows it.
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let mut event =
            hall_server::store::events::after(&mut connection, "district", 3, 1).await.unwrap().remove(0);
        drop(connection);
        event.draft.actor = "user:forger".to_owned();
        let hash = hall_server::engine::chain::hash("district", &event.draft, &event.prev_hash);
        let forged = format!(
            "UPDATE events SET actor = 'user:forger', hash = '{hash}' WHERE hall = 'district' AND turn = 4"
        );
        tamper(hall, &[&forged]).await;
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, Some(Fault::Unlinked { turn: 5 }));
    }
}

story! {
    async fn history_holds_no_personal_data(hall: &Hall) {
        some_events(hall).await;
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let events = hall_server::store::events::after(&mut connection, "district", 0, 100).await.unwrap();
        assert_eq!(events.len(), 7);
        assert!(events.iter().all(|event| !format!("{event:?}").contains("1380013800")));
    }
}

/// Copies a hall with some history into an empty database of the given kind, and looks at the copy.
async fn moves_into(hall: &Hall, kind: Kind) {
    some_events(hall).await;
    with_empty(kind, async |address| {
        let target = Store::connect(address).await.unwrap();
        target.migrate().await.unwrap();
        assert!(transfer::is_empty(&target).await.unwrap());
        let copied = transfer::copy(&hall.store, &target).await.unwrap();
        assert!(copied.contains(&("halls", 11)) && copied.contains(&("tickets", 5)), "{copied:?}");
        assert_eq!(walk(&target, "district").await.unwrap(), walk(&hall.store, "district").await.unwrap());
        assert!(!transfer::is_empty(&target).await.unwrap());
        target.close().await;
    })
    .await;
}

story! {
    async fn a_hall_moves_to_sqlite_with_its_history(hall: &Hall) {
        moves_into(hall, Kind::Sqlite).await;
    }
}

story! {
    async fn a_hall_moves_to_postgresql_with_its_history(hall: &Hall) {
        moves_into(hall, Kind::Postgres).await;
    }
}

#[tokio::test]
async fn no_table_is_forgotten_when_a_database_moves() {
    with_empty(Kind::Sqlite, async |address| {
        let store = Store::connect(address).await.unwrap();
        store.migrate().await.unwrap();
        let rows = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migrations'")
            .fetch_all(store.reader())
            .await
            .unwrap();
        let mut there: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let mut listed: Vec<String> = transfer::TABLES.iter().map(|t| (*t).to_owned()).collect();
        there.sort();
        listed.sort();
        assert_eq!(there, listed);
        store.close().await;
    })
    .await;
}
