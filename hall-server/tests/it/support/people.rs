//! People and devices, and what they do.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Hall, Reply};

/// Somebody or something with a token.
pub(crate) struct Person<'a> {
    pub(crate) hall: &'a Hall,
    pub(crate) token: String,
    pub(crate) username: String,
}

impl Person<'_> {
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>, key: Option<&str>) -> Reply {
        let mut request = self.hall.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.hall.reply(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body), None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body), None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body), None).await
    }
}

/// A kiosk that takes tickets.
pub(crate) struct Kiosk<'a> {
    pub(crate) person: Person<'a>,
    pub(crate) place: String,
}

impl Kiosk<'_> {
    pub(crate) async fn take(&self, item: &str, identification: Value, key: Option<&str>) -> Reply {
        let path = format!("/api/v1/halls/{}/tickets", self.place);
        let body = json!({ "item": item, "identification": identification, "language": "zh" });
        self.person.send(Method::POST, &path, Some(body), key).await
    }

    /// A ticket for the food licence, for the holder of a phone.
    pub(crate) async fn ticket(&self, phone: &str) -> Value {
        self.take(super::FOOD, json!({ "by": "phone", "phone": phone }), None).await.ok()
    }
}

/// A clerk at a window of the district hall.
pub(crate) struct Desk<'a> {
    pub(crate) person: Person<'a>,
    pub(crate) window: i64,
}

impl Desk<'_> {
    pub(crate) async fn act(&self, act: &str) -> Reply {
        self.act_with(act, None, None).await
    }

    pub(crate) async fn act_with(&self, act: &str, body: Option<Value>, key: Option<&str>) -> Reply {
        let path = format!("/api/v1/halls/district/windows/{}/{act}", self.window);
        self.person.send(Method::POST, &path, body, key).await
    }

    pub(crate) async fn current(&self) -> Reply {
        self.person.get(&format!("/api/v1/halls/district/windows/{}/current", self.window)).await
    }
}
