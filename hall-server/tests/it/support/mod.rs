//! A hall to tell stories in: a fresh database, a clock that stands still, and people with devices and desks.

pub(crate) mod database;
pub(crate) mod exchange;
pub(crate) mod office;
pub(crate) mod people;
pub(crate) mod registers;

use std::sync::Arc;

use hall_server::catalogue::sample;
use hall_server::clock::SetClock;
use hall_server::config::Settings;
use hall_server::identity::secrets;
use hall_server::store::{Store, identity};
use hall_server::supervision::sweep::{Swept, sweep};
use hall_server::{AppState, router};
use protocol::staff::{Role, User};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use database::{Kind, files_folder};
pub(crate) use people::{Desk, Kiosk, Person};

/// Tuesday 24 November 2026, 10:00 in China.
pub(crate) const TUESDAY_TEN: i64 = 1_795_485_600_000;

/// An item of the sample that two departments review, and its line.
pub(crate) const FOOD: &str = "SAMPLE-440304-01-0001";

/// Tells a story on each database, as two tests of their own.
macro_rules! story {
    ($(#[$doc:meta])* async fn $name:ident($hall:ident: &Hall) $story:block) => {
        $(#[$doc])*
        async fn $name($hall: &Hall) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::support::database::tell($crate::support::Kind::Sqlite, super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgresql() {
                $crate::support::database::tell($crate::support::Kind::Postgres, super::$name).await;
            }
        }
    };
}

/// Asks the server until it is so; each question's own answer is what is waited for.
pub(crate) async fn until(so: impl AsyncFn() -> bool) {
    let asked = async { while !so().await {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), asked).await.unwrap();
}

/// A running server over a fresh database with the sample district, its halls always open.
pub(crate) struct Hall {
    pub(crate) address: String,
    pub(crate) store: Store,
    pub(crate) clock: SetClock,
    pub(crate) state: AppState,
    pub(crate) base: String,
    client: reqwest::Client,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Reply {
    /// The stable code of an error.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("no problem")
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }
}

impl Hall {
    pub(crate) async fn open(address: &str) -> Hall {
        let store = Store::connect(address).await.unwrap();
        store.migrate().await.unwrap();
        sample::load(&store, sample::Options { always_open: true }, TUESDAY_TEN).await.unwrap();
        Hall::serve(address, store, SetClock::at(TUESDAY_TEN)).await
    }

    /// Serves a database that is there.
    pub(crate) async fn serve(address: &str, store: Store, clock: SetClock) -> Hall {
        let settings = Settings { public_url: "http://hall.test".to_owned(), ..Settings::default() };
        Hall::serve_with(address, store, clock, settings).await
    }

    /// Serves a database that is there with an operator's own settings.
    pub(crate) async fn serve_with(address: &str, store: Store, clock: SetClock, mut settings: Settings) -> Hall {
        settings.files.folder = files_folder(address);
        let (stop, stopping) = watch::channel(false);
        let state = AppState::new(store.clone(), Arc::new(clock.clone()), settings, stopping.clone()).unwrap();
        state.engine.read_calendar().await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut stopped = stopping;
        let served = state.clone();
        let server = tokio::spawn(async move {
            axum::serve(listener, router(served))
                .with_graceful_shutdown(async move { _ = stopped.wait_for(|s| *s).await })
                .await
                .unwrap();
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Hall { address: address.to_owned(), store, clock, state, base, client, stop, server }
    }

    /// A second server on the same database, as after a crash or beside the first.
    pub(crate) async fn another_server(&self) -> Hall {
        let store = Store::connect(&self.address).await.unwrap();
        Hall::serve(&self.address, store, self.clock.clone()).await
    }

    pub(crate) async fn close(self) {
        self.stop.send_replace(true);
        self.server.await.unwrap();
        self.store.close().await;
    }

    /// Lets days pass and has supervision look, as a running server does.
    pub(crate) async fn days_pass(&self, days: i64) -> Swept {
        self.clock.advance(days * 86_400_000);
        sweep(&self.state).await.unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn reply(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes).as_ref()))
        };
        Reply { status, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.reply(self.request(Method::GET, path)).await
    }

    /// A kiosk in a hall.
    pub(crate) async fn kiosk_in(&self, hall: &str) -> Kiosk<'_> {
        let token = secrets::token().unwrap();
        let device = identity::Device {
            name: format!("kiosk-{}", &token[..8]),
            kind: "kiosk".to_owned(),
            hall: hall.to_owned(),
            active: true,
        };
        let mut tx = self.store.begin_write().await.unwrap();
        identity::put_device(&mut tx, &device, &secrets::token_hash(&token), TUESDAY_TEN).await.unwrap();
        tx.commit().await.unwrap();
        Kiosk { person: Person { hall: self, token, username: device.name }, place: hall.to_owned() }
    }

    pub(crate) async fn kiosk(&self) -> Kiosk<'_> {
        self.kiosk_in("district").await
    }

    /// Somebody signed in; the password is not used.
    pub(crate) async fn person(
        &self,
        username: &str,
        roles: &[Role],
        hall: Option<&str>,
        department: Option<&str>,
    ) -> Person<'_> {
        let user = User {
            username: username.to_owned(),
            name: format!("{username} 同志"),
            roles: roles.to_vec(),
            hall: hall.map(str::to_owned),
            department: department.map(str::to_owned),
        };
        let token = secrets::token().unwrap();
        let mut tx = self.store.begin_write().await.unwrap();
        identity::add_user(&mut tx, &user, "no password fits this").await.unwrap();
        let now = TUESDAY_TEN;
        identity::add_session(&mut tx, &secrets::token_hash(&token), username, now, now + 86_400_000 * 30)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Person { hall: self, token, username: username.to_owned() }
    }

    /// A clerk at a window of the district hall, which is not open yet.
    pub(crate) async fn desk(&self, username: &str, window: i64) -> Desk<'_> {
        let person = self.person(username, &[Role::Clerk], Some("district"), None).await;
        Desk { person, window }
    }
}
