//! One kept-alive HTTP/1.1 connection that costs as little as can be: it shares the cores with what it measures.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tests::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// What was read of the answer.
    answer: Vec<u8>,
    chunk: Box<[u8]>,
}

/// An answer's status and body, while the connection still holds them.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, answer: Vec::with_capacity(4096), chunk: vec![0; 16 * 1024].into() })
    }

    /// Sends a whole request and reads its whole answer, which must say its length.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request).await?;
        self.answer.clear();
        let (status, body, length) = loop {
            if !self.read().await? {
                return Err("the server closed the connection".into());
            }
            if let Some(end) = find(&self.answer, b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.answer[..end])?;
                let status: u16 = head.get(9..12).ok_or("an answer without a status")?.parse()?;
                let length = content_length(head).unwrap_or(0);
                if status != 204 && length == 0 && head.to_ascii_lowercase().contains("chunked") {
                    return Err("an answer without a length".into());
                }
                break (status, end + 4, length);
            }
        };
        while self.answer.len() < body + length {
            if !self.read().await? {
                return Err("the server closed the connection in the middle of an answer".into());
            }
        }
        Ok(Answer { status, body: &self.answer[body..body + length] })
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(request).await?)
    }

    /// Reads what is there onto [`Self::unread`]; false where the other side has closed.
    pub(crate) async fn read(&mut self) -> Result<bool> {
        let count = self.stream.read(&mut self.chunk).await?;
        self.answer.extend_from_slice(&self.chunk[..count]);
        Ok(count > 0)
    }

    /// What was read and not yet taken, for streams.
    pub(crate) fn unread(&mut self) -> &mut Vec<u8> {
        &mut self.answer
    }
}

fn content_length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The bytes of a POST with a JSON body.
pub(crate) fn post(path: &str, token: &str, key: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: hall\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         idempotency-key: {key}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The bytes of a GET.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: hall\r\nauthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// Latencies to the microsecond, up to a minute.
#[derive(Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> Result<Self> {
        Ok(Latencies(Histogram::new_with_bounds(1, Duration::from_secs(60).as_micros() as u64, 3)?))
    }

    pub(crate) fn since(&mut self, started: Instant) {
        self.0.saturating_record(started.elapsed().as_micros() as u64);
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency in milliseconds that this percentage of all did not exceed.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        self.0.value_at_percentile(percent) as f64 / 1000.0
    }
}
