//! Signed heads: what the database's owner could change is found by what lies elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use hall_server::commands::verify::{Fault, Found, verify};
use hall_server::engine::chain;
use hall_server::evidence::head::{HeadError, SignedHead};
use hall_server::evidence::keys::{Algorithm, Key, PublicKey};
use hall_server::evidence::signer::{EvidenceError, When};
use hall_server::evidence::trail::TrailFault;
use hall_server::evidence::{Setup, Signer, copies};
use hall_server::metrics::Metrics;
use hall_server::store::{Engine, Store, events, evidence, migrations};
use sqlx::{AssertSqlSafe, Row};

use crate::support::Hall;

const HOUR: i64 = 3_600_000;

/// The server's key, its public half as others have it, and a folder elsewhere.
struct Office {
    key: Arc<Key>,
    folder: tempfile::TempDir,
}

impl Office {
    fn new(algorithm: Algorithm) -> Self {
        Office { key: Arc::new(Key::generate(algorithm).unwrap()), folder: tempfile::tempdir().unwrap() }
    }

    fn signer(&self, hall: &Hall) -> Signer {
        self.signer_of(&hall.store, hall)
    }

    fn signer_of(&self, store: &Store, hall: &Hall) -> Signer {
        let setup = Setup { key: self.key.clone(), period: HOUR, heads_to: Some(self.folder.path().to_owned()) };
        Signer::new(store.clone(), Arc::new(hall.clock.clone()), Arc::new(Metrics::default()), setup)
    }

    fn copies(&self) -> BTreeMap<i64, SignedHead> {
        copies::read(self.folder.path()).unwrap()
    }

    fn public(&self) -> Vec<PublicKey> {
        vec![self.key.public().clone()]
    }

    /// What somebody finds who has the copies and the public key.
    async fn audit(&self, hall: &Hall) -> Found {
        verify(&hall.store, &self.copies(), &self.public()).await.unwrap()
    }
}

async fn happen(hall: &Hall, name: &str, tickets: usize) {
    let kiosk = hall.kiosk().await;
    for n in 0..tickets {
        let phone = format!("138{:04}{n:04}", name.len());
        kiosk.ticket(&phone).await;
    }
}

/// Seven events of which three heads speak: after 3, after 5 and after 7; all copied.
async fn signed_history(hall: &Hall, office: &Office) -> Signer {
    let signer = office.signer(hall);
    for (name, tickets) in [("a", 3), ("bb", 2), ("ccc", 2)] {
        happen(hall, name, tickets).await;
        signer.sign(When::Changed).await.unwrap().unwrap();
        hall.clock.advance(HOUR);
    }
    assert_eq!(signer.copy().await.unwrap(), 3);
    let found = office.audit(hall).await;
    assert!(found.is_whole(), "{found:?}");
    assert_eq!((found.trail.heads, found.trail.copies, found.trail.checked), (3, 3, 3));
    signer
}

fn fault(found: &Found, hall: &str) -> Option<Fault> {
    found.walks.iter().find(|walk| walk.hall == hall).unwrap().fault.clone()
}

/// What somebody with the database's password could do: switch the triggers off.
async fn tamper(hall: &Hall, statements: &[String]) {
    let mut tx = hall.store.begin_write().await.unwrap();
    let off = match hall.store.engine() {
        Engine::Sqlite => {
            "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed; \
             DROP TRIGGER signed_heads_are_not_changed; DROP TRIGGER signed_heads_are_not_removed; \
             DROP TRIGGER chain_tiles_are_not_removed"
        }
        Engine::Postgres => {
            "ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE signed_heads DISABLE TRIGGER ALL; \
             ALTER TABLE chain_tiles DISABLE TRIGGER ALL"
        }
    };
    sqlx::raw_sql(off).execute(&mut *tx).await.unwrap();
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement.clone())).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The whole chain of the district hall from a turn on, written anew with fitting hashes, as if somebody else had done
/// it; the hall's row fits too.
async fn forged_from(hall: &Hall, turn: i64) -> Vec<String> {
    let mut connection = hall.store.reader().acquire().await.unwrap();
    let history = events::after(&mut connection, "district", 0, 1000).await.unwrap();
    let mut head = String::new();
    let mut statements = Vec::new();
    for event in history {
        let mut draft = event.draft;
        if draft.turn >= turn {
            draft.actor = "device:forged".to_owned();
        }
        let sealed = chain::seal("district", draft, &head);
        statements.push(format!(
            "UPDATE events SET actor = '{}', prev_hash = '{}', hash = '{}' WHERE hall = 'district' AND turn = {}",
            sealed.draft.actor, sealed.prev_hash, sealed.hash, sealed.draft.turn
        ));
        head = sealed.hash;
    }
    statements.push(format!("UPDATE halls SET chain_head = '{head}' WHERE code = 'district'"));
    statements
}

/// A cut at a turn, with the hall's row made to fit.
async fn cut_at(hall: &Hall, turn: i64) -> Vec<String> {
    let mut connection = hall.store.reader().acquire().await.unwrap();
    let last = events::links(&mut connection, "district", turn - 1, 1).await.unwrap().remove(0);
    vec![
        format!("DELETE FROM events WHERE hall = 'district' AND turn > {turn}"),
        format!("UPDATE halls SET turn = {turn}, chain_head = '{}' WHERE code = 'district'", last.hash),
    ]
}

story! {
    async fn a_chain_written_anew_as_a_whole_is_found_by_the_heads(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        let signer = signed_history(hall, &office).await;
        tamper(hall, &forged_from(hall, 4).await).await;
        let alone = hall_server::commands::verify::walk(&hall.store, "district").await.unwrap();
        assert_eq!(alone.fault, None, "the chain by itself holds together");
        let found = office.audit(hall).await;
        assert_eq!(fault(&found, "district"), Some(Fault::Rewritten { turn: 5, head: 2, after: 3 }));
        assert_eq!(found.trail.fault, None);
        // No head is ever put over what was forged.
        happen(hall, "dddd", 1).await;
        let refused = signer.sign(When::Changed).await.unwrap_err();
        assert!(matches!(&refused, EvidenceError::Rewritten { head: 3, .. }), "{refused:?}");
    }
}

story! {
    async fn an_end_cut_off_below_a_head_is_found(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        signed_history(hall, &office).await;
        tamper(hall, &cut_at(hall, 6).await).await;
        assert_eq!(hall_server::commands::verify::walk(&hall.store, "district").await.unwrap().fault, None);
        let found = office.audit(hall).await;
        assert_eq!(fault(&found, "district"), Some(Fault::CutOff { last: 6, turn: 7, head: 3 }));
    }
}

story! {
    async fn an_end_cut_off_with_the_heads_that_speak_of_it_is_found_by_the_copies(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        signed_history(hall, &office).await;
        let mut statements = cut_at(hall, 5).await;
        statements.push("DELETE FROM signed_heads WHERE sequence = 3".to_owned());
        tamper(hall, &statements).await;
        let without_copies = verify(&hall.store, &BTreeMap::new(), &office.public()).await.unwrap();
        assert!(without_copies.is_whole(), "what only the database knew is gone with it");
        let found = office.audit(hall).await;
        assert_eq!(found.trail.fault, Some(TrailFault::Removed { sequence: 3 }));
        assert_eq!(fault(&found, "district"), Some(Fault::CutOff { last: 5, turn: 7, head: 3 }));
    }
}

story! {
    async fn a_removed_hall_is_found(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        signed_history(hall, &office).await;
        let kiosk = hall.kiosk_in("xiangmihu").await;
        kiosk.ticket("13900139000").await;
        let signer = office.signer(hall);
        signer.sign(When::Changed).await.unwrap().unwrap();
        signer.copy().await.unwrap();
        // With everything that hangs on it.
        let tables = [
            "offers", "hall_windows", "hall_lines", "events", "tickets", "line_days", "window_states", "devices",
        ];
        let mut statements: Vec<String> =
            tables.iter().map(|table| format!("DELETE FROM {table} WHERE hall = 'xiangmihu'")).collect();
        statements.push("DELETE FROM halls WHERE code = 'xiangmihu'".to_owned());
        tamper(hall, &statements).await;
        let found = office.audit(hall).await;
        let gone = TrailFault::HallGone { sequence: 4, hall: "xiangmihu".to_owned(), turn: 1 };
        assert_eq!(found.trail.fault, Some(gone));
        assert!(matches!(signer.sign(When::Due).await, Ok(None)), "not yet due");
        hall.clock.advance(HOUR);
        let refused = signer.sign(When::Due).await.unwrap_err();
        assert!(matches!(&refused, EvidenceError::HallGone { head: 4, .. }), "{refused:?}");
    }
}

story! {
    async fn a_removed_a_changed_and_a_replaced_head_are_each_named(hall: &Hall) {
        let office = Office::new(Algorithm::Sm2);
        let signer = signed_history(hall, &office).await;
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let rows = evidence::after(&mut connection, 0, 10).await.unwrap();
        drop(connection);
        let second = SignedHead::from_row(&rows[1]).unwrap();
        let put_back = |signed: &SignedHead| {
            let row = signed.row();
            format!(
                "UPDATE signed_heads SET at = {}, text = '{}', hash = '{}', algorithm = '{}', key = '{}', \
                 signature = '{}' WHERE sequence = 2",
                row.at, row.text, row.hash, row.algorithm, row.key, row.signature
            )
        };

        // Changed without the key, with everything that can be made to fit.
        let mut head = second.head.clone();
        head.halls[0].turn += 1;
        let changed = SignedHead { text: serde_json_canonicalizer_of(&head), head, ..second.clone() };
        tamper(hall, &[put_back(&changed)]).await;
        let found = verify(&hall.store, &BTreeMap::new(), &office.public()).await.unwrap();
        assert_eq!(
            found.trail.fault,
            Some(TrailFault::Head { sequence: 2, source: HeadError::Signature })
        );
        assert_eq!(office.audit(hall).await.trail.fault, Some(TrailFault::Replaced { sequence: 2 }));

        // Changed so that its columns no longer fit.
        let untriggered = |sql: String| async move {
            sqlx::query(AssertSqlSafe(sql)).execute(hall.store.reader()).await.unwrap();
        };
        untriggered(put_back(&second)).await;
        assert!(office.audit(hall).await.is_whole());
        untriggered("UPDATE signed_heads SET at = at + 1 WHERE sequence = 2".to_owned()).await;
        let source = HeadError::Columns;
        assert_eq!(office.audit(hall).await.trail.fault, Some(TrailFault::Head { sequence: 2, source }));

        // Signed anew by somebody who has the key: only what is kept elsewhere tells.
        untriggered(put_back(&SignedHead::sign(changed.head.clone(), &office.key).unwrap())).await;
        assert_eq!(office.audit(hall).await.trail.fault, Some(TrailFault::Replaced { sequence: 2 }));
        let unlinked = verify(&hall.store, &BTreeMap::new(), &office.public()).await.unwrap();
        assert_eq!(unlinked.trail.fault, Some(TrailFault::Unlinked { sequence: 3 }));

        // Signed by somebody else's key.
        let other = Key::generate(Algorithm::Sm2).unwrap();
        let mut head = second.head.clone();
        head.key = other.public().fingerprint.clone();
        untriggered(put_back(&SignedHead::sign(head.clone(), &other).unwrap())).await;
        let found = verify(&hall.store, &BTreeMap::new(), &office.public()).await.unwrap();
        let source = HeadError::UnknownKey(head.key);
        assert_eq!(found.trail.fault, Some(TrailFault::Head { sequence: 2, source }));

        // Removed.
        untriggered("DELETE FROM signed_heads WHERE sequence = 2".to_owned()).await;
        let found = verify(&hall.store, &BTreeMap::new(), &office.public()).await.unwrap();
        assert_eq!(found.trail.fault, Some(TrailFault::Missing { sequence: 2 }));
        assert_eq!(office.audit(hall).await.trail.fault, Some(TrailFault::Removed { sequence: 2 }));
        drop(signer);
    }
}

fn serde_json_canonicalizer_of(head: &hall_server::evidence::head::Head) -> String {
    // Any key will do: only the text is wanted.
    SignedHead::sign(head.clone(), &Key::generate(Algorithm::Ed25519).unwrap()).unwrap().text
}

story! {
    async fn a_single_row_changed_removed_or_moved_is_still_named_first(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        signed_history(hall, &office).await;
        tamper(hall, &["UPDATE events SET at = at + 1 WHERE hall = 'district' AND turn = 2".to_owned()]).await;
        assert_eq!(fault(&office.audit(hall).await, "district"), Some(Fault::Changed { turn: 2 }));
        let run = |sql: &'static str| async move {
            sqlx::query(sql).execute(hall.store.reader()).await.unwrap();
        };
        run("UPDATE events SET at = at - 1 WHERE hall = 'district' AND turn = 2").await;
        run("UPDATE events SET turn = -1 WHERE hall = 'district' AND turn = 2").await;
        assert_eq!(fault(&office.audit(hall).await, "district"), Some(Fault::Missing { turn: 2 }));
        run("UPDATE events SET turn = 2 WHERE hall = 'district' AND turn = 3").await;
        run("UPDATE events SET turn = 3 WHERE hall = 'district' AND turn = -1").await;
        assert_eq!(fault(&office.audit(hall).await, "district"), Some(Fault::Changed { turn: 2 }));
        run("UPDATE events SET turn = -1 WHERE hall = 'district' AND turn = 2").await;
        run("UPDATE events SET turn = 2 WHERE hall = 'district' AND turn = 3").await;
        run("UPDATE events SET turn = 3 WHERE hall = 'district' AND turn = -1").await;
        run("DELETE FROM events WHERE hall = 'district' AND turn = 6").await;
        assert_eq!(fault(&office.audit(hall).await, "district"), Some(Fault::Missing { turn: 6 }));
    }
}

story! {
    async fn a_case_s_row_changed_without_an_event_is_found(hall: &Hall) {
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        let ticket = hall.kiosk().await.ticket("13800138000").await;
        desk.act("call-next").await.ok();
        let applicant = serde_json::json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000" });
        let open = serde_json::json!({ "ticket": ticket["id"], "applicant": applicant });
        let case = desk.person.post("/api/v1/cases", open).await.ok();
        assert!(verify(&hall.store, &BTreeMap::new(), &[]).await.unwrap().is_whole());
        sqlx::query("UPDATE cases SET state = 'delivered', changed_at = changed_at + 1")
            .execute(hall.store.reader()).await.unwrap();
        let found = verify(&hall.store, &BTreeMap::new(), &[]).await.unwrap();
        assert_eq!(found.case.as_deref(), case["case_no"].as_str());
        assert!(!found.is_whole());
    }
}

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
        // Two servers that both catch up leave nothing that a reader stumbles over.
        first.copy().await.unwrap();
        third.copy().await.unwrap();
        let found = office.audit(hall).await;
        assert!(found.is_whole(), "{found:?}");
        assert_eq!((found.trail.heads, found.trail.copies), (5, 5));
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
    async fn an_older_database_put_back_is_not_signed_over_the_copies(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        let signer = signed_history(hall, &office).await;
        let mut statements = cut_at(hall, 5).await;
        statements.push("DELETE FROM signed_heads WHERE sequence = 3".to_owned());
        tamper(hall, &statements).await;
        let again = office.signer(hall);
        assert!(matches!(again.copy().await, Err(EvidenceError::CopiesAhead { copied: 3, last: 2, .. })));
        drop(signer);
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

/// Lets the district hall's chain grow to a turn.
async fn grow_to(hall: &Hall, turn: i64) {
    let mut tx = hall.store.begin_write().await.unwrap();
    let there = hall_server::store::queue::turn(&mut tx, "district").await.unwrap().unwrap();
    let mut head = there.chain_head;
    let mut new = Vec::new();
    for turn in there.last + 1..=turn {
        let draft = chain::Draft {
            turn,
            at: turn,
            kind: "window-paused".into(),
            actor: "user:li".into(),
            on_behalf: String::new(),
            subject: "window:1".into(),
            body: r#"{"kind":"window-paused","window":1}"#.into(),
        };
        let sealed = chain::seal("district", draft, &head);
        head.clone_from(&sealed.hash);
        new.push(sealed);
    }
    events::add(&mut tx, &new).await.unwrap();
    hall_server::store::queue::give_turn(&mut tx, "district", turn, &head).await.unwrap();
    tx.commit().await.unwrap();
}

story! {
    async fn the_database_refuses_to_change_any_table_of_history(hall: &Hall) {
        let office = Office::new(Algorithm::Ed25519);
        grow_to(hall, 1024).await;
        office.signer(hall).sign(When::Due).await.unwrap().unwrap();
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
            assert!(before > 0, "{table} must hold something for this to be seen");
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
