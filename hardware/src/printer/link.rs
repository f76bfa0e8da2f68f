//! The open line to a printer, with a time limit on everything.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use serialport::{SerialPort, TTYPort};

use super::{Connection, Limits};
use crate::serial;

pub(super) struct Link {
    line: Line,
    write_limit: Duration,
    took_bytes: bool,
}

enum Line {
    Tcp(TcpStream),
    Serial(TTYPort),
    File(File),
}

impl Link {
    pub(super) fn open(connection: &Connection, limits: &Limits) -> io::Result<Self> {
        let line = match connection {
            Connection::Tcp { host, port } => {
                let mut last = io::Error::from(io::ErrorKind::NotFound);
                let stream = (host.as_str(), *port).to_socket_addrs()?.find_map(|address| {
                    TcpStream::connect_timeout(&address, limits.connect).map_err(|error| last = error).ok()
                });
                let stream = stream.ok_or(last)?;
                stream.set_nodelay(true)?;
                stream.set_write_timeout(Some(limits.write))?;
                Line::Tcp(stream)
            }
            Connection::Serial { path, baud } => Line::Serial(serial::open(path, *baud, limits.write)?),
            // Never created: a missing device file means a missing printer, not a place for a new file.
            Connection::File { path } => Line::File(OpenOptions::new().append(true).open(path)?),
        };
        Ok(Link { line, write_limit: limits.write, took_bytes: false })
    }

    /// False where nothing ever comes back.
    pub(super) fn answers(&self) -> bool {
        !matches!(self.line, Line::File(_))
    }

    /// True once a byte of what was given to [`Link::write_all`] since the last status question may have gone out.
    pub(super) fn took_bytes(&self) -> bool {
        self.took_bytes
    }

    pub(super) fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.took_bytes = false;
        let until = Instant::now() + self.write_limit;
        while !bytes.is_empty() {
            let written = match &mut self.line {
                Line::Tcp(stream) => stream.write(bytes),
                Line::Serial(port) => port.write(bytes),
                Line::File(file) => file.write(bytes),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.took_bytes = true;
                    bytes = &bytes[count..];
                }
                Err(error) if serial::is_timeout(&error) && Instant::now() < until => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.line {
            Line::Tcp(stream) => stream.flush(),
            Line::Serial(port) => port.flush(),
            Line::File(file) => file.flush(),
        }
    }

    /// One byte from the printer; `None` when the time is over. A closed line is an error.
    pub(super) fn read_byte(&mut self, until: Instant) -> io::Result<Option<u8>> {
        let mut byte = [0];
        loop {
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return Ok(None);
            };
            let read = match &mut self.line {
                Line::Tcp(stream) => {
                    stream.set_read_timeout(Some(left))?;
                    stream.read(&mut byte)
                }
                Line::Serial(port) => {
                    port.set_timeout(left).map_err(io::Error::from)?;
                    let read = port.read(&mut byte);
                    port.set_timeout(self.write_limit).map_err(io::Error::from)?;
                    read
                }
                Line::File(_) => return Ok(None),
            };
            match read {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(Some(byte[0])),
                Err(error) if serial::is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
