//! Heads are signed, copied elsewhere and taken up again; history refuses to be changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hall_server::evidence::keys::Algorithm;
use hall_server::evidence::signer::{EvidenceError, When};
use hall_server::evidence::{Setup, Signer, copies};
use hall_server::metrics::Metrics;
use hall_server::store::{Engine, evidence, migrations};
use sqlx::{AssertSqlSafe, Row};

use crate::case_stories::opened;
use crate::support::Hall;
use crate::support::office::{HOUR, Office, grow_to, happen};

story! {
    async fn one_head_is_signed_a_period_however_many_servers_there_are(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        let (first, second) = (office.signer(hall), office.signer(hall));
        let other = hall.another_server().await;
        let third = office.signer_of(&other.store, hall);
        let sign = |signer: Signer| tokio::spawn(async move { signer.sign(When::Due).await.unwrap().is_some() });
        for hour in 1..=5 {
            happen(hall, &"x".repeat(hour), 1).await;
            let tasks = [sign(first.clone()), sign(second.clone()), sign(third.clone()), sign(first.clone())];
            let mut signed = 0;
            for task in tasks {
                signed += usize::from(task.await.unwrap());
            }
            assert_eq!(signed, 1, "hour {hour}");
            hall.clock.advance(HOUR - 1);
            assert_eq!(first.sign(When::Due).await.unwrap(), None);
            hall.clock.advance(1);
        }
        // A clock that was set back by years does not stop the heads.
        hall.clock.advance(-90_000 * HOUR);
        assert!(first.sign(When::Due).await.unwrap().is_some());
        assert!(first.sign(When::Due).await.unwrap().is_none());
        // Two servers that both catch up leave nothing that a reader stumbles over.
        first.copy().await.unwrap();
        third.copy().await.unwrap();
        let found = office.audit(hall).await;
        assert!(found.is_whole(), "{found:?}");
        assert_eq!((found.trail.heads, found.trail.copies), (6, 6));
        other.close().await;
    }
}

story! {
    async fn heads_that_could_not_be_copied_are_copied_later(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        let folder = office.folder.path().join("share");
        let setup = Setup { key: office.key.clone(), period: HOUR, heads_to: Some(folder.clone()) };
        let metrics = Arc::new(Metrics::default());
        let signer = Signer::new(hall.store.clone(), Arc::new(hall.clock.clone()), metrics.clone(), setup);
        signer.sign(When::Due).await.unwrap().unwrap();
        assert!(matches!(signer.copy().await, Err(EvidenceError::Copies(_))), "the share is not mounted");
        signer.finish().await;
        let text = metrics.text(&[], &[]);
        assert!(text.contains("hall_head_copy_failures_total 1\n"), "{text}");
        assert!(text.contains("hall_heads_not_copied 1\n") && text.contains("hall_heads_signed_total 1\n"), "{text}");
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(signer.copy().await.unwrap(), 1);
        // A write that was cut off.
        hall.clock.advance(HOUR);
        let second = signer.sign(When::Due).await.unwrap().unwrap();
        let file = folder.join("heads-2026-11-24.jsonl");
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str(&second.to_line()[..100]);
        std::fs::write(&file, text).unwrap();
        assert_eq!(copies::read(&folder).unwrap().len(), 1);
        assert_eq!(signer.copy().await.unwrap(), 1);
        assert_eq!(copies::read(&folder).unwrap().len(), 2);
        assert_eq!(signer.copy().await.unwrap(), 0);
        // Anything else that is no head is an error.
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen("\"turn\":0", "\"turn\":+", 1)).unwrap();
        let refused = copies::read(&folder).unwrap_err();
        assert!(refused.to_string().contains("heads-2026-11-24.jsonl, line 1"), "{refused}");
    }
}

story! {
    async fn a_tree_of_many_tiles_is_taken_up_again_where_the_last_head_left_it(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        let signer = office.signer(hall);
        // Written straight into the table, since a thousand tickets over HTTP take long.
        for until in [1000, 1024, 1025, 3500] {
            grow_to(hall, until).await;
            let head = signer.sign(When::Changed).await.unwrap().unwrap();
            assert_eq!(head.of_hall("district").unwrap().turn, until);
        }
        let tiles = evidence::tiles(&mut hall.store.reader().acquire().await.unwrap(), "district", 100).await.unwrap();
        assert_eq!(tiles.len(), 3);
        signer.copy().await.unwrap();
        let found = office.audit(hall).await;
        assert!(found.is_whole(), "{found:?}");
    }
}

story! {
    async fn the_database_refuses_to_change_any_table_of_history(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        grow_to(hall, 1024).await;
        office.signer(hall).sign(When::Due).await.unwrap().unwrap();
        // A lookup that is refused is history like one that is not.
        let (desk, case) = opened(hall).await;
        let lookups = format!("/api/v1/cases/{}/lookups", case["case_no"].as_str().unwrap());
        desk.person.post(&lookups, serde_json::json!({ "document": "none", "purpose": "" })).await;
        for row in [
            "calendars VALUES (1, 2027, '{}', 'a.json', 'digest', 0, 'operator:a')",
            "supervision_rules VALUES (1, '{}', 'a.json', 'digest', 0, 'operator:a')",
            "absences VALUES (1, 'liu', 'liu', '2026-12-01', '2026-12-02', '', 0, 'user:liu')",
            "absence_ends VALUES (1, 0, 'user:liu')",
            "lookup_answers SELECT id, 'found', '', '', 0, 0 FROM lookups",
        ] {
            let sql = format!("INSERT INTO {row}");
            sqlx::query(AssertSqlSafe(sql)).execute(hall.store.reader()).await.unwrap();
        }
        for table in migrations::HISTORY {
            let run = |sql: String| async move {
                sqlx::query(AssertSqlSafe(sql)).execute(hall.store.reader()).await.map(|done| done.rows_affected())
            };
            let column: String = match hall.store.engine() {
                Engine::Sqlite => sqlx::query(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"))),
                Engine::Postgres => sqlx::query(AssertSqlSafe(format!(
                    "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_name = '{table}'"
                ))),
            }
            .fetch_all(hall.store.reader()).await.unwrap()[0].get(0);
            let count = format!("SELECT COUNT(*) FROM {table}");
            let before: i64 = sqlx::query(AssertSqlSafe(count.clone()))
                .fetch_one(hall.store.reader()).await.unwrap().get(0);
            if before == 0 {
                continue;
            }
            let mut statements = vec![
                format!("UPDATE {table} SET {column} = {column}"),
                format!("DELETE FROM {table}"),
            ];
            match hall.store.engine() {
                Engine::Sqlite => statements.push(format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}")),
                Engine::Postgres => statements.push(format!("TRUNCATE {table} CASCADE")),
            }
            for statement in statements {
                let refused = run(statement.clone()).await;
                let refused = refused.expect_err(&statement).to_string();
                assert!(refused.contains("not changed") || refused.contains("not re"), "{statement}: {refused}");
            }
            let after: i64 =
                sqlx::query(AssertSqlSafe(count)).fetch_one(hall.store.reader()).await.unwrap().get(0);
            assert_eq!(after, before);
        }
    }
}

/// The tables with triggers, and what those refuse.
async fn guarded(hall: &Hall) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut guarded: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let rows = match hall.store.engine() {
        Engine::Sqlite => "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
        Engine::Postgres => {
            "SELECT CAST(pg_class.relname AS TEXT), CAST(pg_get_triggerdef(pg_trigger.oid) AS TEXT) FROM pg_trigger \
             JOIN pg_class ON pg_class.oid = pg_trigger.tgrelid WHERE NOT tgisinternal"
        }
    };
    for row in sqlx::query(rows).fetch_all(hall.store.reader()).await.unwrap() {
        let definition: String = row.get(1);
        let refused = ["UPDATE", "DELETE", "INSERT", "TRUNCATE"].into_iter().filter(|what| definition.contains(what));
        guarded.entry(row.get(0)).or_default().extend(refused);
    }
    guarded
}

story! {
    async fn every_table_of_history_and_no_other_is_guarded_in_every_way(hall: &Hall) {
        let wanted = match hall.store.engine() {
            Engine::Sqlite => BTreeSet::from(["UPDATE", "DELETE", "INSERT"]),
            Engine::Postgres => BTreeSet::from(["UPDATE", "DELETE", "TRUNCATE"]),
        };
        let listed = migrations::HISTORY.iter().map(|table| ((*table).to_owned(), wanted.clone())).collect();
        assert_eq!(guarded(hall).await, listed);
    }
}
