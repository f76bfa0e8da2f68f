//! A line to the server that can lose answers: requests arrive and are dealt with, and nobody hears of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::Result;

/// The line; it carries for as long as the test runs.
#[derive(Debug)]
pub struct LossyLine {
    address: String,
    losing: Arc<AtomicBool>,
}

impl LossyLine {
    /// A line to the server at this address, such as `http://127.0.0.1:8080`.
    pub async fn to(server: &str) -> Result<Self> {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let losing = Arc::new(AtomicBool::new(false));
        let lost = losing.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, server.clone(), lost.clone()));
            }
        });
        Ok(LossyLine { address, losing })
    }

    /// Where programs find the server through this line.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From now on answers are lost, the connection with them; or carried again.
    pub fn lose_answers(&self, losing: bool) {
        self.losing.store(losing, Ordering::SeqCst);
    }
}

/// Carries one connection. An answer that is lost breaks it off.
async fn carry(near: TcpStream, server: String, losing: Arc<AtomicBool>) -> std::io::Result<()> {
    let far = TcpStream::connect(server).await?;
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let asking = tokio::spawn(async move { copy(&mut from_near, &mut to_far).await });
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from_far.read(&mut piece).await?;
        if length == 0 || losing.load(Ordering::SeqCst) {
            asking.abort();
            return Ok(());
        }
        to_near.write_all(&piece[..length]).await?;
    }
}
