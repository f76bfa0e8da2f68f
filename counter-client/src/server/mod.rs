//! The hall server as the desk sees it: calls go in by message, news comes out by message, and no thread of the screen ever waits.

pub mod call;
mod events;
mod http;

use std::thread;

use protocol::event::Push;
use protocol::queue::QueueSnapshot;
use tokio::sync::mpsc;
use tokio::sync::watch;

pub use call::{Answer, Call, Trouble, WindowCall};

/// Names a call until its answer comes.
pub type RequestId = u64;

/// What comes back, in the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    Answered {
        id: RequestId,
        result: Result<Answer, Trouble>,
    },
    /// The stream of events stands (again).
    Connected,
    /// The server does not answer; calls are repeated and the stream is sought until it does.
    Away,
    Snapshot(Box<QueueSnapshot>),
    Pushed(Box<Push>),
}

/// Where the server is and who asks.
#[derive(Debug, Clone)]
pub struct Place {
    pub server: String,
    pub hall: String,
    /// 0 for a desk without a window: the server knows no such window and says so.
    pub window: i64,
}

enum Order {
    Ask { id: RequestId, call: Box<Call>, key: Option<String> },
    English(bool),
}

/// The desk's end of the server thread. Dropping it ends the thread.
#[derive(Debug)]
pub struct ServerThread {
    orders: mpsc::UnboundedSender<Order>,
    last_id: RequestId,
}

impl ServerThread {
    /// Starts the thread and its runtime. News is handed to `sink` on that thread.
    pub fn spawn(place: Place, sink: impl Fn(News) + Send + Sync + 'static) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("server".to_owned()).spawn(move || {
            runtime.block_on(serve(place, inbox, std::sync::Arc::new(sink)));
        })?;
        Ok(ServerThread { orders, last_id: 0 })
    }

    /// Hands a call over; the answer comes as [`News::Answered`] under the id.
    pub fn ask(&mut self, call: Call, key: Option<String>) -> RequestId {
        self.last_id += 1;
        let order = Order::Ask { id: self.last_id, call: Box::new(call), key };
        if self.orders.send(order).is_err() {
            tracing::error!("the server thread has ended");
        }
        self.last_id
    }

    /// The language in which the server's own sentences come.
    pub fn set_english(&self, english: bool) {
        if self.orders.send(Order::English(english)).is_err() {
            tracing::error!("the server thread has ended");
        }
    }
}

type Sink = std::sync::Arc<dyn Fn(News) + Send + Sync>;

async fn serve(place: Place, mut inbox: mpsc::UnboundedReceiver<Order>, sink: Sink) {
    let client = match http::Http::new(place) {
        Ok(client) => client,
        Err(cause) => {
            tracing::error!(%cause, "no HTTP client");
            return;
        }
    };
    let (token_sender, token) = watch::channel(None::<String>);
    let stream = tokio::spawn(events::follow(client.clone(), token, sink.clone()));
    let mut client = client;
    while let Some(order) = inbox.recv().await {
        match order {
            Order::English(english) => client.english = english,
            Order::Ask { id, call, key } => {
                let (client, sink, token_sender) = (client.clone(), sink.clone(), token_sender.clone());
                let token = token_sender.borrow().clone();
                tokio::spawn(async move {
                    let result = client.ask(&call, key.as_deref(), token.as_deref(), || sink(News::Away)).await;
                    match &result {
                        Ok(Answer::SignedIn(session)) => {
                            token_sender.send_replace(Some(session.token.clone()));
                        }
                        _ if *call == Call::SignOut => {
                            token_sender.send_replace(None);
                        }
                        Err(Trouble::Away { cause }) => {
                            tracing::warn!(%cause, "call unanswered");
                        }
                        Err(trouble) => tracing::info!(%trouble, "call refused"),
                        Ok(_) => {}
                    }
                    sink(News::Answered { id, result });
                });
            }
        }
    }
    stream.abort();
}
