//! Signing in and out; devices shut out.

use hall_server::identity::secrets;
use hall_server::store::identity;
use protocol::staff::{Role, User};
use reqwest::Method;
use serde_json::json;

use crate::support::Hall;

async fn with_password(hall: &Hall) {
    let user = User {
        username: "liu".to_owned(),
        name: "刘怡君".to_owned(),
        roles: vec![Role::Clerk],
        hall: Some("district".to_owned()),
        department: None,
    };
    let hash = secrets::hash_password("correct horse").unwrap();
    let mut tx = hall.store.begin_write().await.unwrap();
    assert!(identity::add_user(&mut tx, &user, &hash).await.unwrap());
    assert!(!identity::add_user(&mut tx, &user, &hash).await.unwrap(), "a name is given once");
    tx.commit().await.unwrap();
}

async fn sign_in(hall: &Hall, password: &str) -> crate::support::Reply {
    let body = json!({ "username": "liu", "password": password });
    hall.reply(hall.request(Method::POST, "/api/v1/sessions").json(&body)).await
}

story! {
    async fn a_session_lasts_from_signing_in_to_signing_out(hall: &Hall) {
        with_password(hall).await;
        let wrong = sign_in(hall, "incorrect horse").await;
        assert_eq!((wrong.status, wrong.code()), (401, "wrong-password"));
        let session = sign_in(hall, "correct horse").await.ok();
        let token = session["token"].as_str().unwrap().to_owned();
        let current = async |method| {
            hall.reply(hall.request(method, "/api/v1/sessions/current").bearer_auth(&token)).await
        };
        let user = current(Method::GET).await.ok();
        assert_eq!(user, session["user"]);
        assert_eq!(user["name"], "刘怡君");
        assert_eq!(current(Method::DELETE).await.status, 204);
        assert_eq!(current(Method::GET).await.code(), "unauthenticated");
    }
}

story! {
    async fn a_session_runs_out(hall: &Hall) {
        with_password(hall).await;
        let session = sign_in(hall, "correct horse").await.ok();
        let token = session["token"].as_str().unwrap().to_owned();
        hall.clock.set(session["expires_at"].as_i64().unwrap());
        let reply = hall.reply(hall.request(Method::GET, "/api/v1/sessions/current").bearer_auth(&token)).await;
        assert_eq!(reply.code(), "unauthenticated");
    }
}

story! {
    async fn a_disabled_user_is_out_within_seconds(hall: &Hall) {
        with_password(hall).await;
        let session = sign_in(hall, "correct horse").await.ok();
        let token = session["token"].as_str().unwrap().to_owned();
        let current = async || hall.reply(hall.request(Method::GET, "/api/v1/sessions/current").bearer_auth(&token)).await;
        current().await.ok();
        let mut tx = hall.store.begin_write().await.unwrap();
        assert!(identity::disable_user(&mut tx, "liu").await.unwrap());
        tx.commit().await.unwrap();
        hall.clock.advance(hall_server::identity::directory::REMEMBERED);
        assert_eq!(current().await.code(), "unauthenticated");
        assert_eq!(sign_in(hall, "correct horse").await.code(), "wrong-password");
    }
}

story! {
    async fn a_revoked_device_is_out_within_seconds(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        kiosk.ticket("13800138000").await;
        let mut tx = hall.store.begin_write().await.unwrap();
        assert!(identity::revoke_device(&mut tx, &kiosk.person.username).await.unwrap());
        tx.commit().await.unwrap();
        hall.clock.advance(hall_server::identity::directory::REMEMBERED);
        let reply = kiosk.take(crate::support::FOOD, json!({ "by": "phone", "phone": "13800138001" }), None).await;
        assert_eq!(reply.code(), "unauthenticated");
    }
}

story! {
    async fn colleagues_are_the_active_reviewers_signers_and_leaders_of_ones_own_department(hall: &Hall) {
        const HEALTH: &str = "SAMPLE-440304-02";
        let asker = hall.person("wu", &[Role::Reviewer], None, Some(HEALTH)).await;
        hall.person("he", &[Role::Signer], None, Some(HEALTH)).await;
        hall.person("officer", &[Role::IntakeOfficer], None, Some(HEALTH)).await;
        hall.person("elsewhere", &[Role::Reviewer], None, Some("SAMPLE-440304-03")).await;
        hall.person("gone", &[Role::Reviewer], None, Some(HEALTH)).await;
        let mut tx = hall.store.begin_write().await.unwrap();
        assert!(identity::disable_user(&mut tx, "gone").await.unwrap());
        tx.commit().await.unwrap();
        let colleagues = asker.get("/api/v1/colleagues").await.ok();
        assert_eq!(colleagues, json!([{ "username": "he", "name": "he 同志", "roles": ["signer"] }]));
        let clerk = hall.person("clerk", &[Role::Clerk], Some("district"), None).await;
        assert_eq!(clerk.get("/api/v1/colleagues").await.ok(), json!([]));
    }
}
