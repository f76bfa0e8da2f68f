//! Signed heads: what the database's owner could change is found by what lies elsewhere.

use std::collections::BTreeMap;

use hall_server::commands::verify::{Fault, Found, verify};
use hall_server::engine::chain;
use hall_server::evidence::head::{HeadError, SignedHead};
use hall_server::evidence::keys::{Algorithm, Key};
use hall_server::evidence::signer::{EvidenceError, When};
use hall_server::evidence::trail::TrailFault;
use hall_server::store::{Engine, events, evidence};
use sqlx::AssertSqlSafe;

use crate::support::Hall;
use crate::support::office::{HOUR, Office, happen, signed_history};

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
        let (_desk, case) = crate::case_stories::accepted(hall).await;
        assert!(verify(&hall.store, &BTreeMap::new(), &[]).await.unwrap().is_whole());
        sqlx::query("UPDATE cases SET state = 'delivered', changed_at = changed_at + 1")
            .execute(hall.store.reader()).await.unwrap();
        let found = verify(&hall.store, &BTreeMap::new(), &[]).await.unwrap();
        assert_eq!(found.case.as_deref(), case["case_no"].as_str());
        assert!(!found.is_whole());
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
