//! The line to the stand-in, which can be broken: as a network does, not as a program would.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::control::Line;

/// How the line is now.
#[derive(Debug, Clone, Default)]
pub(super) struct Switch(Arc<RwLock<Line>>);

impl Switch {
    pub(super) fn get(&self) -> Line {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, line: Line) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = line;
    }
}

/// A listener whose connections obey the switch.
#[derive(Debug)]
pub(super) struct SwitchedListener {
    listener: TcpListener,
    switch: Switch,
}

impl SwitchedListener {
    pub(super) fn new(listener: TcpListener, switch: Switch) -> Self {
        SwitchedListener { listener, switch }
    }
}

impl Listener for SwitchedListener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if self.switch.get() != Line::Refusing {
                return (Wire { stream, switch: self.switch.clone() }, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection: refused, nothing more is read from it; cut, nothing more is written to it.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    switch: Switch,
}

fn reset<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.switch.get() == Line::Refusing {
            return reset();
        }
        Pin::new(&mut wire.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if matches!(wire.switch.get(), Line::Refusing | Line::Cutting) {
            return reset();
        }
        Pin::new(&mut wire.stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
