//! The server's API as a program uses it, for what a journey must set up or look up beside the screens.

use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Result;

/// A way into the API, with or without a token.
#[derive(Debug, Clone)]
pub struct Api {
    client: reqwest::Client,
    address: String,
    token: Option<String>,
}

/// An answer: its status and its body, which is `Null` where there is none.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Value,
}

impl Answer {
    /// The body, if the request succeeded.
    pub fn ok<T: DeserializeOwned>(self) -> Result<T> {
        if self.status.is_success() {
            Ok(serde_json::from_value(self.body)?)
        } else {
            Err(format!("the server answered {}: {}", self.status, self.body).into())
        }
    }

    /// The problem's stable code; empty where it is no problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Api {
    pub fn new(address: &str) -> Result<Self> {
        Ok(Api { client: reqwest::Client::builder().no_proxy().build()?, address: address.to_owned(), token: None })
    }

    /// The same, with the token of a session or a device.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Api { token: Some(token.into()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// A POST that may be repeated: the same key gets the first answer again.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        self.send(self.request(Method::POST, path).header(protocol::IDEMPOTENCY_KEY, key).json(body)).await
    }

    /// A POST of any bytes that call themselves JSON.
    pub async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Result<Answer> {
        let request = self.request(Method::POST, path).header("content-type", "application/json").body(body);
        self.send(request).await
    }

    /// Signs in and gives the API as that person sees it.
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<Self> {
        let body = serde_json::json!({ "username": username, "password": password });
        let session: protocol::staff::Session = self.post("/api/v1/sessions", &body).await?.ok()?;
        Ok(self.with_token(session.token))
    }

    /// The bytes at an address: a sound, a script.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let answer = self.request(Method::GET, path).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer> {
        let answer = request.send().await?;
        let status = answer.status();
        let header = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = header.unwrap_or_default().to_owned();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, content_type, body })
    }
}
