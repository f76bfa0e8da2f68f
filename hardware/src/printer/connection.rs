use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a printer is: `tcp:HOST:PORT`, `serial:PATH@BAUD` or `file:PATH` (in configuration files as this text).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Connection {
    /// Raw printing over the network; 9100 is the usual port.
    Tcp { host: String, port: u16 },
    /// A serial port or pseudo-terminal, 8 data bits, no parity.
    Serial { path: PathBuf, baud: u32 },
    /// A device file such as `/dev/usb/lp0`. It gives no status back: what is known is only that the system took the bytes.
    File { path: PathBuf },
}

/// Why a text is not a [`Connection`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    #[error("printer connection {0:?} must start with tcp:, serial: or file:")]
    UnknownKind(String),
    #[error("printer connection {0:?} must be tcp:HOST:PORT, such as tcp:192.168.1.50:9100")]
    Tcp(String),
    #[error("printer connection {0:?} must be serial:PATH@BAUD, such as serial:/dev/ttyUSB0@115200")]
    Serial(String),
    #[error("printer connection {0:?} must be file:PATH, such as file:/dev/usb/lp0")]
    File(String),
}

/// 115200 where `@BAUD` is left out.
pub(crate) const DEFAULT_BAUD: u32 = 115_200;

impl FromStr for Connection {
    type Err = ConnectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text.split_once(':') {
            Some(("tcp", rest)) => {
                let bad = || ConnectionError::Tcp(text.to_owned());
                let (host, port) = rest.rsplit_once(':').ok_or_else(bad)?;
                let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(bad)?;
                // An IPv6 address is written in brackets.
                let host = host.trim_start_matches('[').trim_end_matches(']');
                if host.is_empty() {
                    return Err(bad());
                }
                Ok(Connection::Tcp { host: host.to_owned(), port })
            }
            Some(("serial", rest)) => {
                let bad = || ConnectionError::Serial(text.to_owned());
                let (path, baud) = match rest.rsplit_once('@') {
                    Some((path, baud)) => (path, baud.parse().ok().filter(|baud| *baud > 0).ok_or_else(bad)?),
                    None => (rest, DEFAULT_BAUD),
                };
                if path.is_empty() {
                    return Err(bad());
                }
                Ok(Connection::Serial { path: path.into(), baud })
            }
            Some(("file", "")) => Err(ConnectionError::File(text.to_owned())),
            Some(("file", path)) => Ok(Connection::File { path: path.into() }),
            _ => Err(ConnectionError::UnknownKind(text.to_owned())),
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Connection::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Connection::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Connection::Serial { path, baud } => write!(f, "serial:{}@{baud}", path.display()),
            Connection::File { path } => write!(f, "file:{}", path.display()),
        }
    }
}

impl TryFrom<String> for Connection {
    type Error = ConnectionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Connection> for String {
    fn from(connection: Connection) -> Self {
        connection.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_connection_reads_back_as_it_was_written() {
        for text in ["tcp:127.0.0.1:9100", "tcp:[::1]:9100", "serial:/dev/ttyUSB0@9600", "file:/dev/usb/lp0"] {
            let connection: Connection = text.parse().unwrap();
            assert_eq!(connection.to_string(), text);
        }
        assert_eq!("serial:/dev/ttyS0".parse::<Connection>().unwrap().to_string(), "serial:/dev/ttyS0@115200");
    }

    #[test]
    fn a_wrong_connection_is_refused_with_an_example_of_a_right_one() {
        for text in [
            "",
            "lp0",
            "usb:1",
            "tcp:host",
            "tcp::9100",
            "tcp:host:0",
            "tcp:host:70000",
            "serial:",
            "serial:/dev/x@fast",
            "file:",
        ] {
            let error = text.parse::<Connection>().unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
